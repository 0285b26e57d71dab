package zreq

import (
	"context"
	"errors"

	"github.com/zreq-go/zreq/zreq/internal/buffer"
	"github.com/zreq-go/zreq/zreq/internal/chunk"
	"github.com/zreq-go/zreq/zreq/internal/exchange"
	"github.com/zreq-go/zreq/zreq/internal/target"
	"github.com/zreq-go/zreq/zreq/wire"
)

// delivery is a response on its way to the caller: the exchange whose body is read, the
// claim that it is read from, and the Response that is filled.
type delivery struct {
	asked
	claim
	exchange exchange.Exchange
	resp     *Response
	lender   lender  // nil: the call has no Session
	trace    *tracer // nil: the call has no Trace
	limits   Limits  // with their defaults
	dropHead bool    // the head of resp is a view of the read buffer, and is dropped with it

	// How the call ends.
	answered  bool // resp has a head
	suspended bool // the Response has the delivery now
	stopped   bool // by ErrStop
	why       CloseReason
	failed    error
}

// asked is what errors and events say about the request.
type asked struct {
	method     string
	at         target.Target
	attempt    int
	sentBefore int64 // bytes of the earlier requests of the call
	readBefore int64 // bytes of their responses
	phase      Phase // from PhaseSend on the exchange has it: see phaseNow
}

// maxPage limits the error page that is kept when a callback does not get a response. A caller
// with a callback has no memory for a large one.
const maxPage = 8 << 10

// firstContent limits the memory that is allocated for a body because of its Content-Length
// alone.
const firstContent = 64 << 10

// end releases what a call holds, each thing once.
func (d *delivery) end() {
	if d.suspended {
		return
	}
	d.resp.request.read = d.readSoFar()
	if !d.unwatch() && d.why != CloseUnsent {
		d.why = CloseCancelled // a late cancel must not hit the next call
	}
	if d.dropHead {
		d.resp.head = nil // it was a view of the window
	}
	d.exchange.Close()
	if d.parked != nil && d.parked.line.Closed() {
		d.parked = nil // its owner has closed it meanwhile
	}
	if d.line == nil { // the Response stays as it was
		if d.parked != nil {
			d.resp.Connection = d.parked
		}
		if d.why == CloseFailed {
			d.why = CloseNone
		}
		d.report(EventDone, d.why, d.failed)
		return
	}
	if d.why == CloseNone && d.line.Closed() {
		d.why = CloseByCaller
	}
	conn := d.conn
	why := d.release(d.lender, d.why)
	d.resp.reason = why
	d.resp.Connection = d.parked
	if why == CloseNone && conn != nil {
		d.resp.Connection = conn
	}
	if d.answered {
		d.report(EventBody, why, d.resp.body.err)
	}
	switch {
	case d.socket == nil && why == CloseFailed:
		why = CloseNone // there was nothing to close
	case d.socket != nil && why != CloseNone:
		d.report(EventClose, why, nil)
	}
	d.report(EventDone, why, d.failed)
}

// next returns the next event of the body, and reads until there is one. The data of the event
// before it becomes invalid. chunks, if not nil, copies what it needs of that first.
func (d *delivery) next(ctx context.Context, chunks *chunk.Chunker) (wire.Event, error) {
	for {
		ev, err := d.buffered()
		if err == nil && ev.Kind == wire.NeedMore {
			if chunks != nil {
				chunks.Settle()
			}
			ev, err = d.exchange.Fill(ctx)
		}
		if err != nil || ev.Kind != wire.NeedMore {
			return ev, err
		}
	}
}

// buffered returns the next event of what is in the read buffer. It keeps trailers in the
// Response.
func (d *delivery) buffered() (wire.Event, error) {
	for {
		ev, err := d.exchange.Buffered()
		if err != nil || ev.Kind != wire.Trailers {
			return ev, err
		}
		d.resp.trailers = append(d.resp.trailers[:0], ev.Data...)
	}
}

// buffer reads the body into the Response, within a limit. An error page that is longer is
// cut, so that it does not hide the status.
func (d *delivery) buffer(ctx context.Context, limit int64) error {
	r, page := d.resp, d.resp.Status >= 400
	limit, tooLarge := d.limits.ofContent(limit)
	if r.body.framing == FramingLength {
		if r.body.length > limit && !page {
			return tooLarge
		}
		if first := int(min(r.body.length, limit, firstContent)); first > cap(r.body.content) {
			r.body.content = make([]byte, 0, first)
		}
	}
	for {
		ev, err := d.next(ctx, nil)
		if err == nil {
			err = d.mismatch()
		}
		switch {
		case err != nil:
			return err
		case ev.Kind == wire.End:
			return d.checkEnd()
		case r.appendContent(ev.Data, limit):
		case !page:
			return tooLarge
		default:
			r.body.err = d.fail(ctx, tooLarge)
			return nil
		}
	}
}

