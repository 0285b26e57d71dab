package zreq

import (
	"context"
	"io"

	"github.com/zreq-go/zreq/zreq/wire"
)

// pull is a body that is read by way of its Response when the call has returned.
// The exchange goes on in it, on the heap, and so does the context of the call: a
// Read has none of its own.
type pull struct {
	exchange
	ctx  context.Context
	want admission
	kept Args // of the call's what the body needs

	view    []byte  // what was read and not taken: in the window, or in text
	decoder decoder // nil if the body is read as it came
	text    *buffer // what the decoder fills
	lenient bool    // an end that nothing proves is no error
	err     error   // of all reading from now on
}

// decoder undoes the codings of a body. It returns at least one byte or an error.
type decoder interface {
	read(p []byte) (int, error)
	close()
}

// suspend gives the exchange to the Response. A body that is empty, or not there,
// is read at once.
func (x *exchange) suspend(ctx context.Context, want admission, coded bool) error {
	x.phase = PhaseBody
	if x.resp.framing == FramingNone || x.resp.length == 0 {
		return x.readContent(ctx, 0)
	}
	a := x.args
	p := &pull{exchange: *x, ctx: ctx, want: want, kept: Args{
		Connection: a.Connection, DropHead: a.DropHead, AllowUnframed: a.AllowUnframed,
		Stream: a.Stream, StreamCallback: a.StreamCallback, StreamChunk: a.StreamChunk,
	}}
	p.args, p.body = &p.kept, outgoing{}
	release(p.out)
	p.out = nil
	*x = exchange{resp: x.resp, answered: true}
	x.resp.pull = p
	if !coded {
		return nil
	}
	return decode(p)
}

// fetch returns what comes next of the body, as it came; io.EOF at its end.
func (p *pull) fetch() ([]byte, error) {
	for {
		ev, err := p.next(p.ctx)
		switch {
		case err != nil:
			return nil, err
		case p.want.length >= 0 && p.received > p.want.length:
			return nil, p.blame(ErrResponse, errRangeMismatch)
		case ev.Kind == wire.Data:
			return ev.Data, nil
		case ev.Kind == wire.End:
			return nil, p.atEnd()
		}
	}
}

// atEnd is io.EOF if the body may end here.
func (p *pull) atEnd() error {
	if err := p.judgeEnd(p.want); err != nil {
		return err
	}
	if p.resp.framing == FramingUntilClose && !p.resp.complete && !p.lenient && !p.kept.AllowUnframed {
		return p.blame(nil, ErrUnframed)
	}
	return io.EOF
}

// more sees to it that there is something in view, or says why there is not.
func (p *pull) more() error {
	for len(p.view) == 0 {
		if p.err != nil {
			return p.err
		}
		p.finish(p.refill())
	}
	return nil
}

// refill gets what comes next into view.
func (p *pull) refill() (err error) {
	if err := p.ctx.Err(); err != nil {
		return err // what has come already may be much
	}
	if p.decoder == nil {
		p.view, err = p.fetch()
		return err
	}
	n, err := p.decoder.read(p.text.B)
	p.view = p.text.B[:n]
	return err
}

// finish ends the body, unless err is nil; io.EOF is a good end.
func (p *pull) finish(err error) {
	switch {
	case err == nil:
		return
	case p.stopped:
		p.err = ErrBodyConsumed
	case err == io.EOF && p.why != CloseStopped:
		p.why, p.err = p.verdict(), io.EOF
	default:
		p.resp.complete = false
		e := p.fail(p.ctx, err)
		p.err, p.resp.cut = e, e
	}
	p.view = nil
	if p.decoder != nil {
		p.decoder.close()
		release(p.text)
		p.decoder, p.text = nil, nil
	}
	p.end()
}

// straight reads into b without the detour through the window, if b is at least as
// large and what is certain to come is, too; 0 if not.
func (p *pull) straight(b []byte) (n int) {
	if p.err != nil || p.decoder != nil || len(p.view) > 0 || !p.in.empty() {
		return 0
	}
	size := len(p.in.buf.B)
	if len(b) < size || p.dec.Expect() < int64(size) || p.ctx.Err() != nil {
		return 0
	}
	ev, err := p.nextInto(p.ctx, b[:min(int64(len(b)), p.dec.Expect())])
	if err == nil && p.want.length >= 0 && p.received > p.want.length {
		err = p.blame(ErrResponse, errRangeMismatch)
	}
	if err == nil && ev.Kind == wire.End {
		err = p.atEnd()
	}
	p.finish(err)
	if err != nil {
		return 0
	}
	return len(ev.Data)
}

// put gives b to w.
func (p *pull) put(w io.Writer, b []byte) error {
	n, err := writeAll(w, b)
	p.taken += int64(n)
	if err != nil {
		return p.halt(err)
	}
	return nil
}

// halt ends the body for an error of the caller's, which may come after its end.
func (p *pull) halt(err error) error {
	ended := p.err != nil
	_ = p.stop(err)
	switch {
	case !ended:
		p.finish(err)
	case !p.stopped:
		return p.fail(p.ctx, err)
	}
	if p.stopped {
		return ErrStop
	}
	return p.err
}

// content reads the rest of the body into the Response. An error page that is
// longer than the limit is cut.
func (p *pull) content() {
	r := p.resp
	p.lenient = true
	for p.more() == nil {
		left := p.limits.Content - int64(len(r.content))
		if left >= int64(len(p.view)) {
			r.content = append(r.content, p.view...)
			p.view = nil
			continue
		}
		r.content = append(r.content, p.view[:left]...)
		p.view = nil
		if r.Status < 400 {
			p.finish(p.blame(nil, errContent))
			return
		}
		p.close()
		r.cut = errContent
	}
}

// close ends a body that nobody wants. What costs little is read, to save the
// connection.
func (p *pull) close() {
	if p.err != nil {
		return
	}
	p.view = nil
	p.phase = PhaseHead // of which nothing but drain sets the limit
	p.drain(p.ctx)
	p.finish(io.EOF)
	p.err = ErrBodyConsumed
}
