package flash_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/download/flash"
	"github.com/zreq-go/zreq/zreq/download/flash/flashtest"
)

var errBroken = errors.New("no answer from the chip")

// broken is a NAND of which the n-th call fails, once, without having done anything, or having
// done less than it should without an error.
type broken struct {
	*flashtest.NAND
	n     int
	short bool
}

func (b *broken) fails() bool {
	b.n--
	return b.n == 0
}

func (b *broken) ReadAt(p []byte, off int64) (int, error) {
	if b.fails() {
		return b.failure(len(p))
	}
	return b.NAND.ReadAt(p, off)
}

func (b *broken) WriteAt(p []byte, off int64) (int, error) {
	if b.fails() {
		return b.failure(len(p))
	}
	return b.NAND.WriteAt(p, off)
}

func (b *broken) failure(n int) (int, error) {
	if b.short {
		return n - 1, nil
	}
	return 0, errBroken
}

func (b *broken) EraseBlocks(start, n int64) error {
	if b.fails() && !b.short {
		return errBroken
	}
	return b.NAND.EraseBlocks(start, n)
}

func (b *broken) IsBad(block int64) (bool, error) {
	if b.fails() && !b.short {
		return false, errBroken
	}
	return b.NAND.IsBad(block)
}

func (b *broken) MarkBad(block int64) error {
	if b.fails() && !b.short {
		return errBroken
	}
	return b.NAND.MarkBad(block)
}

// testSlotOnABrokenDevice: an error that is not about a block ends the job, whichever call it
// is of. It marks no block, and leaves what was synced.
func testSlotOnABrokenDevice(t *testing.T) {
	for _, short := range []bool{false, true} {
		t.Run(fmt.Sprintf("short %v", short), func(t *testing.T) {
			calls := 0
			for n := 1; !t.Failed(); n++ {
				is := is.New(t)
				dev := &broken{dirty(flashtest.NewNAND(8, 4096, 1024, 0)), n, short}
				dev.SetFault(2, flashtest.StuckBit)
				want := image(1, 3*4096+100)
				slot := flash.Sink(dev)
				err := store(slot, want, int64(len(want)))
				for block := range int64(8) {
					bad, isErr := dev.NAND.IsBad(block)
					is.NoErr(isErr)
					is.True(!bad || block == 0 || block == 2) // no block is marked for it
				}
				if err == nil && dev.n > 0 {
					break // it has not come to this call
				}
				calls++
				if err == nil && short {
					continue // a call that cannot be short
				}
				is.True(short || errors.Is(err, errBroken))
				is.True(slot.Sync() != nil) // and the Slot is dead
				is.NoErr(store(flash.Sink(dev), want, int64(len(want))))
				is.Equal(read(t, dev, len(want)), want) // a new one starts over
			}
			if calls < 60 {
				t.Errorf("only %d calls", calls)
			}
		})
	}
}

// testStateOnABrokenDevice: the record before is still there after an error of any call.
func testStateOnABrokenDevice(t *testing.T) {
	is := is.New(t)
	calls := 0
	for n := 1; !t.Failed(); n++ {
		dev := &broken{dirty(flashtest.NewNAND(4, 1024, 256, 0)), 0, false}
		is.NoErr(flash.State(dev).Save([]byte("first")))
		dev.SetFault(2, flashtest.FailErase)
		dev.n = n
		state := flash.State(dev)
		err := state.Save([]byte("second"))
		for range 4 {
			if err == nil {
				err = state.Save([]byte("second"))
			}
		}
		if err == nil {
			break
		}
		calls++
		is.True(errors.Is(err, errBroken))
		got, err := flash.State(dev).Load()
		is.NoErr(err)
		is.True(string(got) == "first" || string(got) == "second")
		is.NoErr(state.Save([]byte("third"))) // and the same State goes on
		got, err = flash.State(dev).Load()
		is.NoErr(err)
		is.Equal(string(got), "third")
	}
	is.True(calls > 30) // it has come to all of them
}
