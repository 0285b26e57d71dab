package flash_test

import (
	"errors"
	"io"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/download/flash"
	"github.com/zreq-go/zreq/zreq/download/flash/flashtest"
)

// testSlotReplacesABlock: a block that does not keep its data is marked bad, and the data go
// to the next.
func testSlotReplacesABlock(t *testing.T) {
	for _, fault := range []flashtest.Fault{
		flashtest.FailErase, flashtest.FailProgram, flashtest.StuckBit, flashtest.Unstable, flashtest.Protected,
	} {
		t.Run(fault.String(), func(t *testing.T) {
			is := is.New(t)
			dev := dirty(flashtest.NewNAND(16, 4096, 256, 1))
			for _, block := range []int{2, 3, 6, 9} {
				dev.SetFault(block, fault)
			}
			want := image(1, 5*4096+2500)
			slot := flash.Sink(dev)
			is.NoErr(store(slot, want, int64(len(want))))
			for block := range 16 {
				bad, err := dev.IsBad(int64(block))
				is.NoErr(err)
				is.Equal(bad, block == 1 || block == 2 || block == 3 || block == 6 || block == 9) // those, and no others
			}
			is.Equal(read(t, dev, len(want)), want)
			is.Equal(dev.Misuses(), 0)
		})
	}
}

// testSlotCopiesAgain: a block that is given up reads wrong, also while it is copied. The copy
// is made again, in the same place, so that no good block is left out.
func testSlotCopiesAgain(t *testing.T) {
	for name, tt := range map[string]struct {
		wrong int
		want  error
	}{"once": {2, nil}, "twice": {3, nil}, "always": {100, flash.ErrLost}} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			dev := &misread{NAND: dirty(flashtest.NewNAND(8, 4096, 256)), off: 4096 + 100, from: 2, to: 1 + tt.wrong}
			want := image(1, 3*4096)
			err := store(flash.Sink(dev), want, int64(len(want)))
			is.True(errors.Is(err, tt.want))
			if err == nil {
				is.Equal(read(t, dev, len(want)), want)
				is.Equal(dev.Erases(3), 1)
				bad, err := dev.IsBad(1)
				is.NoErr(err)
				is.True(bad)
			}
		})
	}
}

// misread is a NAND that reads a byte wrong at the from-th to to-th time.
type misread struct {
	*flashtest.NAND
	off            int64
	from, to, read int
}

func (m *misread) ReadAt(p []byte, off int64) (int, error) {
	n, err := m.NAND.ReadAt(p, off)
	if off <= m.off && m.off < off+int64(n) {
		if m.read++; m.read >= m.from && m.read <= m.to {
			p[m.off-off] ^= 1
		}
	}
	if err == nil && off+int64(n) == m.Size() {
		err = io.EOF // as an io.ReaderAt may
	}
	return n, err
}

// testSlotReadsTheLastByte: together with an io.EOF, which a Device may return.
func testSlotReadsTheLastByte(t *testing.T) {
	is := is.New(t)
	dev := &misread{NAND: flashtest.NewNAND(2, 4096, 256), off: -1}
	want := image(1, 2*4096)
	is.NoErr(store(flash.Sink(dev), want, -1))
	is.Equal(read(t, dev, len(want)), want)
}

// testSlotMarksNoBlockOfAProtectedFlash: what fails everywhere is not the fault of blocks.
func testSlotMarksNoBlockOfAProtectedFlash(t *testing.T) {
	is := is.New(t)
	dev := dirty(flashtest.NewNAND(16, 4096, 256))
	for block := range 16 {
		dev.SetFault(block, flashtest.Protected)
	}
	slot := flash.Sink(dev)
	err := store(slot, image(1, 5000), 5000)
	is.True(errors.Is(err, flash.ErrWorn))
	for block := range int64(16) {
		bad, err := dev.IsBad(block)
		is.NoErr(err)
		is.True(!bad) // no block is lost when the protection ends
	}
	_, again := slot.Write([]byte{1})
	is.Equal(again, err) // and the Slot is dead
}

// testSlotWithoutATable: without BadBlocks there is no other block.
func testSlotWithoutATable(t *testing.T) {
	is := is.New(t)
	dev := dirty(flashtest.New(16, 4096, 256))
	dev.SetFault(1, flashtest.StuckBit)
	err := store(flash.Sink(dev), image(1, 10000), 10000)
	var block *flash.BlockError
	is.True(errors.As(err, &block))
	is.True(errors.Is(err, flash.ErrWorn))
	is.Equal(block.Block, int64(1)) // says which
}

// testSlotRunsOutOfBlocks: they go bad until the image does not fit any more, which is noticed
// at once.
func testSlotRunsOutOfBlocks(t *testing.T) {
	for name, size := range map[string]int64{"known": 4 * 4096, "unknown": -1} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			dev := dirty(flashtest.NewNAND(5, 4096, 256))
			dev.SetFault(1, flashtest.FailProgram)
			dev.SetFault(2, flashtest.FailErase)
			err := store(flash.Sink(dev), image(1, 4*4096), size)
			is.True(errors.Is(err, flash.ErrSpace))
			if size > 0 {
				is.Equal(dev.Erases(3), 0) // before the rest is downloaded
			}
		})
	}
}
