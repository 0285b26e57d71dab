package zreq

import (
	"context"
	"io"

	"github.com/zreq-go/zreq/zreq/internal/exchange"
	"github.com/zreq-go/zreq/zreq/wire"
)

// stream reads a body after its call has returned. It holds the delivery of the call, and its
// context, because Read has no parameter for one.
type stream struct {
	delivery
	ctx context.Context

	view    []byte  // what was read and not taken yet: in the window, or of the decoder
	decoder decoder // nil if the body is read as it came
	moved   bool    // a Receiver took a part of the body
	err     error   // returned by every further read
}

// decoder undoes the codings of a body.
type decoder interface {
	// decoded returns decoded bytes, which are valid until the next call, or an error.
	decoded() ([]byte, error)
	// content reads the whole body into the Response before the call returns.
	content() error
	// finish decodes, after all of the body has been read, up to the next bytes or to its end.
	finish()
	// giveBack releases what the decoder holds.
	giveBack()
}

// finishBuffered looks for the end of the body in the read buffer, when all in view was
// taken. So the connection is released with the last byte: a caller who knows the length
// does not read again.
func (s *stream) finishBuffered() {
	for len(s.view) == 0 && s.err == nil && s.decoder == nil {
		ev, err := s.buffered()
		if err == nil && ev.Kind == wire.NeedMore {
			return
		}
		if err == nil {
			s.view, err = s.data(ev)
		}
		s.finish(err)
	}
}

// more fills view if it is empty, or returns an error.
func (s *stream) more() error {
	for len(s.view) == 0 {
		if s.err != nil {
			return s.err
		}
		s.finish(s.refill())
	}
	return nil
}

// refill sets view to the next bytes of the body.
func (s *stream) refill() (err error) {
	if err := s.ctx.Err(); err != nil {
		return err // or bytes in the buffer would be returned after a cancel
	}
	if err := s.excess(); err != nil {
		return err
	}
	if s.decoder == nil {
		s.view, err = s.fetch(s.ctx)
		return err
	}
	s.view, err = s.decoder.decoded()
	return err
}

// finish ends the body unless err is nil. io.EOF is a good end.
func (s *stream) finish(err error) {
	body := &s.resp.body
	switch {
	case err == nil:
		return
	case s.stopped:
		s.err = ErrBodyConsumed
	case err == io.EOF && s.why != CloseStopped:
		s.why, s.err = s.exchange.Reuse(), io.EOF
	default:
		body.complete = false
		e := s.fail(s.ctx, err)
		s.err, body.err, s.failed = e, e, e
	}
	s.view = nil
	defer s.end() // a decoder may panic
	if s.decoder != nil {
		s.decoder.giveBack()
		s.decoder = nil
	}
}

// readDirect reads into b past the window, if b and what is certain to come are at least as
// large as that. It returns 0 if it has read nothing.
func (s *stream) readDirect(b []byte) int {
	if s.err != nil || s.decoder != nil || len(s.view) > 0 || s.ctx.Err() != nil {
		return 0
	}
	n := s.exchange.Direct(len(b), 1)
	if n == 0 {
		return 0
	}
	ev, err := s.exchange.ReadInto(s.ctx, b[:n])
	if err == nil {
		err = s.excess()
	}
	if err == nil && ev.Kind == wire.End {
		err = s.checkEnd()
	}
	s.finish(err)
	if err != nil {
		return 0
	}
	return len(ev.Data)
}

// receive lets w, if it is a Receiver, take as much of the body as it can.
func (s *stream) receive(w io.Writer) error {
	r, ok := w.(exchange.Receiver)
	body := &s.resp.body
	for ok && s.err == nil && s.decoder == nil && len(s.view) == 0 && body.want.length < 0 && s.ctx.Err() == nil {
		if left := s.limits.Body - s.exchange.Received; s.limits.Body > 0 && s.exchange.Certain() > left {
			break // it would take more than Limits.Body before that is checked
		}
		var n int64
		var err error
		if n, ok, err = s.exchange.Receive(s.ctx, r); !ok {
			break
		}
		s.moved = true
		body.taken += n
		if err == io.EOF {
			err = s.checkEnd()
		}
		s.finish(err)
	}
	return s.err
}

// halt ends the body because of an error of the caller's. The body may have ended before.
func (s *stream) halt(err error) error {
	ended := s.err != nil
	failure := s.stop(err)
	switch {
	case !ended:
		s.finish(failure)
	case !s.stopped:
		return s.fail(s.ctx, failure)
	}
	if s.stopped {
		return ErrStop
	}
	return s.err
}

// content reads the rest of the body into the Response. If a decoder or the driver panics, the
// body has ended.
func (s *stream) content() {
	returned := false
	defer func() {
		if !returned {
			s.finish(errUnwound)
		}
	}()
	err := s.readAll()
	returned = true
	if err != errCut {
		s.finish(err)
	} else {
		s.close()
	}
}

// readAll reads the rest of the body into the Response. It returns io.EOF at a good end, and
// errCut if an error page was cut.
func (s *stream) readAll() error {
	s.resp.body.use = asContent
	limit, tooLarge := s.limits.ofContent(s.limits.Content)
	for {
		err := s.refill()
		if _, large := err.(*limitError); large {
			return s.cut(s.ctx, err)
		}
		if err == nil {
			err = s.keep(s.ctx, s.view, limit, tooLarge)
		}
		if err != nil {
			return err
		}
		s.view = nil
	}
}

// close ends a body that nobody wants. If the rest costs little it is read, so that the
// connection can be kept.
func (s *stream) close() {
	if s.err != nil {
		return
	}
	if len(s.view) == 0 && s.exchange.AllRead() { // but the event of its end may be missing
		if s.finishBuffered(); s.decoder != nil {
			s.decoder.finish()
		}
	}
	if s.err == nil {
		s.exchange.Drain(s.ctx)
		s.finish(io.EOF)
	}
	s.err = ErrBodyConsumed
}
