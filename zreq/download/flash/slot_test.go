package flash_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/download/flash"
	"github.com/zreq-go/zreq/zreq/download/flash/flashtest"
)

// testSlotWritesWholePages: the flash of the test refuses other calls, and a second program.
func testSlotWritesWholePages(t *testing.T) {
	for name, size := range map[string]int{
		"nothing": 0, "a byte": 1, "a page": 256, "a block": 4096, "a block and a byte": 4097, "all": 16 * 4096,
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			dev := dirty(flashtest.New(16, 4096, 256))
			dev.Word = 16
			want := image(1, size)
			slot := flash.Sink(dev)
			is.NoErr(store(slot, want, int64(size)))
			is.Equal(read(t, dev, size), want) // what was written
			is.Equal(dev.Misuses(), 0)         // whole pages, none twice
			for block := range 16 {
				is.Equal(dev.Erases(block), one(block*4096 < size)) // each block once, and no other
			}
			for _, b := range dev.Bytes()[size : (size+255)/256*256] {
				is.Equal(b, byte(0xFF)) // padding
			}
		})
	}
}

// testSlotErasesABlockThatReadsBlank: it may have been erased in part.
func testSlotErasesABlockThatReadsBlank(t *testing.T) {
	is := is.New(t)
	dev := flashtest.New(4, 4096, 256)
	dev.Cut(0, flashtest.Marginal)
	is.True(errors.Is(dev.EraseBlocks(0, 1), flashtest.ErrPower)) // it reads blank, and is not
	dev.PowerOn()
	want := image(1, 4096)
	is.NoErr(store(flash.Sink(dev), want, 4096))
	for range 20 {
		is.Equal(read(t, dev, 4096), want) // no bit is weak
	}
}

// testSlotOpens: what is kept is whole blocks, or everything.
func testSlotOpens(t *testing.T) {
	for name, tt := range map[string]struct{ size, keep, at int64 }{
		"anew":                         {10000, 0, 0},
		"in the first block":           {10000, 4095, 0},
		"a block":                      {10000, 4096, 4096},
		"more than a block":            {10000, 8191, 4096},
		"all":                          {10000, 10000, 10000},
		"more than it has":             {10000, 10001, 0},
		"of unknown size":              {-1, 8192, 8192},
		"of unknown size, at the end":  {-1, 10000, 8192},
		"nothing":                      {0, 0, 0},
		"all of the flash":             {16 * 4096, 0, 0},
		"all of the flash, whole":      {16 * 4096, 16 * 4096, 16 * 4096},
		"all of the flash, a bit less": {16 * 4096, 16*4096 - 1, 15 * 4096},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			dev := flashtest.New(16, 4096, 256)
			at, err := flash.Sink(dev).Open(tt.size, tt.keep)
			is.NoErr(err)
			is.Equal(at, tt.at)
			is.Equal(dev.Ops(), 0) // nothing was erased or written
		})
	}
}

// testSlotGoesOn: a second Slot goes on at whole blocks, over what the first has left.
func testSlotGoesOn(t *testing.T) {
	is := is.New(t)
	dev := dirty(flashtest.NewNAND(16, 4096, 256, 0, 3))
	want := image(1, 5*4096+100)
	slot := flash.Sink(dev)
	_, err := slot.Open(int64(len(want)), 0)
	is.NoErr(err)
	_, err = slot.Write(want[:3*4096])
	is.NoErr(err)
	is.NoErr(slot.Sync())
	_, err = slot.Write(want[3*4096 : 3*4096+700]) // in the middle of a page, and lost
	is.NoErr(err)
	is.NoErr(slot.Close())

	slot = flash.Sink(dev)
	at, err := slot.Open(int64(len(want)), 3*4096)
	is.NoErr(err)
	is.Equal(at, int64(3*4096))
	is.NoErr(write(slot, want[at:]))
	is.NoErr(slot.Sync())
	is.NoErr(slot.Commit())
	is.Equal(read(t, dev, len(want)), want)
	is.Equal(dev.Misuses(), 0) // bad blocks are left alone

	reader := flash.Sink(dev)
	_, err = reader.Open(int64(len(want)), int64(len(want)))
	is.NoErr(err)
	for _, off := range []int64{4 * 4096, 0, 2*4096 - 50, 4096, 5 * 4096} { // backwards as well
		got := make([]byte, 100)
		n, err := reader.ReadAt(got, off)
		is.NoErr(err)
		is.Equal(got[:n], want[off:off+100])
	}
	n, err := reader.ReadAt(make([]byte, 101), 5*4096)
	is.Equal(n, 100)
	is.Equal(err, io.EOF)
}

