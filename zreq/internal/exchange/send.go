package exchange

import (
	"context"
	"errors"
	"io"
	"math"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/buffer"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/wire"
)

// sending is the request of an Exchange.
type sending struct {
	out     *buffer.Buffer // the outbox, until all of it has been sent
	request Request
	stage   stage
	pending []byte        // in out: what is to be written next
	last    bool          // pending ends the request
	full    bool          // a Read of the body has filled out
	failure error         // of sending
	lookAt  time.Duration // when to look for an answer, if the driver must wait for that
}

// stage is how far a request has come, until the final head arrives.
type stage uint8

const (
	unbegun          stage = iota
	sendingHead            // its head, and the first bytes of its body
	awaitingContinue       // its head was sent, and the peer has not answered the Expect
	sendingBody            // the rest of it
	awaitingRefusal        // sending has failed, and the peer may say why
	sent                   // it was written whole, as in the stages that follow
	awaitingQueue          // the system still holds a part of it
	awaitingHead           // the peer has it
)

// Send sends the head and the body. It is called until it returns Sent, Answered or an error.
// The head is sent in one write with the first bytes of a body that is ready. Otherwise it is
// sent alone, because servers time out on slow heads.
//
// If the final head arrives before all has been sent, the peer does not want the rest (RFC
// 9112, 9.5). After an error ReadHead still waits for a response.
func (x *Exchange) Send(ctx context.Context, b *Body) (Step, error) {
	step, err := x.send(ctx, b)
	if err != nil {
		err = x.broken(ErrConnect, err)
	}
	x.failure = err
	if step == Sent {
		x.stage = sent
	}
	over := err != nil || step == Sent || step == Answered
	if over && !x.Replaceable(ctx) { // else what is pending can still be sent
		buffer.Release(x.out)
		x.out, x.pending = nil, nil
	}
	return step, err
}

func (x *Exchange) send(ctx context.Context, b *Body) (Step, error) {
	if x.stage == unbegun {
		if err := x.begin(b); err != nil {
			return 0, err
		}
	}
	for {
		if step, err := x.write(ctx); step != 0 || err != nil {
			return step, err
		}
		switch {
		case x.stage == sendingHead:
			x.stage = sendingBody
			if x.request.Expect {
				x.stage = awaitingContinue
			}
			return SentHead, nil
		case x.stage == awaitingContinue:
			if step, err := x.awaitContinue(ctx); step != 0 || err != nil {
				return step, err
			}
		}
		if x.last {
			return Sent, nil
		}
		if step, err := x.sendDirect(ctx, b); step != 0 || err != nil {
			return step, err
		}
		var err error
		if x.pending, x.last, err = b.next(x.out.B[:0]); err != nil {
			return 0, err
		}
		x.full = len(x.pending) >= cap(x.pending)-chunkOverhead
		if x.last {
			x.lookAt = atOnce // before the last write: after it no answer is early
		}
	}
}

// lookPause is the time between two looks for an answer that have to wait for it. atOnce is the
// time of one that is due.
const (
	lookPause = 80 * time.Millisecond
	atOnce    = math.MinInt64
)

// wideOut is the largest outbox for a long body. Over TLS the records take as much again.
const wideOut = 32 << 10

// widenOut widens the outbox of a long body if a Read has filled it, so that fewer reads and
// writes are needed.
func (x *Exchange) widenOut() {
	if !x.full || x.Sent < longBody || cap(x.out.B) >= min(x.limits.WideBuffer, wideOut) {
		return
	}
	x.request.Head = nil // it would keep the memory of the old outbox
	buffer.Release(x.out)
	x.out = buffer.Acquire(min(x.limits.WideBuffer, wideOut))
}

// begin makes the first bytes of the request pending, and looks at a kept socket again. The
// window is borrowed only now: a call that waits for its first connection, or dials it, holds
// none.
func (x *Exchange) begin(b *Body) (err error) {
	x.Phase = Sending
	x.in.Open(x.limits.ReadBuffer)
	x.dec.Reset(x.request.Method, x.limits.Wire)
	head := x.request.Head
	if x.request.Expect && (x.line.HTTP10 || x.line.NoContinue) {
		x.request.Expect = false
		head = wire.AppendEnd(head[:len(head)-len(Expectation)-len("\r\n")])
	}
	x.request.Head, x.Expects = head, x.request.Expect
	x.meter.Bytes, x.lookAt = 0, atOnce // only a body has a lowest rate
	if b.Exists() {
		x.meter.Bytes, x.lookAt = x.limits.LowBytes, line.Elapsed()+lookPause
	}
	x.meter.Restart()
	x.stage, x.pending, x.last = sendingHead, head, !b.Exists()
	if b.ready && !x.request.Expect {
		if x.pending, x.last, err = b.next(head); err != nil {
			return err
		}
	}
	if !x.Reused || !b.Exists() && !x.request.Traced {
		return nil
	}
	err = x.socket.Look() // once more, because time has passed since the last look
	if errors.Is(err, netdriver.ErrUnread) {
		return errUnasked.Err
	}
	return err
}

