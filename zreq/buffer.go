package zreq

import "github.com/valyala/bytebufferpool"

// The pools hold the buffers of calls that are under way. Idle connections hold
// none. There is one for each kind of use, so that a call with default settings
// never sits on what a call with large chunks gave back. They are variables of
// the package, never fields: on 32-bit machines their counters are aligned only
// there.
var chunkPool, windowPool, largePool bytebufferpool.Pool

const (
	maxChunk  = 1 << 10 // in chunkPool: the default StreamChunk
	maxWindow = 4 << 10 // in windowPool: the default Limits.ReadBuffer
	// maxPooled is the largest buffer that goes back: one large head must not
	// keep its memory for the life of the program.
	maxPooled = 64 << 10
)

func poolOf(size int) *bytebufferpool.Pool {
	switch {
	case size <= maxChunk:
		return &chunkPool
	case size <= maxWindow:
		return &windowPool
	}
	return &largePool
}

// acquire returns a buffer whose B has length n.
func acquire(n int) *bytebufferpool.ByteBuffer {
	b := poolOf(n).Get()
	if cap(b.B) < n {
		b.B = make([]byte, n)
	}
	b.B = b.B[:n]
	return b
}

// release gives b back. Nobody may hold a view of it any more. Its length stays
// what was asked for: the pool makes new ones as long as most that it gets.
func release(b *bytebufferpool.ByteBuffer) {
	if b == nil || cap(b.B) > maxPooled {
		return
	}
	poison(b.B[:cap(b.B)])
	poolOf(cap(b.B)).Put(b)
}

// window is the read buffer of a call: what was read and not yet decoded lies
// in buf.B[r:w].
type window struct {
	buf  *bytebufferpool.ByteBuffer
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
		larger := acquire(2 * len(w.buf.B))
		copy(larger.B, w.buf.B)
		release(w.buf)
		w.buf = larger
	}
	return w.buf.B[w.w:]
}
