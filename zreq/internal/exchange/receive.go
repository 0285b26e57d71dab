package exchange

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/zreq-go/zreq/zreq/internal/buffer"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/wire"
)

// earlyWait bounds the wait for an answer after a request could not be sent.
const earlyWait = time.Second

// longBody is how much of a body must be received before the window is widened, or be sent
// before the outbox is.
const longBody = 256 << 10

// queueWait is the longest time between two questions of how much the system still holds.
const queueWait = 100 * time.Millisecond

// receiving is the response of an Exchange.
type receiving struct {
	in       buffer.Window
	dec      wire.Decoder
	block    []byte // of the last head: a view of the window
	readErr  error  // was returned with the last bytes that were read
	answered bool   // the final head has arrived
	filled   bool   // the last read has filled the window
}

// ReadHead reads up to the final head. It is called until it returns Answered or an error. If
// sending has failed, it waits for up to a second, because a server that refuses a body says
// so and closes (RFC 9112, 9.5). If no response comes, the error is that of sending, or an
// alert of the peer if there is TLS.
//
// While the system holds a part of the body, the peer cannot have all of it. This time counts
// as sending, with the limit Write. The limit Head begins when the system was seen to hold
// nothing.
func (x *Exchange) ReadHead(ctx context.Context, b *Body) (Step, error) {
	var err error
	switch {
	case x.answered:
		return Answered, nil // while the request was sent
	case x.failure != nil:
		return x.readRefusal(ctx)
	case x.stage == sent:
		x.stage = awaitingHead
		if b.Exists() && x.limits.Head > 0 && x.meter.BeginQueue(x.socket.Conn()) {
			x.stage = awaitingQueue
		}
		err = x.setDeadline(ctx)
	}
	for err == nil {
		step, end := x.nextHead(ctx)
		if _, silent := end.(*line.TimeoutError); !silent || x.stage != awaitingQueue {
			return step, end
		}
		limit, _ := x.limits.queue()
		empty, stuck := x.meter.LookAtQueue(x.socket.Conn(), limit)
		if stuck {
			return 0, end
		}
		if empty {
			x.stage = awaitingHead
		}
		err = x.setDeadline(ctx)
	}
	return 0, x.broken(ErrConnect, err)
}

// setDeadline sets the deadline of the wait for a head. It is set once, and not for each read.
// That of a look at the queue is so short that no limit fires more than an eighth late.
func (x *Exchange) setDeadline(ctx context.Context) error {
	x.Phase = AwaitingHead
	wait, limit, name := x.limits.Head, x.limits.Head, "Head"
	if x.stage == awaitingQueue {
		limit, name = x.limits.queue()
		wait = max(line.LookWait, min(min(limit, wait)/90, queueWait))
	}
	return x.socket.WaitWithin(ctx, wait, limit, name)
}

// readRefusal listens for the answer to a request that could not be sent whole.
func (x *Exchange) readRefusal(ctx context.Context) (Step, error) {
	kind, failure := KindOf(x.failure)
	if x.stage != awaitingRefusal {
		if x.Sent == 0 || kind == ErrBody || kind == ErrResponse || ctx.Err() != nil || x.line.Closed() {
			return 0, x.failure
		}
		wait := earlyWait
		if t, late := failure.(*line.TimeoutError); late {
			wait = max(line.LookWait, t.Limit/100) // limits fire at most an eighth late
		}
		x.stage = awaitingRefusal
		if x.socket.Within(ctx, wait, "Head") != nil {
			return 0, x.failure
		}
	}
	step, err := x.nextHead(ctx)
	if err == nil {
		return step, nil
	}
	// Over TLS the cause of both failures may be an alert, which only the read returns.
	broken, alert := KindOf(err)
	if x.line.TLS != nil && !x.Heard && kind != nil && broken != nil && !errors.Is(alert, io.EOF) {
		return 0, &Error{Kind: kind, Err: alert}
	}
	return 0, x.failure
}

// nextHead reads one head, informational or final.
func (x *Exchange) nextHead(ctx context.Context) (Step, error) {
	for {
		if step, err := x.bufferedHead(); step != 0 || err != nil {
			return step, err
		}
		if err := x.readMore(ctx); err != nil {
			_, err = x.endOfInput(err)
			return 0, err
		}
	}
}

// bufferedHead decodes the next head in the window. It returns 0 if there is none.
func (x *Exchange) bufferedHead() (Step, error) {
	ev, err := x.event()
	switch {
	case err != nil:
		return 0, err
	case ev.Kind == wire.Informational:
		x.block = ev.Data
		return Informational, nil
	case ev.Kind != wire.Head:
		return 0, nil
	}
	x.block, x.answered = ev.Data, true
	x.line.HTTP10 = x.dec.Minor() == 0
	x.socket.SetKeepAlive(x.dec.KeepAlive())
	return Answered, nil
}