// Replaceable reports whether sending failed because a kept socket was dead and has taken
// nothing of the request, so that Attach can replace it.
func (x *Exchange) Replaceable(ctx context.Context) bool {
	kind, _ := KindOf(x.failure)
	return kind == ErrStale && x.stage == sendingHead && x.Sent == 0 && ctx.Err() == nil && !x.line.Closed()
}

// write sends what is pending in as many writes as it takes, and looks for a response before
// each.
func (x *Exchange) write(ctx context.Context) (Step, error) {
	for len(x.pending) > 0 || x.socket.Unfinished() {
		if step, err := x.pollResponse(ctx); step != 0 || err != nil {
			return step, err
		}
		n, err := x.socket.Write(ctx, x.pending, &x.meter)
		x.Sent += int64(n)
		x.pending = x.pending[n:]
		if err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// sendDirect lets a Sender send all but the last byte. That is left to Body.next, which checks
// first whether the body is longer than its size.
func (x *Exchange) sendDirect(ctx context.Context, b *Body) (Step, error) {
	s, ok := b.reader.(Sender)
	if !ok || !x.socket.TakesFiles() {
		x.widenOut()
		return 0, nil
	}
	for b.left() > 1 {
		if step, err := x.pollResponse(ctx); step != 0 || err != nil {
			return step, err
		}
		if err := x.socket.BeginWrite(ctx, &x.meter); err != nil {
			return 0, err
		}
		most := min(b.left()-1, maxSend)
		n, ok, err := s.SendTo(x.socket.Conn(), most)
		if !ok {
			x.meter.Resume() // the time that Read takes is the body's
			return 0, nil
		}
		if n < 0 || n > most {
			n, err = most, line.ErrBadCount
		}
		b.got += n
		x.Sent += n
		if err := x.socket.EndWrite(int(n), err, &x.meter); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// awaitContinue waits for the 100 Continue that asks for the body (RFC 9110, 10.1.1). If it
// does not come in time, the body is sent in any case, and the peer of this line is not asked
// again.
func (x *Exchange) awaitContinue(ctx context.Context) (Step, error) {
	if x.Phase == Sending {
		x.Phase = AwaitingHead
		if err := x.socket.Within(ctx, x.limits.Expect, "Expect"); err != nil {
			return 0, err
		}
	}
	step, err := x.nextHead(ctx)
	switch _, silent := err.(*line.TimeoutError); {
	case silent:
		x.line.NoContinue, err = true, nil
	case step != Informational || x.dec.Status() != 100:
		return step, err
	}
	x.Phase, x.stage = Sending, sendingBody
	return step, nil
}

// pollResponse reads a head that has arrived while the request is sent. It does not wait for
// one.
func (x *Exchange) pollResponse(ctx context.Context) (Step, error) {
	for {
		step, err := x.bufferedHead() // it may have arrived together with a 100
		if step != 0 || err != nil {
			return step, err
		}
		arrived, err := x.readArrived(ctx)
		if !arrived || err != nil {
			return 0, err
		}
	}
}

// readArrived reads what has arrived, and reports whether anything had. If the driver cannot
// look, it waits for a millisecond, from time to time.
func (x *Exchange) readArrived(ctx context.Context) (bool, error) {
	switch looks := x.socket.CanLook(); {
	case x.Sent == 0:
		if looks && !x.Reused && errors.Is(x.socket.Look(), netdriver.ErrUnread) {
			return false, errUnasked // it would be taken for the answer
		}
		return false, nil // begin has looked at a kept socket; if a new one is dead, the write will tell
	case !looks && line.Elapsed() < x.lookAt:
		return false, nil
	case !looks:
		x.lookAt = line.Elapsed() + lookPause
		return x.readWithin(ctx, line.LookWait, "") == nil, nil // the next read will tell of an error
	}
	err := x.socket.Look()
	unread := errors.Is(err, netdriver.ErrUnread)
	if unread {
		err = x.readWithin(ctx, x.limits.Head, "Head")
	}
	switch {
	case err == nil:
		return unread, nil
	case unread, err == io.EOF:
		return false, x.broken(wire.ErrTruncated, err) // it may have said 100, or half a head
	default:
		return false, err
	}
}
