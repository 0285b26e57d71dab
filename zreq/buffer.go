package zreq

import "github.com/valyala/bytebufferpool"

// pool holds the buffers of calls that are under way. Idle connections hold
// none. It is a variable of the package, never a field: on 32-bit machines its
// counters are aligned only there.
var pool bytebufferpool.Pool

// maxPooled is the largest buffer that goes back: one large head must not keep
// its memory for the life of the program.
const maxPooled = 64 << 10

// acquire returns a buffer whose B has length n.
func acquire(n int) *bytebufferpool.ByteBuffer {
	b := pool.Get()
	if cap(b.B) < n {
		b.B = make([]byte, n)
	}
	b.B = b.B[:n]
	return b
}

// release gives b back. Nobody may hold a view of it any more.
func release(b *bytebufferpool.ByteBuffer) {
	if b == nil || cap(b.B) > maxPooled {
		return
	}
	b.B = b.B[:cap(b.B)]
	poison(b.B)
	pool.Put(b)
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
