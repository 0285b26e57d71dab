package zreq

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/wire"
)

var errContent = &limitError{text: "the body is larger than Limits.Content: raise it, or take it in chunks by StreamCallback"}

// maxPage bounds the error page that is kept of a response that a callback was
// refused: who streams has no memory for a large one.
const maxPage = 8 << 10

// firstContent bounds what is set aside for a body on the peer's word alone.
const firstContent = 64 << 10

// maxDrain bounds what is read of a response that nobody wants, to save its
// connection.
const maxDrain = 4 << 10

// awaitHead reads up to and with the final head when the request has been sent.
//
// As long as the system holds some of the body, the peer cannot have all of it. That
// time is still sending, for which Timeouts.Write is the limit; Timeouts.Head counts
// from when the system was seen to hold nothing. It is asked only if the peer is
// silent, and often enough that no limit is more than an eighth late.
func (x *exchange) awaitHead(ctx context.Context) error {
	queuer, ok := x.sock.conn.(netdriver.Queuer)
	if !ok || x.body.r == nil || x.times.Head <= 0 {
		return x.readHead(ctx, x.times.Head)
	}
	limit, name := x.times.Write, "Write"
	if limit <= 0 {
		limit, name = x.times.Head, "Head"
	}
	wait := max(lookWait, min(limit/90, x.times.Head/90, queueWait))
	moved, queued := now(), math.MaxInt
	for queued > 0 {
		if err := x.sock.waitWithin(ctx, wait, limit, name); err != nil {
			return x.broken(err)
		}
		x.phase = PhaseHead
		err := x.finalHead(ctx)
		if _, silent := err.(*timeoutError); !silent {
			return err
		}
		at := now()
		switch n := queuer.Queued(); {
		case n < queued:
			moved, queued = at, n
		case at.Sub(moved) >= limit:
			return err
		}
	}
	return x.readHead(ctx, x.times.Head)
}

// readHead reads up to and with the final head.
func (x *exchange) readHead(ctx context.Context, limit time.Duration) error {
	x.phase = PhaseHead
	if err := x.sock.within(ctx, limit, "Head"); err != nil { // once: it bounds the whole head
		return x.broken(err)
	}
	return x.finalHead(ctx)
}

func (x *exchange) finalHead(ctx context.Context) error {
	for {
		if final, err := x.heed(ctx); final || err != nil {
			return err
		}
	}
}

// heed reads one head, an informational or the final one.
func (x *exchange) heed(ctx context.Context) (final bool, err error) {
	ev, err := x.next(ctx)
	if err != nil || ev.Kind != wire.Head {
		return false, err
	}
	x.takeHead(ev.Data)
	return true, nil
}

