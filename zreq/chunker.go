package zreq

import (
	"context"
	"errors"
)

// chunker cuts a body, however it arrives, into chunks of exactly size bytes
// for a callback; only the last may be shorter.
//
// Chunks that lie whole in the read buffer are passed on as they are. What is
// left over waits as tail, a view, and is copied into part only when that
// buffer is about to be refilled (settle). Of the last chunk that was passed
// on the same is true: it is last, a view, until settle copies it to kept.
type chunker struct {
	callback func(chunk []byte) error
	size     int

	tail []byte // the beginning of the next chunk, not copied yet
	part []byte // the beginning of the next chunk, copied; in partBuf
	last []byte // the last chunk that the callback had

	taken int64 // bytes of the chunks that it returned nil for

	partBuf *buffer
	keptBuf *buffer
}

// write passes on what p completes. p stays valid until settle.
func (c *chunker) write(ctx context.Context, p []byte) error {
	if len(c.part) > 0 || len(c.tail) > 0 {
		c.gather() // p need not lie behind the tail: between them may be framing
		n := min(c.size-len(c.part), len(p))
		if err := c.advance(ctx, copy(c.space(), p[:n])); err != nil {
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

// space returns where the rest of the next chunk goes; bytes put there are
// announced by advance.
func (c *chunker) space() []byte {
	if c.partBuf == nil {
		c.partBuf = acquire(c.size)
		c.part = c.partBuf.B[:0]
	}
	return c.part[len(c.part):c.size]
}

// advance takes n bytes that were put into space.
func (c *chunker) advance(ctx context.Context, n int) error {
	c.part = c.part[:len(c.part)+n]
	if len(c.part) < c.size {
		return nil
	}
	// The two buffers change roles, so that the last chunk is kept without a copy.
	chunk := c.part[:c.size:c.size]
	c.partBuf, c.keptBuf = c.keptBuf, c.partBuf
	c.part = nil
	if c.partBuf != nil {
		c.part = c.partBuf.B[:0]
	}
	return c.emit(ctx, chunk)
}

// errEnded is the context's end, not the callback's. The cause takes its place.
var errEnded = errors.New("the context has ended")

// emit passes a chunk on. What has come already may be many chunks, so the
// context is asked after each.
func (c *chunker) emit(ctx context.Context, chunk []byte) error {
	c.last = chunk
	if err := c.callback(chunk); err != nil {
		return err
	}
	c.taken += int64(len(chunk))
	if ctx.Err() != nil {
		return errEnded
	}
	return nil
}

// gather moves the tail into part.
func (c *chunker) gather() {
	if len(c.tail) == 0 {
		return
	}
	n := copy(c.space(), c.tail)
	c.part = c.part[:len(c.part)+n]
	c.tail = nil
}

// settle ends the validity of what write was given: whatever is still needed
// of it is copied.
func (c *chunker) settle() {
	c.gather()
	if len(c.last) == 0 || c.keptBuf != nil && &c.last[0] == &c.keptBuf.B[0] {
		return
	}
	if c.keptBuf == nil {
		c.keptBuf = acquire(c.size)
	}
	c.last = c.keptBuf.B[:copy(c.keptBuf.B, c.last)]
}

// flush passes on the last chunk, which may be short.
func (c *chunker) flush(ctx context.Context) error {
	chunk := c.tail
	if len(c.part) > 0 {
		c.gather()
		chunk = c.part
	}
	if len(chunk) == 0 {
		return nil
	}
	c.tail, c.part = nil, nil
	return c.emit(ctx, chunk[:len(chunk):len(chunk)])
}

// close releases the buffers. last is no longer valid then.
func (c *chunker) close() {
	release(c.partBuf)
	release(c.keptBuf)
	*c = chunker{}
}
