package zreq

import (
	"context"
	"io"

	"github.com/zreq-go/zreq/zreq/internal/buffer"
	"github.com/zreq-go/zreq/zreq/internal/exchange"
	"github.com/zreq-go/zreq/zreq/wire"
)

// stream reads a body after its call has returned. It has the delivery of the call, and the
// context, because Read has no parameter for one.
type stream struct {
	delivery
	ctx      context.Context
	unframed bool // the end of the connection is an end of the body without proof, too

	view     []byte         // what was read and not taken: in the window, or in text
	decoder  decoder        // nil if the body is read as it came
	text     *buffer.Buffer // what the decoder fills
	decoding bool           // the decoder runs, or has panicked
	inCall   bool           // the call has not returned, and will end the delivery
	moved    bool           // a Receiver took some of it
	err      error          // of all reading from now on
}

// decoder undoes the codings of a body. It returns at least one byte or an error.
type decoder interface {
	decoded(p []byte) (int, error)
	// finish decodes on when all of the body has been read, to the next bytes or to its end.
	finish()
	giveBack()
}

// fetch returns what comes next of the body, as it came; io.EOF at its end.
func (s *stream) fetch() ([]byte, error) {
	for {
		ev, err := s.next(s.ctx, nil)
		if err != nil {
			return nil, err
		}
		data, err := s.data(ev)
		if len(data) > 0 || err != nil {
			return data, err
		}
	}
}

// data returns the data of an event of the body, which may be none, and io.EOF at the end.
func (s *stream) data(ev wire.Event) ([]byte, error) {
	err := s.excess()
	switch {
	case err != nil:
		return nil, err
	case ev.Kind == wire.Data:
		return ev.Data, nil
	case ev.Kind == wire.End:
		return nil, s.atEnd()
	}
	return nil, nil
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

// atEnd is io.EOF if the body may end here.
func (s *stream) atEnd() error {
	if err := s.checkEnd(); err != nil {
		return err
	}
	if body := &s.resp.body; body.framing == FramingUntilClose && !body.complete && !s.unframed {
		return ErrUnframed
	}
	return io.EOF
}

// more sees to it that there is something in view, or says why there is not.
func (s *stream) more() error {
	for len(s.view) == 0 {
		if s.err != nil {
			return s.err
		}
		s.finish(s.refill())
	}
	return nil
}

// refill gets what comes next into view.
func (s *stream) refill() (err error) {
	if err := s.ctx.Err(); err != nil {
		return err // what has come already would be served after a cancel
	}
	if err := s.excess(); err != nil {
		return err
	}
	if s.decoder == nil {
		s.view, err = s.fetch()
		return err
	}
	s.decoding = true
	n, err := s.decoder.decoded(s.text.B)
	s.decoding = false
	s.view = s.text.B[:n]
	return err
}

// finish ends the body, unless err is nil; io.EOF is a good end.
func (s *stream) finish(err error) {
	body := &s.resp.body
	switch {
	case err == nil:
		return
	case s.inCall:
		body.complete = body.complete && err == io.EOF
		s.err = err
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
	if !s.inCall {
		defer s.end() // a decoder may panic
	}
	if s.decoder != nil {
		s.decoder.giveBack()
		buffer.Release(s.text)
		s.decoder, s.text = nil, nil
	}
}

// straight reads into b without the detour through the window, if b and what is certain to
// come are at least as large as that; 0 if not.
func (s *stream) straight(b []byte) int {
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
		err = s.atEnd()
	}
	s.finish(err)
	if err != nil {
		return 0
	}
	return len(ev.Data)
}

// receive lets a Receiver take all it can of the body.
func (s *stream) receive(w io.Writer) error {
	r, ok := w.(exchange.Receiver)
	body := &s.resp.body
	for ok && s.err == nil && s.decoder == nil && len(s.view) == 0 && body.want.length < 0 && s.ctx.Err() == nil {
		if left := s.limits.Body - s.exchange.Received; s.limits.Body > 0 && s.exchange.Certain() > left {
			break // it would take too much before anybody looked
		}
		var n int64
		var err error
		if n, ok, err = s.exchange.Receive(s.ctx, r); !ok {
			break
		}
		s.moved = true
		body.taken += n
		if err == io.EOF {
			err = s.atEnd()
		}
		s.finish(err)
	}
	return s.err
}

// halt ends the body for an error of the caller's, which may come after its end.
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

// content reads the rest of the body into the Response. An error page that is longer than
// the limit is cut.
func (s *stream) content() {
	body := &s.resp.body
	limit, tooLarge := s.limits.ofContent(s.limits.Content)
	s.limits.Body, s.unframed = 0, true
	for s.more() == nil {
		switch {
		case s.resp.appendContent(s.view, limit):
			s.view = nil
		case s.resp.Status < 400:
			s.finish(tooLarge)
			return
		default:
			body.err = s.fail(s.ctx, tooLarge)
			s.close()
		}
	}
}

// close ends a body that nobody wants. What costs little is read, to save the connection.
func (s *stream) close() {
	if s.err != nil {
		return
	}
	if len(s.view) == 0 && s.exchange.AllRead() && !s.decoding {
		if s.finishBuffered(); s.decoder != nil {
			s.decoder.finish()
		}
		if s.err != nil {
			s.err = ErrBodyConsumed // only the event of its end was missing
			return
		}
	}
	s.view = nil
	s.exchange.Drain(s.ctx)
	s.finish(io.EOF)
	s.err = ErrBodyConsumed
}
