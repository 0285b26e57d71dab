package flashtest_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/download/flash"
	"github.com/zreq-go/zreq/zreq/download/flash/flashtest"
)

func TestBitsFallUntilTheBlockIsErased(t *testing.T) {
	is := is.New(t)
	dev := flashtest.New(2, 1024, 16)
	write(t, dev, 1024, bytes.Repeat([]byte{0xF0}, 16))
	write(t, dev, 1024, bytes.Repeat([]byte{0x3F}, 16))
	is.Equal(dev.Bytes()[1024], byte(0x30)) // the AND of both
	is.Equal(dev.Reprogrammed(), 1)
	is.NoErr(dev.EraseBlocks(1, 1))
	is.Equal(dev.Bytes()[1024], byte(0xFF))
	is.Equal([]int{dev.Erases(0), dev.Erases(1)}, []int{0, 1})
	write(t, dev, 1024, make([]byte, 16))
	is.Equal(dev.Reprogrammed(), 1) // it was erased
}

func TestWordsAreProgrammedOnce(t *testing.T) {
	is := is.New(t)
	dev := flashtest.New(2, 1024, 64)
	dev.Word = 16
	blank := bytes.Repeat([]byte{0xFF}, 64)
	write(t, dev, 0, blank)
	_, err := dev.WriteAt(blank, 0)
	is.True(errors.Is(err, flashtest.ErrMisuse)) // even if no bit changes
	is.True(differs(t, dev, 0, 64))              // and the words are lost
	is.NoErr(dev.EraseBlocks(0, 1))
	write(t, dev, 0, blank)
	is.True(!differs(t, dev, 0, 64))
}

func TestUncorrectable(t *testing.T) {
	is := is.New(t)
	dev := flashtest.New(2, 1024, 64)
	dev.Word, dev.Uncorrectable = 16, true
	dev.Cut(1, flashtest.SomeBits)
	_, err := dev.WriteAt(make([]byte, 128), 0)
	is.True(errors.Is(err, flashtest.ErrPower))
	dev.PowerOn()
	p := make([]byte, 64)
	_, err = dev.ReadAt(p, 0)
	is.NoErr(err)
	is.Equal(p, make([]byte, 64)) // the page before
	_, err = dev.ReadAt(p, 64)
	is.Equal(err, flash.ErrWorn)
	is.NoErr(dev.EraseBlocks(0, 1))
	_, err = dev.ReadAt(p, 64)
	is.NoErr(err)
}

func TestMisuse(t *testing.T) {
	is := is.New(t)
	dev := flashtest.New(2, 1024, 64)
	for name, call := range map[string]func() error{
		"part of a page":   func() error { _, err := dev.WriteAt(make([]byte, 63), 0); return err },
		"across pages":     func() error { _, err := dev.WriteAt(make([]byte, 64), 32); return err },
		"past the end":     func() error { _, err := dev.WriteAt(make([]byte, 128), 2048-64); return err },
		"before the start": func() error { _, err := dev.WriteAt(make([]byte, 64), -64); return err },
		"erase too many":   func() error { return dev.EraseBlocks(1, 2) },
		"erase before":     func() error { return dev.EraseBlocks(-1, 1) },
	} {
		before := dev.Misuses()
		is.True(errors.Is(call(), flashtest.ErrMisuse)) // name is in the counter below
		if dev.Misuses() != before+1 {
			t.Error(name)
		}
	}
	is.Equal(dev.Ops(), 0)
}

// Each kind of Tear leaves of a page and of a block what its comment says.
func TestTears(t *testing.T) {
	for _, tear := range flashtest.Tears {
		t.Run(tear.String(), func(t *testing.T) {
			is := is.New(t)
			dev := flashtest.New(2, 1024, 64)
			dev.Cut(1, tear)
			n, err := dev.WriteAt(make([]byte, 192), 0)
			is.Equal(n, 64) // the page before was programmed
			is.True(errors.Is(err, flashtest.ErrPower))
			is.True(dev.Off())
			_, err = dev.ReadAt(make([]byte, 1), 0)
			is.True(errors.Is(err, flashtest.ErrPower)) // everything fails until the power is back
			is.True(errors.Is(dev.EraseBlocks(0, 1), flashtest.ErrPower))
			dev.PowerOn()
			torn(t, tear, dev, dev.Bytes()[64:128], 0x00, 0xFF)
			is.Equal(dev.Bytes()[128:192], bytes.Repeat([]byte{0xFF}, 64)) // and the one behind was not

			dev = flashtest.New(2, 1024, 64)
			dev.Fill(make([]byte, 2048), 0)
			dev.Cut(0, tear)
			is.True(errors.Is(dev.EraseBlocks(0, 2), flashtest.ErrPower))
			dev.PowerOn()
			torn(t, tear, dev, dev.Bytes()[:1024], 0xFF, 0x00)
			is.Equal(dev.Bytes()[1024:], make([]byte, 1024))
			is.NoErr(dev.EraseBlocks(0, 1))
			is.True(!differs(t, dev, 0, 1024)) // erased in full, no bit is weak
		})
	}
}

