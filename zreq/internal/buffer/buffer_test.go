package buffer_test

import (
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

// TestWindow: what was read stays in order while it is used, moved and makes room.
func TestWindow(t *testing.T) {
	is := is.New(t)
	var w buffer.Window
	w.Open(64)
	defer w.Close()
	next, used := byte(0), byte(0)
	for round := range 1000 {
		room := w.Room()
		is.True(len(room) > 0)
		n := min(len(room), 1+round%37)
		for i := range n {
			room[i] = next
			next++
		}
		w.Add(n)
		unread := w.Unread()
		take := len(unread) * (round % 5) / 4
		for _, c := range unread[:min(take, len(unread))] {
			is.Equal(c, used)
			used++
		}
		w.Use(min(take, len(unread)))
	}
	w.Reset()
	is.True(w.Empty())
	w.Widen(4 << 10)
	is.Equal(w.Size(), 4<<10)
}
