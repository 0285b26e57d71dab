package zreq

import (
	"context"
	"io"

	"github.com/zreq-go/zreq/zreq/internal/buffer"
	"github.com/zreq-go/zreq/zreq/internal/exchange"
	"github.com/zreq-go/zreq/zreq/wire"
)

// stream reads a body after its call has returned. It holds the delivery of the call, and its
// context, because Read has no parameter for one.
type stream struct {
	delivery
	ctx      context.Context
	unframed bool // the body may end with the connection, which proves nothing

	view     []byte         // what was read and not taken yet: in the window, or in text
	decoder  decoder        // nil if the body is read as it came
	text     *buffer.Buffer // filled by the decoder
	decoding bool           // the decoder is running, or has panicked
	inCall   bool           // the call has not returned yet, and will end the delivery
	moved    bool           // a Receiver took a part of the body
	err      error          // returned by every further read
}

// decoder undoes the codings of a body.
type decoder interface {
	// decoded reads decoded bytes into p. It returns at least one byte or an error.
	decoded(p []byte) (int, error)
	// finish decodes, after all of the body has been read, up to the next bytes or to its end.
	finish()
	// giveBack releases what the decoder holds.
	giveBack()
}

// fetch returns the next bytes of the body as they arrived, and io.EOF at its end.
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

// atEnd returns io.EOF if the body may end here, and otherwise why not.
func (s *stream) atEnd() error {
	if err := s.checkEnd(); err != nil {
		return err
	}
	if body := &s.resp.body; body.framing == FramingUntilClose && !body.complete && !s.unframed {
		return ErrUnframed
	}
	return io.EOF
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
		s.view, err = s.fetch()
		return err
	}
	s.decoding = true
	n, err := s.decoder.decoded(s.text.B)
	s.decoding = false
	s.view = s.text.B[:n]
	return err
}

// finish ends the body unless err is nil. io.EOF is a good end.
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
		err = s.atEnd()
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
			err = s.atEnd()
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

// content reads the rest of the body into the Response. An error page that is longer than
// the limit is cut.
func (s *stream) content() {
	body := &s.resp.body
	limit, tooLarge := s.limits.ofContent(s.limits.Content)
	if s.decoder == nil || s.resp.Status >= 400 {
		s.limits.Body = 0 // limit is as small, and cuts an error page
	}
	s.unframed = true
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

// close ends a body that nobody wants. If the rest costs little it is read, so that the
// connection can be kept.
func (s *stream) close() {
	if s.err != nil {
		return
	}
	if len(s.view) == 0 && s.exchange.AllRead() && !s.decoding {
		if s.finishBuffered(); s.decoder != nil {
			s.decoder.finish()
		}
		if s.err != nil {
			s.err = ErrBodyConsumed // all of it had been read but the event of its end
			return
		}
	}
	s.view = nil
	s.exchange.Drain(s.ctx)
	s.finish(io.EOF)
	s.err = ErrBodyConsumed
}