// torn checks what an operation from before to after has left.
func torn(t *testing.T, tear flashtest.Tear, dev *flashtest.NOR, got []byte, after, before byte) {
	t.Helper()
	is := is.New(t)
	done, undone := bytes.Count(got, []byte{after}), bytes.Count(got, []byte{before})
	switch tear {
	case flashtest.NotBegun, flashtest.Begun:
		is.Equal(undone, len(got))
	case flashtest.Marginal, flashtest.Done:
		is.Equal(done, len(got))
	default:
		is.True(done < len(got) && undone < len(got)) // some of both
	}
	clean := tear == flashtest.NotBegun || tear == flashtest.Done
	is.Equal(differs(t, dev, 0, 1024), !clean) // weak bits
}

func TestFaults(t *testing.T) {
	for fault, want := range map[flashtest.Fault]struct{ erase, write error }{
		flashtest.Healthy:     {},
		flashtest.FailErase:   {erase: flash.ErrWorn},
		flashtest.FailProgram: {write: flash.ErrWorn},
		flashtest.StuckBit:    {},
		flashtest.Unstable:    {},
		flashtest.Protected:   {},
	} {
		t.Run(fault.String(), func(t *testing.T) {
			is := is.New(t)
			dev := flashtest.New(2, 1024, 64)
			dev.Fill(make([]byte, 2048), 0)
			dev.SetFault(1, fault)
			is.Equal(dev.EraseBlocks(1, 1), want.erase)
			page := bytes.Repeat([]byte{0xFF}, 1024)
			_, err := dev.WriteAt(page, 1024)
			is.Equal(err, want.write)
			got := make([]byte, 1024)
			_, err = dev.ReadAt(got, 1024)
			is.NoErr(err)
			if want.write == nil {
				is.Equal(bytes.Equal(got, page), fault == flashtest.Healthy || fault == flashtest.Unstable)
			}
			if fault == flashtest.Unstable {
				is.True(differs(t, dev, 1024, 1024)) // from the second read on
			}
		})
	}
}

func TestEndurance(t *testing.T) {
	is := is.New(t)
	dev := flashtest.New(2, 1024, 64)
	dev.Endurance = 3
	for range 3 {
		is.NoErr(dev.EraseBlocks(0, 1))
	}
	is.Equal(dev.Bytes()[:1024], bytes.Repeat([]byte{0xFF}, 1024))
	is.NoErr(dev.EraseBlocks(0, 1))
	is.True(!bytes.Equal(dev.Bytes()[:1024], bytes.Repeat([]byte{0xFF}, 1024)))
}

func TestOperationsTakeTime(t *testing.T) {
	is := is.New(t)
	dev := flashtest.New(2, 1024, 64)
	dev.EraseTime, dev.PageTime = 300*time.Millisecond, time.Millisecond
	slept := time.Duration(0)
	dev.Sleep = func(d time.Duration) { slept += d }
	is.NoErr(dev.EraseBlocks(0, 2))
	write(t, dev, 0, make([]byte, 128))
	is.Equal(dev.Busy(), 602*time.Millisecond)
	is.Equal(slept, dev.Busy())
	is.Equal(dev.Programs(), 2)
}

func TestNAND(t *testing.T) {
	is := is.New(t)
	dev := flashtest.NewNAND(4, 1024, 64, 2)
	marked := func(block int64) bool {
		bad, err := dev.IsBad(block)
		is.NoErr(err)
		return bad
	}
	is.True(marked(2) && !marked(1))
	is.NoErr(dev.MarkBad(1))
	is.True(marked(1))
	dev.Cut(0, flashtest.SomeBits)
	is.True(errors.Is(dev.MarkBad(3), flashtest.ErrPower))
	_, err := dev.IsBad(0)
	is.True(errors.Is(err, flashtest.ErrPower))
	dev.PowerOn()
	is.True(!marked(3))
	is.NoErr(dev.EraseBlocks(2, 1))
	write(t, dev.NOR, 0, make([]byte, 64))
	is.Equal(dev.Misuses(), 1) // the use of a bad block
}

func write(t *testing.T, dev *flashtest.NOR, off int64, p []byte) {
	t.Helper()
	if _, err := dev.WriteAt(p, off); err != nil {
		t.Fatal(err)
	}
}

// differs reports whether a range reads differently from one time to the next.
func differs(t *testing.T, dev *flashtest.NOR, off int64, n int) bool {
	t.Helper()
	first, next := make([]byte, n), make([]byte, n)
	if _, err := dev.ReadAt(first, off); err != nil {
		t.Fatal(err)
	}
	for range 30 {
		if _, err := dev.ReadAt(next, off); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, next) {
			return true
		}
	}
	return false
}