// deliverChunks cuts the body into chunks for the callback.
func (d *delivery) deliverChunks(ctx context.Context, args *Args) error {
	chunks := chunk.New(args.chunkSize(), args.StreamCallback)
	defer chunks.Close()
	body := &d.resp.body
	if body.framing == FramingChunked && args.Limits.ReadBuffer == 0 {
		d.exchange.Widen(min(chunks.Size(), buffer.MaxKept)) // fewer reads; a caller with large chunks has the memory
	}
	err := d.feed(ctx, &chunks)
	body.content = append(body.content[:0], chunks.Last()...)
	body.taken, body.shown = chunks.Taken(), len(chunks.Last()) > 0
	return err
}

// feed reads the body into chunks, to its end.
func (d *delivery) feed(ctx context.Context, chunks *chunk.Chunker) error {
	if err := d.excess(); err != nil {
		return err
	}
	times := 1
	if d.resp.body.framing == FramingChunked {
		times = 8 // direct reads end with each frame, so that they pay only for long ones
	}
	for {
		var ev wire.Event
		var err error
		// A direct read fills a chunk that was begun, so that later reads start where chunks
		// do, and nothing is copied.
		direct := d.exchange.Direct(chunks.Size(), times)
		if direct > 0 {
			chunks.Settle()
			p := chunks.Space()
			ev, err = d.exchange.ReadInto(ctx, p[:min(len(p), direct)])
		} else {
			ev, err = d.next(ctx, chunks)
		}
		if err != nil {
			return err
		}
		if err := d.excess(); err != nil {
			return err
		}
		switch {
		case ev.Kind == wire.End:
			err = chunks.Flush(ctx)
		case direct > 0:
			err = chunks.Advance(ctx, len(ev.Data))
		default:
			err = chunks.Write(ctx, ev.Data)
		}
		switch {
		case err != nil:
			return d.stop(err)
		case ev.Kind == wire.End:
			return d.checkEnd()
		}
	}
}

// excess returns an error if the body is longer than its Content-Range says or Limits.Body
// allows. It is called before the caller gets any of what has arrived.
func (d *delivery) excess() error {
	if err := d.mismatch(); err != nil {
		return err
	}
	body, limit, received := &d.resp.body, d.limits.Body, d.exchange.Received
	announced := body.framing == FramingLength && body.length > limit
	if limit > 0 && (announced || received > limit) {
		return errBody
	}
	return nil
}

// mismatch returns an error if the body is longer than its Content-Range says.
func (d *delivery) mismatch() error {
	if want := d.resp.body.want.length; want >= 0 && d.exchange.Received > want {
		return &exchange.Error{Kind: ErrResponse, Err: errRangeMismatch}
	}
	return nil
}

// checkEnd returns an error if the body has ended too early, and notes whether it is complete.
func (d *delivery) checkEnd() error {
	want := &d.resp.body.want
	var cause error
	switch {
	case want.doubt == vague:
		cause = errUnusable206
	case d.exchange.Received < want.length:
		cause = errRangeMismatch
	case want.doubt == short:
		cause = errShortRange
		d.why = d.exchange.Reuse() // the response is complete, so that the connection can be kept
	case want.doubt == sure:
		d.resp.body.complete = d.exchange.ProvesEnd()
	}
	if cause == nil {
		return nil
	}
	return &exchange.Error{Kind: ErrTruncated, Err: cause}
}

// stop notes that err, if it is not nil, ends the call, because a callback or a writer of the
// caller's returned it. It returns err.
func (d *delivery) stop(err error) error {
	if err != nil && err != chunk.ErrEnded {
		d.why, d.stopped = CloseStopped, errors.Is(err, ErrStop)
	}
	return err
}

// refuse ends a call whose callback may not have the body. An error page becomes the content.
// Any other body is read if that costs little, so that the connection can be kept.
func (d *delivery) refuse(ctx context.Context) error {
	body := &d.resp.body
	if d.resp.Status >= 400 {
		d.exchange.BeginBody()
		if err := d.buffer(ctx, min(d.limits.Content, maxPage)); err != nil {
			body.err = d.fail(ctx, err)
		}
	} else {
		d.exchange.Drain(ctx)
		if body.framing == FramingNone {
			body.complete = d.exchange.ProvesEnd() // there is no body to be refused
		}
	}
	d.why = d.exchange.Reuse()
	d.phase = PhaseHead
	kind, cause := d.resp.refusal()
	return &exchange.Error{Kind: kind, Err: cause}
}

// readSoFar returns how many bytes of the responses of the call were read.
func (d *delivery) readSoFar() int64 { return d.readBefore + d.exchange.Read }
