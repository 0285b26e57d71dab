package zreq

import (
	"context"
	"errors"

	"github.com/zreq-go/zreq/zreq/internal/exchange"
	"github.com/zreq-go/zreq/zreq/internal/target"
)

// call is one call of a verb, from top to bottom: it chooses a connection (connect), sends
// the request (send), reads the head of the response (readHead), decides what follows
// (decide and, for a Session, retry), delivers the body (deliver) and releases what it holds
// (end).
//
// It lives on the stack of the caller. With Stream, its delivery moves into the Response.
type call struct {
	delivery
	args    *Args
	session callSession // nil: the call has none
	request request
}

var (
	errUnwound   = errors.New("a callback panicked, or ended its goroutine")
	errNoContext = errors.New("the context is nil")
)

// do makes a call for a verb of the package. A Session makes its calls by doAgain.
func do(ctx context.Context, method, url string, args *Args) (*Response, error) {
	if args == nil {
		args = &Args{}
	}
	c := call{args: args}
	c.begin(method)
	err := c.run(ctx, url)
	return c.result(err)
}

// begin is the first step of a call.
func (c *call) begin(method string) {
	c.resp = c.args.Into
	if c.resp == nil {
		c.resp = new(Response)
	}
	c.method = shownMethod(method)
	c.attempt, c.why, c.failed = 1, CloseFailed, errUnwound
	c.trace = newTracer(c.args.Trace)
}

// run is a call from the verb to the socket and back. Its deferred end runs also when a
// callback panics.
func (c *call) run(ctx context.Context, url string) error {
	defer c.end()
	err := c.prepare(ctx, url)
	if err == nil {
		err = c.roundTrips(ctx)
	}
	if err == nil {
		err = c.deliver(ctx)
	}
	return c.outcome(ctx, err)
}

// outcome returns the error of a call that is over. If the body is left to the Response, the
// call is not over.
func (c *call) outcome(ctx context.Context, err error) error {
	switch {
	case c.suspended:
		return nil
	case err == nil:
		c.why = c.exchange.Reuse()
	case c.stopped:
		err = nil
	default:
		err = c.fail(ctx, err)
	}
	page := c.resp.Status >= 400 && errors.Is(err, ErrStatus) // refuse has read it
	if err != nil && c.answered && !c.resp.body.complete && !page {
		c.resp.body.err = err
	}
	c.failed = err
	return err
}

// result is what the verb returns.
func (c *call) result(err error) (*Response, error) {
	if c.answered && c.args.StreamCallback == nil && !c.stopped {
		c.resp.body.use = untaken
	}
	if err != nil && !c.answered {
		return nil, err
	}
	return c.resp, err
}

// prepare checks what the caller gave, except for the Connection, and makes the head of the
// first request.
func (c *call) prepare(ctx context.Context, url string) error {
	if ctx == nil {
		return errNoContext
	}
	var err error
	if c.at, err = target.Parse(url); err != nil {
		return err
	}
	c.limits = c.args.Limits
	if err := c.limits.setDefaults(); err != nil {
		return err
	}
	if err := c.args.check(c.method); err != nil {
		return err
	}
	if err := c.request.open(c.args, c.method, c.limits.Content); err != nil {
		return err
	}
	c.request.anonymous = c.args.Anonymous
	times := c.args.Timeouts.withDefaults()
	limits := exchangeLimits(&c.limits, &times)
	if c.args.Limits.ReadBuffer == 0 {
		limits.WideBuffer = wideReadBuffer
	}
	c.exchange.Open(limits)
	head, err := c.compose(ctx)
	if err != nil {
		return err
	}
	c.request.setURL(&c.asked, url, head, c.args)
	return nil
}

// compose makes the head of the request.
func (c *call) compose(ctx context.Context) (head []byte, err error) {
	size := headBuffer
	if c.request.body.Exists() {
		size = c.limits.ReadBuffer
	}
	// As in Zerynth, a request asks for the end of the connection, unless the caller asks
	// for Keep-Alive or brings a Connection.
	closes := c.session == nil && (c.args.Connection == nil || c.serves(c.args.Connection) != nil)
	closes = c.args.Headers.asksForClose(closes)
	head, expects, err := c.request.appendHead(c.exchange.Outbox(size), c.args, &c.asked, closes)
	switch {
	case err != nil:
		return nil, err
	case len(head) > c.limits.RequestBytes:
		return nil, errRequestHead
	case ctx.Err() != nil:
		return nil, ctx.Err() // SetHead would reset Sent, which the error reports
	}
	c.request.path = nil
	c.exchange.SetHead(exchange.Request{Method: c.method, Head: head, Expect: expects, Close: closes, Traced: c.trace != nil})
	return head, nil
}