// testSlotRefuses: sizes that make no sense, and an image without room, before anything is
// erased.
func testSlotRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		dev  flash.Device
		want error
	}{
		"no device":                    {nil, flash.ErrGeometry},
		"no size":                      {sized{0, 256, 4096}, flash.ErrGeometry},
		"negative size":                {sized{-4096, 256, 4096}, flash.ErrGeometry},
		"no page":                      {sized{65536, 0, 4096}, flash.ErrGeometry},
		"negative page":                {sized{65536, -1, 4096}, flash.ErrGeometry},
		"enormous page":                {sized{1 << 40, 1 << 30, 1 << 30}, flash.ErrGeometry},
		"no block":                     {sized{65536, 256, 0}, flash.ErrGeometry},
		"block larger than all":        {sized{65536, 256, 131072}, flash.ErrGeometry},
		"page larger than block":       {sized{65536, 8192, 4096}, flash.ErrGeometry},
		"half a page in a block":       {sized{65536, 3072, 4096}, flash.ErrGeometry},
		"half a block":                 {sized{65536 + 2048, 256, 4096}, flash.ErrGeometry},
		"too small":                    {sized{8192, 256, 4096}, flash.ErrSpace},
		"too small but for bad blocks": {flashtest.NewNAND(3, 4096, 256, 1), flash.ErrSpace},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			_, err := flash.Sink(tt.dev).Open(8193, 0)
			is.True(errors.Is(err, tt.want)) // says what is wrong; a Device that is touched panics
		})
	}
	is := is.New(t)
	_, err := flash.Sink(flashtest.New(2, 4096, 256)).Open(8193, 0)
	var space *flash.SpaceError
	is.True(errors.As(err, &space))
	is.Equal(*space, flash.SpaceError{Need: 8193, Have: 8192})
}

// testSlotDiscards: no boot loader finds the beginning of an image.
func testSlotDiscards(t *testing.T) {
	is := is.New(t)
	dev := dirty(flashtest.NewNAND(5, 4096, 256, 0))
	slot := flash.Sink(dev)
	_, err := slot.Open(5000, 0)
	is.NoErr(err)
	is.NoErr(write(slot, image(1, 5000)))
	is.NoErr(slot.Sync())
	is.NoErr(slot.Discard())
	is.Equal(dev.Bytes()[4096:8192], bytes.Repeat([]byte{0xFF}, 4096))
	is.True(errors.Is(slot.Commit(), flash.ErrSequence)) // nothing can be committed
}

// testSlotOutOfSequence: calls that download.Get never makes are errors.
func testSlotOutOfSequence(t *testing.T) {
	open := func(s *flash.Slot) { s.Open(1000, 0) }
	for name, call := range map[string]func(s *flash.Slot) error{
		"write before open":       func(s *flash.Slot) error { return write(s, []byte{1}) },
		"sync before open":        (*flash.Slot).Sync,
		"commit before open":      (*flash.Slot).Commit,
		"discard before open":     (*flash.Slot).Discard,
		"read before open":        func(s *flash.Slot) error { _, err := s.ReadAt(make([]byte, 1), 0); return err },
		"negative size":           func(s *flash.Slot) error { _, err := s.Open(-2, 0); return err },
		"negative keep":           func(s *flash.Slot) error { _, err := s.Open(10, -1); return err },
		"more than the size":      func(s *flash.Slot) error { open(s); return write(s, make([]byte, 1001)) },
		"commit of a part":        func(s *flash.Slot) error { open(s); write(s, make([]byte, 999)); s.Sync(); return s.Commit() },
		"commit without sync":     func(s *flash.Slot) error { open(s); write(s, make([]byte, 1000)); return s.Commit() },
		"write after a part page": func(s *flash.Slot) error { open(s); write(s, make([]byte, 9)); s.Sync(); return write(s, []byte{1}) },
		"write after close":       func(s *flash.Slot) error { open(s); s.Close(); return write(s, []byte{1}) },
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			is.True(errors.Is(call(flash.Sink(flashtest.New(4, 4096, 256))), flash.ErrSequence))
		})
	}
}

