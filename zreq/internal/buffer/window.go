package buffer

// A Window holds what was read and not used yet. The zero Window has no memory.
type Window struct {
	buf  *Buffer
	r, w int // the unread bytes are buf.B[r:w]
}

// Open borrows memory for size bytes.
func (w *Window) Open(size int) { *w = Window{buf: Acquire(size)} }

// Close gives the memory back.
func (w *Window) Close() {
	Release(w.buf)
	*w = Window{}
}

// Size is how many bytes the window can hold.
func (w *Window) Size() int { return len(w.buf.B) }

// Empty reports whether nothing is unread.
func (w *Window) Empty() bool { return w.r == w.w }

// Unread returns what was read and not used: a view, until the next Room, Widen or Close.
func (w *Window) Unread() []byte { return w.buf.B[w.r:w.w] }

// Use takes n bytes away from the front of the unread ones. Views of them stay valid.
func (w *Window) Use(n int) { w.r += n }

// Room returns free space behind the unread bytes; Add says how much of it was filled. It
// moves those bytes to the front and, when they fill the window, makes it larger: the
// decoder bounds what it asks for in one piece, and so this.
func (w *Window) Room() []byte {
	if w.r > 0 {
		w.w = copy(w.buf.B, w.buf.B[w.r:w.w])
		w.r = 0
	}
	if w.w == len(w.buf.B) {
		w.Widen(2 * w.w)
	}
	return w.buf.B[w.w:]
}

// Add makes the first n bytes of Room unread ones.
func (w *Window) Add(n int) { w.w += n }

// Widen makes the window at least as large as size.
func (w *Window) Widen(size int) {
	if size <= len(w.buf.B) {
		return
	}
	larger := Acquire(size)
	copy(larger.B, w.buf.B)
	Release(w.buf)
	w.buf = larger
}
