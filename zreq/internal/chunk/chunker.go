// Package chunk cuts a body into chunks of one size for a callback.
//
// It knows nothing of where the body comes from and of how it is framed.
package chunk

import (
	"context"
	"errors"

	"github.com/zreq-go/zreq/zreq/internal/buffer"
)

// A Chunker cuts a body, however it arrives, into chunks of exactly the same size; only
// the last may be shorter, and none is empty.
//
// Chunks that lie whole in what Write is given are passed on as they are. What is left
// over waits as tail, a view, and is copied into part only when that view ends: the owner
// of the memory says so by Settle. The same is true of the last chunk that was passed on.
type Chunker struct {
	callback func(chunk []byte) error
	size     int
	taken    int64

	tail []byte // the beginning of the next chunk, not copied yet
	last []byte // the last chunk that the callback had

	part   *buffer.Buffer // has the beginning of the next chunk, once it was copied
	filled int            // so much of it
	kept   *buffer.Buffer // has the last chunk, if that was copied
}

// ErrEnded is the error of a context that has ended between two chunks. It tells that
// from an error of the callback.
var ErrEnded = errors.New("the context has ended")

// New returns a Chunker that gives callback chunks of size bytes.
func New(size int, callback func(chunk []byte) error) Chunker {
	return Chunker{callback: callback, size: size}
}

// Size is the size of a chunk.
func (c *Chunker) Size() int { return c.size }

// Last returns the last chunk that the callback was given: a view, until Close, once
// Settle was called.
func (c *Chunker) Last() []byte { return c.last }

// Taken returns how many bytes are in the chunks for which the callback returned nil.
func (c *Chunker) Taken() int64 { return c.taken }

// Write passes on what p completes. p stays valid until Settle.
func (c *Chunker) Write(ctx context.Context, p []byte) error {
	if c.filled > 0 || len(c.tail) > 0 {
		c.gather() // p need not lie behind the tail: between them may be framing
		n := copy(c.Space(), p)
		if err := c.Advance(ctx, n); err != nil {
			return err
		}
		p = p[n:]
	}
	for len(p) >= c.size {
		chunk := p[:c.size:c.size]
		p = p[c.size:]
		if err := c.emit(ctx, chunk); err != nil {
			return err
		}
	}
	if len(p) > 0 {
		c.tail = p
	}
	return nil
}

// Space returns where the rest of the next chunk goes; bytes put there are
// announced by Advance.
func (c *Chunker) Space() []byte {
	if c.part == nil {
		c.part = buffer.Acquire(c.size)
	}
	return c.part.B[c.filled:]
}

// Advance takes n bytes that were put into Space.
func (c *Chunker) Advance(ctx context.Context, n int) error {
	c.filled += n
	if c.filled < c.size {
		return nil
	}
	// The two buffers change roles, so that the last chunk is kept without a copy.
	c.part, c.kept, c.filled = c.kept, c.part, 0
	return c.emit(ctx, c.kept.B[:c.size:c.size])
}

// emit passes a chunk on. What has come already may be many chunks, so the
// context is asked after each.
func (c *Chunker) emit(ctx context.Context, chunk []byte) error {
	c.last = chunk
	if err := c.callback(chunk); err != nil {
		return err
	}
	c.taken += int64(len(chunk))
	if ctx.Err() != nil {
		return ErrEnded
	}
	return nil
}

// gather moves the tail into part.
func (c *Chunker) gather() {
	if len(c.tail) > 0 {
		c.filled += copy(c.Space(), c.tail)
		c.tail = nil
	}
}

// Settle ends the validity of what Write was given: whatever is still needed
// of it is copied.
func (c *Chunker) Settle() {
	c.gather()
	if len(c.last) == 0 || c.kept != nil && &c.last[0] == &c.kept.B[0] {
		return
	}
	if c.kept == nil {
		c.kept = buffer.Acquire(c.size)
	}
	c.last = c.kept.B[:copy(c.kept.B, c.last)]
}

// Flush passes on the last chunk, which may be short.
func (c *Chunker) Flush(ctx context.Context) error {
	chunk := c.tail
	if c.filled > 0 {
		c.gather()
		chunk = c.part.B[:c.filled]
	}
	if len(chunk) == 0 {
		return nil
	}
	c.tail, c.filled = nil, 0
	return c.emit(ctx, chunk[:len(chunk):len(chunk)])
}

// Close releases the buffers. last is no longer valid then.
func (c *Chunker) Close() {
	buffer.Release(c.part)
	buffer.Release(c.kept)
	c.part, c.kept = nil, nil
}