// testSlotActivates: after the last byte, and again if the power fails before Commit returns.
func testSlotActivates(t *testing.T) {
	is := is.New(t)
	dev := flashtest.New(4, 4096, 256)
	slot := flash.Sink(dev)
	failed := errors.New("no boot loader")
	slot.Activate = func() error { return failed }
	is.Equal(store(slot, image(1, 5000), 5000), failed)
	slot = flash.Sink(dev)
	slot.Activate = func() error {
		is.Equal(readSlot(t, slot, 5000), image(1, 5000)) // the whole image can be read in it
		return nil
	}
	at, err := slot.Open(5000, 5000)
	is.NoErr(err)
	is.Equal(at, int64(5000))
	is.NoErr(slot.Commit())
}

// testSlotAllocatesNothing: for each chunk, from the first.
func testSlotAllocatesNothing(t *testing.T) {
	is := is.New(t)
	dev := flashtest.New(128, 4096, 256)
	slot := flash.Sink(dev)
	_, err := slot.Open(128*4096, 0)
	is.NoErr(err)
	chunk := image(1, 1460)
	is.Equal(testing.AllocsPerRun(300, func() {
		_, err = slot.Write(chunk)
	}), float64(0))
	is.NoErr(err)
}

// image returns what a version of an image consists of.
func image(version uint64, size int) []byte {
	random := rand.New(rand.NewPCG(version, 7))
	p := make([]byte, size)
	for i := range p {
		p[i] = byte(random.Uint32()) | 0x10 // which a bit that is stuck spoils
	}
	return p
}

// dirty fills a flash with something old.
func dirty[D interface {
	Fill(p []byte, off int)
	Size() int64
}](dev D) D {
	dev.Fill(image(0, int(dev.Size())), 0)
	return dev
}

// store writes an image in chunks of a network, syncs at whole blocks, and commits.
func store(slot *flash.Slot, p []byte, size int64) error {
	if _, err := slot.Open(size, 0); err != nil {
		return err
	}
	if err := write(slot, p); err != nil {
		return err
	}
	if err := slot.Sync(); err != nil {
		return err
	}
	return slot.Commit()
}

func write(slot *flash.Slot, p []byte) error {
	for len(p) > 0 {
		n := min(1460, len(p))
		if _, err := slot.Write(p[:n]); err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

// read reads an image that was committed, as another program would.
func read(t *testing.T, dev flash.Device, size int) []byte {
	t.Helper()
	slot := flash.Sink(dev)
	if _, err := slot.Open(int64(size), int64(size)); err != nil {
		t.Fatal(err)
	}
	return readSlot(t, slot, size)
}

func readSlot(t *testing.T, slot *flash.Slot, size int) []byte {
	t.Helper()
	p, err := io.ReadAll(io.NewSectionReader(slot, 0, int64(size)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// sized is a Device that has sizes, and panics if it is used.
type sized struct{ size, write, erase int64 }

func (s sized) Size() int64                      { return s.size }
func (s sized) WriteBlockSize() int64            { return s.write }
func (s sized) EraseBlockSize() int64            { return s.erase }
func (sized) ReadAt([]byte, int64) (int, error)  { panic("read") }
func (sized) WriteAt([]byte, int64) (int, error) { panic("written") }
func (sized) EraseBlocks(int64, int64) error     { panic("erased") }
