package zreq

import (
	"errors"
	"io"
	"iter"

	"github.com/zreq-go/zreq/zreq/internal/buffer"
	"github.com/zreq-go/zreq/zreq/internal/line"
)

// A Response can be read from and written to a writer. Of one that was not made by
// Args.Stream, that is the buffered body.
var (
	_ io.ReadCloser = (*Response)(nil)
	_ io.WriterTo   = (*Response)(nil)
)

var errChunkSize = errors.New("the size of a chunk is negative, or over 64 MiB")

// use is the way in which a body is read.
type use uint8

const (
	untaken use = iota
	taken       // by a callback, or there is nothing to take
	asReader
	asContent
)

// Read reads the body. At the end of a complete body it returns io.EOF itself. Every
// other error is an [*Error]: ErrTruncated for a body that is known to be short,
// ErrUnframed for one whose end nothing proves, unless AllowUnframed is set, and
// ErrBodyConsumed after Close or Content. After an error, every Read returns it again.
// The time limits of the call apply. The time between two Reads counts against none of
// them.
//
// At the end of the body, and after an error, the connection has been released, and Close
// need not be called. With a Content-Length that is when the last byte has been read. In
// chunked framing it is, too, if the last chunk has arrived by then.
func (r *Response) Read(p []byte) (int, error) {
	n, err := r.read(p)
	r.releaseAtEnd()
	return n, err
}

// releaseAtEnd releases the connection if all of the body was read.
func (r *Response) releaseAtEnd() {
	if r != nil && r.body.stream != nil && r.body.use == asReader {
		r.body.stream.finishBuffered()
	}
}

// read is Read without releaseAtEnd, for callers that read on.
func (r *Response) read(p []byte) (int, error) {
	if err := r.take(); err != nil || len(p) == 0 {
		return 0, err
	}
	if r.body.stream == nil {
		n := copy(p, r.body.content[r.body.off:])
		r.body.off += n
		if n == 0 {
			return 0, r.endError()
		}
		return n, nil
	}
	if n := r.body.stream.readDirect(p); n > 0 {
		return n, nil
	}
	if err := r.body.stream.more(); err != nil {
		return 0, r.outward(err)
	}
	n := copy(p, r.body.stream.view)
	r.body.stream.view = r.body.stream.view[n:]
	return n, nil
}

// take notes that the body is read as by Read. It returns an error if it was read otherwise.
func (r *Response) take() error {
	if err := r.absent(); err != nil {
		return err
	}
	if r.body.use != untaken && r.body.use != asReader {
		return r.consumed()
	}
	r.body.use = asReader
	return nil
}

// endError returns the error at the end of a buffered body: io.EOF, or why it is incomplete.
func (r *Response) endError() error {
	if r.body.err != nil {
		return r.body.err
	}
	return io.EOF
}

// ReadN reads n bytes of the body, or fewer at its end. If n <= 0 it reads the rest of
// the body, up to Limits.Content. The caller owns the slice. At the end of the body ReadN
// returns no bytes and io.EOF, but no error if n <= 0. Every other error is an [*Error],
// and the bytes that were read before it are returned with it. If n is over 64 MiB, the
// error is ErrRequest.
func (r *Response) ReadN(n int) ([]byte, error) {
	if err := r.absent(); err != nil {
		return nil, err
	}
	if n > maxBuffer {
		return nil, r.badSize()
	}
	var p []byte
	for n <= 0 || len(p) < n {
		if len(p) == cap(p) {
			p = append(p, 0)[:len(p)]
		}
		room := p[len(p):cap(p)]
		if n > 0 {
			room = room[:min(len(room), n-len(p))]
		}
		m, err := r.read(room)
		p = p[:len(p)+m]
		switch {
		case err == io.EOF && (n <= 0 || len(p) > 0):
			return p, nil
		case err != nil:
			return p, err
		case n <= 0 && r.body.stream != nil && int64(len(p)) > r.body.stream.limits.Content:
			r.body.stream.finish(errContent)
		}
	}
	r.releaseAtEnd()
	return p, nil
}

