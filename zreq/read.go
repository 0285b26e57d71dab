package zreq

import (
	"errors"
	"io"
	"iter"
)

// A Response can be read from and written to a writer. Of one that was not made by
// Args.Stream, that is the buffered body.
var (
	_ io.ReadCloser = (*Response)(nil)
	_ io.WriterTo   = (*Response)(nil)
)

var errChunkSize = errors.New("the size of a chunk is negative, or over 64 MiB")

// use is in which way a body is taken.
type use uint8

const (
	untaken use = iota
	taken       // by a callback, or there is nothing to take
	asReader
	asContent
)

// Read reads the body. It returns io.EOF, as it is, only at an end that is good. Every
// other error is an [*Error]: ErrTruncated for a body that is known to be short,
// ErrUnframed for one whose end nothing proves, unless AllowUnframed, ErrBodyConsumed
// after Close or Content. It comes again when Read is called again. The limits in time
// are those of the call; the time between two Reads counts against none.
//
// At the end, and after an error, the connection has been let go of, and Close
// need not be called. With a Content-Length that is when the last byte has been
// read, and in chunked framing, too, if the last chunk has come by then.
func (r *Response) Read(p []byte) (int, error) {
	n, err := r.read(p)
	r.settle()
	return n, err
}

// read is Read without settle, for those who read on.
func (r *Response) read(p []byte) (int, error) {
	if err := r.take(); err != nil || len(p) == 0 {
		return 0, err
	}
	if r.pull == nil {
		n := copy(p, r.content[r.off:])
		r.off += n
		if n == 0 {
			return 0, r.rest()
		}
		return n, nil
	}
	if n := r.pull.straight(p); n > 0 {
		return n, nil
	}
	if err := r.pull.more(); err != nil {
		return 0, r.outward(err)
	}
	n := copy(p, r.pull.view)
	r.pull.view = r.pull.view[n:]
	return n, nil
}

// take notes that the body is read.
func (r *Response) take() error {
	if err := r.absent(); err != nil {
		return err
	}
	if r.use != untaken && r.use != asReader {
		return r.consumed()
	}
	r.use = asReader
	return nil
}

// rest is what follows the last byte of a buffered body.
func (r *Response) rest() error {
	if r.cut != nil {
		return r.cut
	}
	return io.EOF
}

// ReadN reads n bytes of the body, fewer only at its end; with n <= 0 all the rest
// of it, up to Limits.Content. The slice is the caller's. At the end it is empty,
// and the error io.EOF, but none with n <= 0. Every other error is an [*Error], and
// beside it is what came before it. More than 64 MiB is ErrRequest.
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
		case n <= 0 && r.pull != nil && int64(len(p)) > r.pull.held.limits.Content:
			r.pull.finish(r.pull.x().blame(nil, errContent))
		}
	}
	r.settle()
	return p, nil
}

// WriteTo writes the rest of the body to w, as it lies in the read buffer: w must
// not keep what it is given. It returns how many bytes w took, and nil only at an
// end that is good, as Read tells it. An error of w ends the body and is wrapped in
// an [*Error]; ErrStop ends it without one.
//
// If w is a [Receiver] the bytes may get there without passing through memory.
func (r *Response) WriteTo(w io.Writer) (n int64, err error) {
	if err := r.take(); err != nil {
		return 0, err
	}
	if r.pull == nil {
		var m int
		if rest := r.content[r.off:]; len(rest) > 0 {
			m, err = r.put(w, rest)
			r.off += m
		}
		if err == nil {
			err = r.rest()
		}
		return int64(m), good(err)
	}
	p := r.pull
	before := p.held.taken
	for err == nil {
		if err = p.receive(w); err == nil {
			if p.widens && len(p.view) == 0 && p.x().dec.Expect() >= minReceive {
				p.held.in.widen(writeBuffer) // nothing is a view of it
			}
			err = p.more()
		}
		if err == nil {
			_, err = r.put(w, p.view)
			p.view = nil
		}
	}
	if good(err) == nil && p.moved {
		_, failure := w.Write(nil) // by which a Receiver tells what it could not write
		if failure != nil {
			err = p.halt(failure)
		}
	}
	return p.held.taken - before, r.outward(good(err))
}

// put gives p to w, which has to take all of it or say why not, and counts what it
// took. An error ends the body; it is ErrStop if it was that.
func (r *Response) put(w io.Writer, p []byte) (int, error) {
	n, err := w.Write(p)
	switch {
	case n < 0 || n > len(p):
		n, err = 0, errBadCount
	case n < len(p) && err == nil:
		err = io.ErrShortWrite
	}
	r.took += int64(n)
	if r.pull != nil {
		r.pull.held.taken += int64(n)
	}
	switch {
	case err == nil:
		return n, nil
	case r.pull != nil:
		return n, r.pull.halt(err)
	case errors.Is(err, ErrStop):
		return n, ErrStop
	}
	e := r.failure(PhaseBody, nil, err)
	e.byCaller = true
	return n, e
}

// good is nil for an end that is good.
func good(err error) error {
	if err == io.EOF || err == ErrStop {
		return nil
	}
	return err
}

// SaveTo writes the rest of the body to w through buf: in pieces of its length, but
// for the last. With an empty buf it is WriteTo; so are the results.
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
	}
	return n, good(err)
}

// Chunks yields the rest of the body in chunks of n bytes, 512 if n is zero; only
// the last may be shorter, and none is empty. A chunk may be modified and is valid
// until the loop goes on. An error, an [*Error], comes alone, as the last: what was read by then
// of a chunk that is not whole is not given out. However the loop is left, the
// Response is closed.
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
		chunk := acquire(n)
		defer release(chunk)
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

// full fills buf; less is in it only beside an error.
func (r *Response) full(buf []byte) (n int, err error) {
	for n < len(buf) && err == nil {
		var m int
		m, err = r.read(buf[n:])
		n += m
	}
	return n, err
}

// Close ends the reading of a body that the caller does not want, or not all of: if
// at most 4 KiB are known to remain, or it lies in the read buffer, it is read, and
// else the connection is closed. It may be called at any time, more than once, and
// returns nil. Content that was read already stays. Closing nil is harmless.
func (r *Response) Close() error {
	if r != nil && r.pull != nil {
		if r.use == untaken {
			r.use = asReader // of which nothing was read, and nothing can be
		}
		r.pull.close()
	}
	return nil
}

// Fit returns nil if this is a response whose body a StreamCallback would be given,
// as far as can be told at the head: that it can be the thing that was asked for.
// Else it is an [*Error] that says why not: ErrStatus, and ErrEncoded beside it, or
// ErrUnframed; of a body that was read or closed, in part or whole, ErrBodyConsumed.
func (r *Response) Fit() error {
	if err := r.absent(); err != nil {
		return err
	}
	switch {
	case r.use == asReader:
		return r.consumed()
	case r.unfit == nil:
		return nil
	case r.unfit == &ErrUnframed:
		return r.failure(PhaseHead, nil, ErrUnframed)
	}
	return r.failure(PhaseHead, &ErrStatus, r.told())
}