// roundTrips sends the request and reads the head of the response, again and again while
// the response leads to another request.
func (c *call) roundTrips(ctx context.Context) error {
	for again := true; again; {
		err := c.connect(ctx)
		if err == nil {
			err = c.send(ctx)
		}
		if err == nil {
			err = c.readHead(ctx)
		}
		if err == nil {
			again, err = c.decide(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// send sends the request, until all of it was sent, the response begins, or sending fails. The
// error of that is left to readHead, because the peer may say why.
func (c *call) send(ctx context.Context) error {
	body := &c.request.body
	for {
		step, err := c.exchange.Send(ctx, body)
		switch {
		case err != nil && c.exchange.Replaceable(ctx):
			_, err = exchange.KindOf(err)
			c.report(EventStale, CloseDied, err)
			if err := c.dial(ctx); err != nil {
				return err
			}
		case err != nil:
			return nil
		case step == exchange.SentHead:
			c.report(EventSentHead, CloseNone, nil)
		case step == exchange.Informational:
			c.report(EventInformational, CloseNone, nil)
		case step == exchange.Sent:
			if body.Exists() {
				c.report(EventSentBody, CloseNone, nil)
			}
			return nil
		default: // answered
			return nil
		}
	}
}

// readHead reads heads up to the final one, and fills the Response from that.
func (c *call) readHead(ctx context.Context) error {
	for {
		step, err := c.exchange.ReadHead(ctx, &c.request.body)
		if err != nil {
			return err
		}
		if step == exchange.Answered {
			break
		}
		c.report(EventInformational, CloseNone, nil)
	}
	c.answered = true
	c.resp.fill(c.exchange.Head(), c.args.DropHead)
	c.resp.request.sent, c.resp.request.link = c.sentBefore+c.exchange.Sent, c.link()
	c.report(EventHead, CloseNone, nil)
	return nil
}

// fail makes the error of the call.
func (c *call) fail(ctx context.Context, err error) *Error {
	e := c.delivery.fail(ctx, err)
	e.spent = e.spent || c.request.body.Rewind() != nil
	return e
}

// deliver passes the body to where the caller wants it, unless the head of the response rules
// that out.
func (c *call) deliver(ctx context.Context) error {
	if c.exchange.IsIdleTimeout() {
		return ErrStale
	}
	r := c.resp
	asked := c.request.acceptEncoding
	coded := noteCodings(r, asked != "" && asked != identity)
	r.body.unfit = admit(r, c.args, c.exchange.ProvesEnd())
	if c.args.OnHead != nil {
		if err := c.stop(c.args.OnHead(r)); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if !coded {
		r.releaseHead()
	}
	if c.args.StreamCallback != nil && r.body.unfit != nil {
		return c.refuse(ctx)
	}
	c.exchange.BeginBody()
	switch {
	case coded || c.args.Stream:
		return c.suspend(ctx, coded)
	case c.args.StreamCallback == nil:
		return c.buffer(ctx, c.limits.Content)
	}
	return c.deliverChunks(ctx, c.args)
}

// suspend moves the delivery into the Response, from which the caller reads the body. An empty
// body is read at once. So is a coded one, if the call has no Stream.
func (c *call) suspend(ctx context.Context, coded bool) error {
	if c.resp.body.framing == FramingNone || c.resp.body.length == 0 {
		return c.buffer(ctx, 0)
	}
	s := &stream{delivery: c.delivery, ctx: ctx}
	if coded {
		s.decoder = newDecoder(s)
		c.resp.releaseHead()
		if !c.args.Stream {
			c.suspended = true // if the decoder panics, it ends the delivery
			err := s.decoder.content()
			c.delivery = s.delivery
			return err
		}
	}
	c.suspended, s.failed, c.resp.body.stream = true, nil, s
	if s.lease != nil {
		s.lease.Streaming()
	}
	return nil
}