// finish takes the response that is the answer of the call: its head may end that, and
// else its body is read.
func (x *exchange) finish(ctx context.Context) error {
	if x.gaveUpIdle() {
		return x.blame(nil, ErrStale)
	}
	x.heedEncoding()
	x.resp.unfit = x.admit()
	if x.args.OnHead != nil {
		if err := x.stop(x.args.OnHead(x.resp)); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return x.readBody(ctx)
}

// gaveUpIdle reports whether the response is a 408 that the server sent as it gave up
// on a connection that had been idle (RFC 9110, 15.5.9), and not an answer to this
// request: the connection has carried a response before, nothing of a body was sent,
// and the server closes.
func (x *exchange) gaveUpIdle() bool {
	return x.resp.Status == 408 && x.reused && x.sock.requests > 1 && x.sent <= x.headBytes && x.dec.Closes()
}

// takeHead fills the Response from the head that was decoded.
func (x *exchange) takeHead(block []byte) {
	r := x.resp
	x.answered = true
	x.conn.http10 = x.dec.Minor() == 0
	r.Status = x.dec.Status()
	r.Proto = "HTTP/1.1"
	if x.conn.http10 {
		r.Proto = "HTTP/1.0"
	}
	r.sent = x.before + x.sent
	r.framing, r.length = x.dec.Framing(), x.dec.Length()
	x.sock.keep.heed(x.dec.KeepAlive())
	x.tell(EventHead, CloseNone, nil)
	if x.args.DropHead {
		r.head = block // a view, until readBody drops it
		return
	}
	r.head = r.head[:0]
	r.head = append(r.head, block...)
}

// readBody reads the body to where the caller wants it.
func (x *exchange) readBody(ctx context.Context) error {
	refusal := x.resp.unfit
	x.pace.restart()
	if x.args.DropHead && !x.coded {
		x.resp.head = nil
	}
	switch {
	case refusal != nil && x.args.StreamCallback != nil:
		return x.refuse(ctx)
	case x.coded || x.args.Stream:
		return x.suspend(ctx)
	case x.args.StreamCallback == nil:
		x.phase = PhaseBody
		return x.readContent(ctx, x.limits.Content)
	}
	x.phase = PhaseBody
	err := x.stream(ctx)
	x.resp.content = x.resp.content[:0]
	x.resp.content = append(x.resp.content, x.chunks.last...)
	x.taken = x.chunks.taken
	return err
}

// refuse ends a call whose callback may not have the body. An error page is
// kept as content; of the rest, what costs little is read to save the connection.
func (x *exchange) refuse(ctx context.Context) error {
	if x.resp.Status >= 400 {
		x.phase = PhaseBody
		if err := x.readContent(ctx, min(x.limits.Content, maxPage)); err != nil && x.resp.cut == nil {
			x.resp.cut = x.fail(ctx, err)
		}
	} else {
		x.drain(ctx)
		if x.resp.framing == FramingNone {
			x.whole() // nothing was kept from anybody
		}
	}
	x.why = x.verdict()
	return x.refused()
}

// refused is the error of a call whose callback may not have the body.
func (x *exchange) refused() error {
	x.phase = PhaseHead
	if x.resp.unfit == &ErrUnframed {
		return x.blame(nil, ErrUnframed)
	}
	return x.blame(&ErrStatus, x.resp.told())
}

// readContent buffers the body within its limit. An error page that is longer
// is cut, so that it does not hide the status.
func (x *exchange) readContent(ctx context.Context, limit int64) error {
	r := x.resp
	page := r.Status >= 400
	limit, tooLarge := x.contentLimit(limit)
	if r.framing == FramingLength && r.length > limit && !page {
		return x.blame(nil, tooLarge)
	}
	if first := int(min(r.length, limit, firstContent)); first > cap(r.content) && r.framing == FramingLength {
		r.content = make([]byte, 0, first)
	}
	for {
		ev, err := x.next(ctx)
		if err != nil {
			return err
		}
		if x.want.length >= 0 && x.received > x.want.length {
			return x.blame(&ErrResponse, errRangeMismatch)
		}
		switch ev.Kind {
		case wire.Data:
			left := limit - int64(len(r.content))
			if left >= int64(len(ev.Data)) {
				r.content = append(r.content, ev.Data...)
				continue
			}
			r.content = append(r.content, ev.Data[:left]...)
			if !page {
				return x.blame(nil, tooLarge)
			}
			r.cut = r.failure(PhaseBody, nil, tooLarge)
			return nil
		case wire.End:
			return x.judgeEnd()
		}
	}
}

// stream cuts the body into chunks for the callback.
func (x *exchange) stream(ctx context.Context) error {
	size := x.args.StreamChunk
	if size == 0 {
		size = defaultChunk
	}
	x.chunks = chunker{callback: x.args.StreamCallback, size: size}
	if err := x.excess(); err != nil {
		return err
	}
	if x.resp.framing == FramingChunked && x.args.Limits.ReadBuffer == 0 {
		x.in.widen(min(size, 1<<maxClass)) // who takes large chunks has room for it, and needs fewer reads
	}
	for {
		var err error
		var ev wire.Event
		p := x.direct()
		if p != nil {
			ev, err = x.nextInto(ctx, p)
		} else {
			ev, err = x.next(ctx)
		}
		if err != nil {
			return err
		}
		if err := x.excess(); err != nil {
			return err
		}
		switch {
		case ev.Kind == wire.End:
			if err := x.chunks.flush(ctx); err != nil {
				return x.stop(err)
			}
			return x.judgeEnd()
		case ev.Kind != wire.Data:
			continue
		case p != nil:
			err = x.chunks.advance(ctx, len(ev.Data))
		default:
			err = x.chunks.write(ctx, ev.Data)
		}
		if err != nil {
			return x.stop(err)
		}
	}
}

// judgeEnd judges whether all of the body has come.
func (x *exchange) judgeEnd() error {
	want := &x.want
	switch {
	case want.vague:
		return x.truncated(-1, errUnusable206)
	case x.received < want.length:
		return x.truncated(want.length, errRangeMismatch)
	case want.short:
		x.why = x.verdict() // it is whole, only not what was asked for
		return x.truncated(-1, errShortRange)
	}
	if !want.open {
		x.whole()
	}
	return nil
}

// whole notes that the body has been read to its end and nothing speaks against it.
func (x *exchange) whole() {
	x.resp.complete = x.resp.framing != FramingUntilClose || x.provesEnd()
}

// stop ends the exchange for an error of a callback; nil goes on.
func (x *exchange) stop(err error) error {
	if err == nil || err == errEnded {
		return err
	}
	x.why = CloseStopped
	x.stopped = errors.Is(err, ErrStop)
	return x.blame(nil, err)
}

// drain reads the rest of a response that nobody wants, if at most maxDrain
// bytes are known to remain or it lies in the window already. It does not wait
// long: a connection costs less than that.
func (x *exchange) drain(ctx context.Context) {
	if x.closing || x.unsent || x.sock.within(ctx, drainWait, "Body") != nil {
		return
	}
	for {
		ev, err := x.held()
		if err != nil || ev.Kind == wire.End {
			return
		}
		if ev.Kind != wire.NeedMore {
			continue
		}
		if x.resp.framing != FramingLength || x.dec.Expect() > maxDrain || x.fill(ctx) != nil {
			return
		}
	}
}