// WriteTo writes the rest of the body to w from the read buffer. w must not keep the
// slices that it is given. WriteTo returns how many bytes w took. The error is nil only
// at an end at which Read would return io.EOF. An error of w ends the body and is
// returned wrapped in an [*Error]. If it is ErrStop, WriteTo returns nil.
//
// If w is a [Receiver], the bytes may reach it without passing through memory.
func (r *Response) WriteTo(w io.Writer) (n int64, err error) {
	if err := r.take(); err != nil {
		return 0, err
	}
	if r.body.stream == nil {
		var m int
		if rest := r.body.content[r.body.off:]; len(rest) > 0 {
			m, err = r.put(w, rest)
			r.body.off += m
		}
		if err == nil {
			err = r.endError()
		}
		return int64(m), good(err)
	}
	p := r.body.stream
	before := r.body.taken
	for err == nil {
		if err = p.receive(w); err == nil {
			err = p.more()
		}
		if err == nil {
			_, err = r.put(w, p.view)
			p.view = nil
		}
	}
	if good(err) == nil && p.moved {
		_, failure := w.Write(nil) // a Receiver returns here what it could not write
		if failure != nil {
			err = p.halt(failure)
		}
	}
	return r.body.taken - before, r.outward(good(err))
}

// put writes p to w and counts what w took. An error ends the body. It is returned as an *Error,
// or as ErrStop if w has returned that.
func (r *Response) put(w io.Writer, p []byte) (int, error) {
	n, err := w.Write(p)
	switch {
	case n < 0 || n > len(p):
		n, err = 0, line.ErrBadCount
	case n < len(p) && err == nil:
		err = io.ErrShortWrite
	}
	r.body.taken += int64(n)
	switch {
	case err == nil:
		return n, nil
	case r.body.stream != nil:
		return n, r.body.stream.halt(err)
	case errors.Is(err, ErrStop):
		return n, ErrStop
	}
	e := r.failure(PhaseBody, nil, err)
	e.byCaller = true
	return n, e
}

// good returns nil instead of an error that means a good end.
func good(err error) error {
	if err == io.EOF || err == ErrStop {
		return nil
	}
	return err
}

// SaveTo writes the rest of the body to w through buf, in pieces of len(buf); only the
// last may be shorter. If buf is empty, it is WriteTo. The results are those of WriteTo.
func (r *Response) SaveTo(w io.Writer, buf []byte) (n int64, err error) {
	if len(buf) == 0 {
		return r.WriteTo(w)
	}
	for err == nil {
		var m int
		if m, err = r.full(buf); m == 0 {
			continue
		}
		took, failure := r.put(w, buf[:m])
		n += int64(took)
		if failure != nil {
			err = failure
		}
		if e, failed := err.(*Error); failed {
			e.Taken = r.body.taken // it was made before w took the last piece
		}
	}
	return n, good(err)
}

// Chunks yields the rest of the body in chunks of n bytes, or 512 if n is zero. Only the
// last may be shorter, and none is empty. A chunk may be modified, and is valid until the
// next iteration. An error, which is an [*Error], is yielded last and alone: an
// incomplete chunk before it is not yielded. The Response is closed however the loop
// ends.
func (r *Response) Chunks(n int) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		defer r.Close()
		if err := r.absent(); err != nil {
			yield(nil, err)
			return
		}
		if n < 0 || n > maxBuffer {
			yield(nil, r.badSize())
			return
		}
		if n == 0 {
			n = defaultChunk
		}
		chunk := buffer.Acquire(n)
		defer buffer.Release(chunk)
		for {
			m, err := r.full(chunk.B)
			if m > 0 && good(err) == nil && !yield(chunk.B[:m:m], nil) {
				return
			}
			if good(err) != nil {
				yield(nil, err)
			}
			if err != nil {
				return
			}
		}
	}
}

// full fills buf, unless it returns an error.
func (r *Response) full(buf []byte) (n int, err error) {
	for n < len(buf) && err == nil {
		var m int
		m, err = r.read(buf[n:])
		n += m
	}
	return n, err
}

// Close ends the reading of a body. If at most 4 KiB are known to remain, or if the rest
// is in the read buffer, it is read, so that the connection can be kept. Otherwise the
// connection is closed. Close may be called at any time and more than once, and returns
// nil. Content that has been read stays. Closing a nil Response does nothing.
func (r *Response) Close() error {
	if r != nil && r.body.stream != nil {
		if r.body.use == untaken {
			r.body.use = asReader // nothing can be read any more
		}
		r.body.stream.close()
	}
	return nil
}
