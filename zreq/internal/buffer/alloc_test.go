//go:build !race && !zreqpoison

package buffer_test

import (
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/internal/buffer"
)

// TestMixedSizesDoNotAllocate: the pools learn after 42,000 calls what to keep. Small calls
// beside large ones must not teach them to drop the large buffers, nor to lend small ones.
func TestMixedSizesDoNotAllocate(t *testing.T) {
	is := is.New(t)
	sizes := []int{512, 2 << 10, 16 << 10, 512, 700, 16 << 10, 64 << 10, 512}
	mixed := func() {
		for _, n := range sizes {
			b := buffer.Acquire(n)
			if len(b.B) != n {
				t.Fatalf("got %d bytes of %d", len(b.B), n)
			}
			b.B = b.B[:min(n, 100)] // as a head that was shorter
			buffer.Release(b)
		}
	}
	is.Equal(testing.AllocsPerRun(100_000, mixed), 0.0) // each of the pools has calibrated at least twice
}

// TestMaxKept is what is lent again, and what is larger is not.
func TestMaxKept(t *testing.T) {
	is := is.New(t)
	for n, want := range map[int]float64{buffer.MaxKept: 0, buffer.MaxKept + 1: 2} {
		is.Equal(testing.AllocsPerRun(10, func() { buffer.Release(buffer.Acquire(n)) }), want)
	}
}

// TestWindowGivesBack its memory when it is closed, and what it had before it was widened.
func TestWindowGivesBack(t *testing.T) {
	is := is.New(t)
	is.Equal(testing.AllocsPerRun(100, func() {
		var w buffer.Window
		w.Open(512)
		w.Widen(4 << 10)
		w.Close()
	}), 0.0)
}