// Head returns the last head, informational or final.
func (x *Exchange) Head() Head {
	return Head{x.dec.Status(), x.dec.Minor(), x.dec.Framing(), x.dec.Length(), x.block}
}

// IsIdleTimeout reports whether the response is a 408 by which the server closes an idle
// connection (RFC 9110, 15.5.9), and no answer to this request: the connection has carried a
// response before, nothing of a body was sent, and the server closes.
func (x *Exchange) IsIdleTimeout() bool {
	return x.dec.Status() == 408 && x.Reused && x.socket.Requests() > 1 &&
		x.Sent <= int64(len(x.request.Head)) && x.dec.Closes()
}

// BeginBody is called before the body is read.
func (x *Exchange) BeginBody() {
	x.Phase = ReadingBody
	x.meter.Bytes = x.limits.LowBytes
	x.meter.Restart()
}

// Buffered returns the next event in the window, or wire.NeedMore if there is none. Its data is
// valid until the next Fill.
func (x *Exchange) Buffered() (wire.Event, error) {
	ev, err := x.event()
	if err == nil && ev.Kind == wire.Data {
		x.Received += int64(len(ev.Data))
	}
	return ev, err
}

// Fill reads once into the window. It returns wire.NeedMore if Buffered may have an event now,
// and wire.End if the body has ended with the connection.
//
// If a body is long, and a read has filled the window so that more may be there, Fill widens
// the window. Over TLS it does not, because each read returns one record.
func (x *Exchange) Fill(ctx context.Context) (wire.Event, error) {
	if x.filled && x.Received >= longBody && x.line.TLS == nil {
		x.Widen(x.limits.WideBuffer)
		x.block = nil // it would keep the memory of the old window
	}
	room := x.in.Room()
	n, err := x.read(ctx, room, &x.meter)
	x.in.Add(n)
	x.filled = n == len(room)
	if err != nil {
		return x.endOfInput(err)
	}
	return wire.Event{}, nil
}

// Direct returns how many bytes ReadInto may read past the window into memory of that size. It
// returns 0 if that is not worth it: the window is not empty, the memory is smaller than the
// window, or fewer bytes are certain to come than the window holds that many times.
func (x *Exchange) Direct(size, times int) int {
	if !x.in.Empty() || size < x.in.Size() || x.dec.Expect() < int64(times)*int64(x.in.Size()) {
		return 0
	}
	return int(min(int64(size), x.dec.Expect()))
}

// ReadInto reads a part of the body into p, whose length is at most the result of Direct.
func (x *Exchange) ReadInto(ctx context.Context, p []byte) (wire.Event, error) {
	n, err := x.read(ctx, p, &x.meter)
	if err != nil {
		return x.endOfInput(err)
	}
	ev, _, err := x.dec.Next(p[:n])
	if err != nil {
		return ev, &Error{Kind: ErrResponse, Err: err}
	}
	x.Received += int64(len(ev.Data))
	return ev, nil
}

// Receive lets r take a part of the body: at least a byte, and at most what is certain to come.
// ok is false if r cannot, if the window is not empty, if little is certain to come, or with
// LowSpeed, which must not count the time that a disk takes. At a good end the error is io.EOF.
func (x *Exchange) Receive(ctx context.Context, r Receiver) (n int64, ok bool, err error) {
	if !x.in.Empty() || x.readErr != nil || !x.socket.Resumable() || x.meter.On() || x.dec.Expect() < MinReceive {
		return 0, false, nil
	}
	most := min(x.dec.Expect(), maxReceive)
	for range line.MaxEmpty {
		if err := x.socket.BeginRead(ctx, &x.meter); err != nil {
			return 0, true, x.broken(wire.ErrTruncated, err)
		}
		n, ok, err := r.ReceiveFrom(x.socket.Conn(), most)
		if !ok {
			return 0, false, nil
		}
		if n < 0 || n > most {
			n, err = 0, line.ErrBadCount
		}
		x.Received += n
		x.Read += n
		_ = x.dec.Skip(n)
		switch err = x.socket.EndRead(n, err); {
		case err != nil:
			if _, err = x.endOfInput(err); err == nil {
				err = io.EOF
			}
			return n, true, err
		case n > 0:
			return n, true, nil
		}
	}
	return 0, true, x.broken(wire.ErrTruncated, io.ErrNoProgress)
}

// Certain returns how many bytes of the body are certain to come next.
func (x *Exchange) Certain() int64 { return x.dec.Expect() }

// AllRead reports whether all of the body has been read. The event of its end may be missing.
func (x *Exchange) AllRead() bool { return x.dec.Done() }

// Widen makes the window at least as large as size. Nobody may hold a view of it.
func (x *Exchange) Widen(size int) { x.in.Widen(size) }

// ProvesEnd reports whether the end of the body is certain, because its framing determines it or
// the end of the connection was authenticated (RFC 9112, 9.8).
func (x *Exchange) ProvesEnd() bool {
	return x.dec.Framing() != wire.UntilClose || x.socket.ProvesEnd()
}
