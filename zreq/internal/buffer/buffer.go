// Package buffer lends memory to calls that are under way. What is given back is lent
// again; idle connections hold none of it.
//
// It knows nothing of what the bytes mean.
package buffer

import "github.com/valyala/bytebufferpool"

// Buffer is borrowed memory. B may be cut, and replaced by an append.
type Buffer = bytebufferpool.ByteBuffer

// MaxKept is the largest buffer that is lent again. A larger one is made anew each time.
const MaxKept = 64 << 10

const minKept = 512 // the default StreamChunk

// There is one pool for each power of two, so that every buffer in it fits whoever asks,
// and a small call never holds the memory of a large one. Each is a variable of its own:
// on 32-bit systems a Pool has to be aligned to 64 bits, as only the first word of a
// variable is.
var (
	pool512B, pool1K, pool2K, pool4K, pool8K, pool16K, pool32K, pool64K bytebufferpool.Pool

	pools = [...]*bytebufferpool.Pool{&pool512B, &pool1K, &pool2K, &pool4K, &pool8K, &pool16K, &pool32K, &pool64K}
)

// poolFor returns the pool for buffers of n bytes and the size of those in it; nil if n
// is too large to keep.
func poolFor(n int) (pool *bytebufferpool.Pool, size int) {
	size = minKept
	for _, pool = range pools {
		if n <= size {
			return pool, size
		}
		size *= 2
	}
	return nil, n
}

// Acquire returns a buffer whose B has length n and arbitrary content.
func Acquire(n int) *Buffer {
	count(1)
	pool, size := poolFor(n)
	if pool == nil {
		return &Buffer{B: make([]byte, n)}
	}
	b := pool.Get()
	if cap(b.B) < n {
		b.B = make([]byte, size)
	}
	b.B = b.B[:n]
	return b
}

// Release returns b, which may be nil, to its pool. No view of it may be used any more.
func Release(b *Buffer) {
	if b == nil {
		return
	}
	count(-1)
	b.B = b.B[:cap(b.B)] // the pool learns from the length what to keep
	poison(b.B)
	// An append may have left it with a size of its own.
	if pool, size := poolFor(len(b.B)); pool != nil && size == len(b.B) {
		pool.Put(b)
	}
}
