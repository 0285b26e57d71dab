package buffer_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/internal/buffer"
)

// TestSizes: a buffer has the length that was asked for, and is lent again by those who
// ask for one of its class.
func TestSizes(t *testing.T) {
	for _, n := range []int{0, 1, 511, 512, 513, 4 << 10, 16 << 10, 40_000, buffer.MaxKept, buffer.MaxKept + 1, 1 << 20} {
		is := is.New(t)
		for range 3 {
			b := buffer.Acquire(n)
			is.Equal(len(b.B), n)
			buffer.Release(b)
		}
	}
	buffer.Release(nil)
}

// TestGrownBuffers: one that an append has replaced is not lent to somebody who would get
// less than he asks for.
func TestGrownBuffers(t *testing.T) {
	is := is.New(t)
	for range 100 {
		b := buffer.Acquire(512)
		b.B = append(b.B, make([]byte, 1000)...)
		buffer.Release(b)
		b = buffer.Acquire(2 << 10)
		is.Equal(len(b.B), 2<<10)
		buffer.Release(b)
	}
}

// TestWindow: what was read stays in order, whatever is used of it, however often the window
// is widened, and wherever its memory lies. A view is valid until the next Room or Widen.
func TestWindow(t *testing.T) {
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 14))
		var w buffer.Window
		size := 1 + random.IntN(100)
		w.Open(size)
		var unread []byte // what there should be
		for next := byte(0); next < 200; {
			switch random.IntN(4) {
			case 0:
				size = max(size, 50+random.IntN(100))
				w.Widen(size)
			case 1:
				n := random.IntN(len(unread) + 1)
				view := w.Unread()[:n]
				w.Use(n)
				if !bytes.Equal(view, unread[:n]) {
					t.Fatalf("seed %d: a view of what was used is %q", seed, view)
				}
				unread = unread[n:]
			default:
				room := w.Room()
				if len(unread) == size {
					size *= 2
				}
				if len(room) != size-len(unread) {
					t.Fatalf("seed %d: room for %d bytes beside %d of %d", seed, len(room), len(unread), size)
				}
				n := 1 + random.IntN(len(room))
				for i := range n {
					room[i] = next
					unread = append(unread, next)
					next++
				}
				w.Add(n)
			}
			if w.Size() != size || w.Empty() != (len(unread) == 0) || !bytes.Equal(w.Unread(), unread) {
				t.Fatalf("seed %d: %v of %d bytes, and there should be %v of %d", seed, w.Unread(), w.Size(), unread, size)
			}
		}
		w.Close()
		if !w.Empty() {
			t.Fatalf("seed %d: not empty", seed)
		}
		w.Close()
	}
}

// TestWidenMovesNothing that is large enough: a view is valid then.
func TestWidenMovesNothing(t *testing.T) {
	is := is.New(t)
	var w buffer.Window
	w.Open(100)
	defer w.Close()
	before := &w.Room()[0]
	w.Widen(100)
	is.True(before == &w.Room()[0])
}
