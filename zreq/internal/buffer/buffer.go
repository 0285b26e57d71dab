// Package buffer lends memory to calls that are under way. What is given back is lent
// again; idle connections hold none of it.
//
// It knows nothing of what the bytes mean.
package buffer

import "sync"

// Buffer is borrowed memory. B may be cut, and replaced by an append.
type Buffer struct{ B []byte }

// MaxKept is the largest buffer that is lent again. A larger one is made anew each time.
const MaxKept = 1 << maxClass

const (
	minClass = 9  // 512 bytes, the default StreamChunk
	maxClass = 16 // 64 KiB
)

// There is one pool for each power of two, so that every buffer in it fits whoever asks,
// and a small call never holds the memory of a large one.
var pools [maxClass - minClass + 1]sync.Pool

// poolFor returns the pool for buffers of n bytes and the size of those in it; nil if n
// is too large to keep.
func poolFor(n int) (*sync.Pool, int) {
	for class := range pools {
		if size := 1 << (minClass + class); n <= size {
			return &pools[class], size
		}
	}
	return nil, n
}

// Acquire returns a buffer whose B has length n. What lies in it is arbitrary.
func Acquire(n int) *Buffer {
	pool, size := poolFor(n)
	if pool != nil {
		if b, ok := pool.Get().(*Buffer); ok {
			b.B = b.B[:n]
			return b
		}
	}
	return &Buffer{make([]byte, n, size)}
}

// Release gives b back, which may be nil. Nobody may hold a view of it any more.
func Release(b *Buffer) {
	if b == nil {
		return
	}
	poison(b.B[:cap(b.B)])
	// An append may have left it with a size of its own.
	if pool, size := poolFor(cap(b.B)); pool != nil && size == cap(b.B) {
		pool.Put(b)
	}
}
