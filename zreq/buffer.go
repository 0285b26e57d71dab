package zreq

import "sync"

// buffer is borrowed memory. B may be cut, and replaced by an append; give it
// back with release.
type buffer struct{ B []byte }

const (
	minClass = 9  // 512 bytes, the default StreamChunk
	maxClass = 16 // 64 KiB; what is larger does not go back
)

// pools hold the buffers of calls that are under way; idle connections hold
// none. There is one for each power of two, so that every buffer in it fits
// whoever asks, and a small call never sits on what a large one gave back.
var pools [maxClass - minClass + 1]sync.Pool

// poolFor returns the pool for buffers of n bytes and the size of those in it;
// nil if n is too large to keep.
func poolFor(n int) (*sync.Pool, int) {
	for class := range pools {
		if size := 1 << (minClass + class); n <= size {
			return &pools[class], size
		}
	}
	return nil, n
}

// acquire returns a buffer whose B has length n.
func acquire(n int) *buffer {
	pool, size := poolFor(n)
	if pool != nil {
		if b, ok := pool.Get().(*buffer); ok {
			b.B = b.B[:n]
			return b
		}
	}
	return &buffer{make([]byte, n, size)}
}

// release gives b back. Nobody may hold a view of it any more.
func release(b *buffer) {
	if b == nil {
		return
	}
	poison(b.B[:cap(b.B)])
	// An append may have left it with a size of its own.
	if pool, size := poolFor(cap(b.B)); pool != nil && size == cap(b.B) {
		pool.Put(b)
	}
}

// window is the read buffer of a call: what was read and not yet decoded lies
// in buf.B[r:w].
type window struct {
	buf  *buffer
	r, w int
}

func (w *window) open(size int) {
	*w = window{buf: acquire(size)}
}

func (w *window) close() {
	release(w.buf)
	*w = window{}
}

func (w *window) unread() []byte { return w.buf.B[w.r:w.w] }

func (w *window) empty() bool { return w.r == w.w }

// room returns free space behind the unread bytes. It moves them to the front
// and, when they fill the buffer, grows it: the decoder bounds what it asks for
// in one piece, and so this.
func (w *window) room() []byte {
	if w.r > 0 {
		w.w = copy(w.buf.B, w.buf.B[w.r:w.w])
		w.r = 0
	}
	if w.w == len(w.buf.B) {
		w.widen(2 * w.w)
	}
	return w.buf.B[w.w:]
}

// widen makes the window at least as large as size.
func (w *window) widen(size int) {
	if size <= len(w.buf.B) {
		return
	}
	larger := acquire(size)
	copy(larger.B, w.buf.B)
	release(w.buf)
	w.buf = larger
}
