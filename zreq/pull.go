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
	_        incomparable
	held     held
	ctx      context.Context
	unframed bool // Args.AllowUnframed
	widens   bool // Limits.ReadBuffer was left open

	view    []byte  // what was read and not taken: in the window, or in text
	decoder decoder // nil if the body is read as it came
	text    *buffer // what the decoder fills
	inside  bool    // the decoder is at work, or has panicked
	within  bool    // the call is under way, and ends the exchange itself
	moved   bool    // a Receiver took some of it
	lenient bool    // content reads: an end that nothing proves is no error, and it has the limit
	err     error   // of all reading from now on
}

// held is an exchange without its methods: a type on the heap brings the names of
// its own into the program, which are 4 KB.
type held exchange

func (p *pull) x() *exchange { return (*exchange)(&p.held) }

// decoder undoes the codings of a body. It returns at least one byte or an error.
type decoder interface {
	decoded(p []byte) (int, error)
	giveBack()
}

// noArgs is what is left of the arguments of a call that has returned.
var noArgs Args

// suspend gives the exchange to the Response. A body that is empty, or not there,
// is read at once.
func (x *exchange) suspend(ctx context.Context) error {
	x.phase = PhaseBody
	if x.resp.framing == FramingNone || x.resp.length == 0 {
		return x.readContent(ctx, 0)
	}
	p := &pull{held: held(*x), ctx: ctx, unframed: x.args.AllowUnframed, within: x.coded}
	p.widens = x.args.Limits.ReadBuffer == 0
	args := x.args
	x.args, x.conn, x.out, x.in.buf, x.unhook = nil, nil, nil, nil, nil // a panic ends p, not x
	if p.within {
		own := *args // what the variable is given is on the heap
		err := decode(p, &own)
		if p.within = false; err != nil || !args.Stream {
			*(*held)(x) = p.held
			return err
		}
	}
	release(p.held.out)
	p.held.out, p.held.body.r, p.held.args, p.held.failed = nil, nil, &noArgs, nil
	x.resp.pull = p
	if of := p.held.conn.owner; of != nil {
		of.lend()
	}
	return nil
}

// fetch returns what comes next of the body, as it came; io.EOF at its end.
func (p *pull) fetch() ([]byte, error) {
	for {
		ev, err := p.x().next(p.ctx)
		if err != nil {
			return nil, err
		}
		data, err := p.judge(ev)
		if len(data) > 0 || err != nil {
			return data, err
		}
	}
}

// judge returns the data of an event of the body, if it has any; io.EOF at the end.
func (p *pull) judge(ev wire.Event) ([]byte, error) {
	err := p.excess()
	switch {
	case err != nil:
		return nil, err
	case ev.Kind == wire.Data:
		return ev.Data, nil
	case ev.Kind == wire.End:
		return nil, p.atEnd()
	}
	return nil, nil
}

// excess is that of the exchange, but where content cuts an error page by itself.
func (p *pull) excess() error {
	err := p.x().excess()
	if err == errBody && p.lenient {
		return nil
	}
	return err
}

// settle lets go of the connection if all of the body was read.
func (r *Response) settle() {
	if r != nil && r.pull != nil && r.use == asReader {
		r.pull.settle()
	}
}

// settle decodes what has been read already, when all in view was taken. So a body
// whose end is known with its last byte lets go of its connection then: a caller who
// knows the length does not read again. Nothing is waited for.
func (p *pull) settle() {
	x := p.x()
	for len(p.view) == 0 && p.err == nil && p.decoder == nil {
		ev, err := x.held()
		if err == nil && ev.Kind == wire.NeedMore {
			return
		}
		x.note(ev)
		if err == nil {
			p.view, err = p.judge(ev)
		}
		p.finish(err)
	}
}

// atEnd is io.EOF if the body may end here.
func (p *pull) atEnd() error {
	x := p.x()
	if err := x.judgeEnd(); err != nil {
		return err
	}
	if x.resp.framing == FramingUntilClose && !x.resp.complete && !p.lenient && !p.unframed {
		return x.blame(nil, ErrUnframed)
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
	if err := p.excess(); err != nil {
		return err
	}
	if p.decoder == nil {
		p.view, err = p.fetch()
		return err
	}
	p.inside = true
	n, err := p.decoder.decoded(p.text.B)
	p.inside = false
	p.view = p.text.B[:n]
	return err
}

// finish ends the body, unless err is nil; io.EOF is a good end.
func (p *pull) finish(err error) {
	x := p.x()
	switch {
	case err == nil:
		return
	case p.within:
		x.resp.complete = x.resp.complete && err == io.EOF
		p.err = err
	case x.stopped:
		p.err = ErrBodyConsumed
	case err == io.EOF && x.why != CloseStopped:
		x.why, p.err = x.verdict(), io.EOF
	default:
		x.resp.complete = false
		e := x.fail(p.ctx, err)
		p.err, x.resp.cut, x.failed = e, e, e
	}
	p.view = nil
	if !p.within {
		defer x.end() // a decoder may panic
	}
	if p.decoder != nil {
		p.decoder.giveBack()
		release(p.text)
		p.decoder, p.text = nil, nil
	}
}

// straight reads into b without the detour through the window, if b is at least as
// large and what is certain to come is, too; 0 if not.
func (p *pull) straight(b []byte) int {
	x := p.x()
	if p.err != nil || p.decoder != nil || len(p.view) > 0 || !x.in.empty() {
		return 0
	}
	size := len(x.in.buf.B)
	if len(b) < size || x.dec.Expect() < int64(size) || p.ctx.Err() != nil {
		return 0
	}
	ev, err := x.nextInto(p.ctx, b[:min(int64(len(b)), x.dec.Expect())])
	if err == nil {
		err = x.excess()
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

// halt ends the body for an error of the caller's, which may come after its end.
func (p *pull) halt(err error) error {
	x := p.x()
	ended := p.err != nil
	_ = x.stop(err)
	switch {
	case !ended:
		p.finish(err)
	case !x.stopped:
		return x.fail(p.ctx, err)
	}
	if x.stopped {
		return ErrStop
	}
	return p.err
}

// content reads the rest of the body into the Response. An error page that is
// longer than the limit is cut.
func (p *pull) content() {
	x := p.x()
	r := x.resp
	p.lenient = true
	limit, tooLarge := x.contentLimit(x.limits.Content)
	for p.more() == nil {
		left := limit - int64(len(r.content))
		if left >= int64(len(p.view)) {
			r.content = append(r.content, p.view...)
			p.view = nil
			continue
		}
		r.content = append(r.content, p.view[:left]...)
		if r.Status < 400 {
			p.finish(x.blame(nil, tooLarge))
			return
		}
		p.close()
		r.cut = r.failure(PhaseBody, nil, tooLarge)
	}
}

// close ends a body that nobody wants. What costs little is read, to save the
// connection.
func (p *pull) close() {
	if p.err != nil {
		return
	}
	x := p.x()
	if len(p.view) == 0 && x.dec.Done() && !p.inside && p.more() != nil {
		p.err = ErrBodyConsumed // all of it was read, but for the word that it was all
		return
	}
	p.view = nil
	x.phase = PhaseHead // of which nothing but drain sets the limit
	x.drain(p.ctx)
	p.finish(io.EOF)
	p.err = ErrBodyConsumed
}
