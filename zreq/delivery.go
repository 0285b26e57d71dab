package zreq

import (
	"context"
	"errors"
	"io"

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

// end releases what a call holds, each thing once, and reports how the call has ended. Without a
// claim on a connection, it was not made or has returned it, and the Response stays as it was.
func (d *delivery) end() {
	if d.suspended {
		return
	}
	d.resp.request.read = d.readSoFar()
	if !d.unwatch() && d.why != CloseUnsent {
		d.why = CloseCancelled // a late cancel must not hit the next call
	}
	d.resp.releaseHead()
	d.exchange.Close()
	claimed, conn := d.line != nil, d.parked
	if conn != nil && conn.line.Closed() {
		conn = nil // its owner has closed it meanwhile
	}
	if claimed {
		if d.why == CloseNone && d.line.Closed() {
			d.why = CloseByCaller
		}
		used := d.conn
		if d.why = d.release(d.lender, d.why); d.why == CloseNone && used != nil {
			conn = used
		}
		d.resp.reason = d.why
	}
	if claimed || conn != nil {
		d.resp.Connection = conn
	}
	if claimed && d.answered {
		d.report(EventBody, d.why, d.resp.body.err)
	}
	open := claimed && d.socket != nil // else its end was reported, even if the Trace has panicked then
	switch {
	case !open && d.why == CloseFailed:
		d.why = CloseNone // there was nothing to close
	case open && d.why != CloseNone:
		d.report(EventClose, d.why, nil)
	}
	d.report(EventDone, d.why, d.failed)
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

// fetch returns the next bytes of the body as they arrived, and io.EOF at its end.
func (d *delivery) fetch(ctx context.Context) ([]byte, error) {
	for {
		ev, err := d.buffered()
		if err == nil && ev.Kind == wire.NeedMore {
			ev, err = d.exchange.Fill(ctx)
		}
		var data []byte
		if err == nil {
			data, err = d.data(ev)
		}
		if len(data) > 0 || err != nil {
			return data, err
		}
	}
}

// data returns the data of an event of the body, which may be none, and io.EOF at the end.
func (d *delivery) data(ev wire.Event) ([]byte, error) {
	if err := d.excess(); err != nil {
		return nil, err
	}
	if ev.Kind == wire.End {
		return nil, d.checkEnd()
	}
	return ev.Data, nil
}

// buffer reads the body into the Response, within a limit.
func (d *delivery) buffer(ctx context.Context, limit int64) error {
	body := &d.resp.body
	body.use = asContent
	limit, tooLarge := d.limits.ofContent(limit)
	if body.framing == FramingLength {
		if body.length > limit && d.resp.Status < 400 {
			return tooLarge
		}
		if first := int(min(body.length, limit, firstContent)); first > cap(body.content) {
			body.content = make([]byte, 0, first)
		}
	}
	for {
		p, err := d.fetch(ctx)
		if err == nil {
			err = d.keep(ctx, p, limit, tooLarge)
		}
		switch err {
		case nil:
		case io.EOF, errCut:
			return nil
		default:
			return err
		}
	}
}

// errCut stands for an error page that was cut.
var errCut = errors.New("the error page is longer than the limit")

// keep appends p to the content of the Response, and cuts that at limit.
func (d *delivery) keep(ctx context.Context, p []byte, limit int64, tooLarge error) error {
	body := &d.resp.body
	left := limit - int64(len(body.content))
	body.content = append(body.content, p[:min(int64(len(p)), left)]...)
	if int64(len(p)) <= left {
		return nil
	}
	return d.cut(ctx, tooLarge)
}

// cut returns what follows if the content exceeds a limit: tooLarge, or errCut for an error page,
// which may not hide the status.
func (d *delivery) cut(ctx context.Context, tooLarge error) error {
	if d.resp.Status < 400 {
		return tooLarge
	}
	d.resp.body.err = d.fail(ctx, tooLarge)
	return errCut
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
		} else if ev, err = d.buffered(); err == nil && ev.Kind == wire.NeedMore {
			chunks.Settle() // the window moves
			ev, err = d.exchange.Fill(ctx)
		}
		if err != nil {
			return err
		}
		if err := d.excess(); err != nil {
			return err
		}
		switch {
		case ev.Kind == wire.NeedMore: // there may be an event now
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
			if err = d.checkEnd(); err == io.EOF {
				err = nil
			}
			return err
		}
	}
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
	return d.resp.refusal()
}

// readSoFar returns how many bytes of the responses of the call were read.
func (d *delivery) readSoFar() int64 { return d.readBefore + d.exchange.Read }
