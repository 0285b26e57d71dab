package zreq

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/zreq-go/zreq/zreq/wire"
)

var (
	errUnasked     = errors.New("the peer sent bytes before the request")
	errNoContext   = errors.New("the context is nil")
	errTrace       = errors.New("a TRACE has no body (RFC 9110, 9.3.8)")
	errChunked10   = errors.New("a body of unknown size, and the peer speaks HTTP/1.0: give it a Size (RFC 9112, 6.1)")
	errBothStreams = errors.New("both Stream and a StreamCallback: the body can go only one way")
	errLarge       = errors.New("StreamChunk or Limits.ReadBuffer is over 64 MiB")
)

// prepare checks everything that the caller gave, and makes the first request.
func (x *exchange) prepare(ctx context.Context, url string) error {
	if ctx == nil {
		return errNoContext
	}
	if err := x.at.split(url); err != nil {
		return err
	}
	x.limits, x.times = x.args.Limits, x.args.Timeouts
	x.times.setDefaults()
	x.pace.LowSpeed = x.times.LowSpeed
	if x.limits.setDefaults() || x.args.StreamChunk < 0 {
		return errNegativeLimit
	}
	body, err := x.args.content()
	if err != nil {
		return err
	}
	if err := x.body.open(body, x.limits.Content); err != nil {
		return err
	}
	switch {
	case x.args.StreamChunk > maxBuffer || x.limits.ReadBuffer > maxBuffer:
		return errLarge
	case x.method == "TRACE" && x.body.r != nil:
		return errTrace
	case x.args.Stream && x.args.StreamCallback != nil:
		return errBothStreams
	}
	if err := checkNames(x.args.OriginOnly); err != nil {
		return err
	}
	x.chooseEncoding()
	x.closing = x.wantsClose()
	x.in.open(x.limits.ReadBuffer)
	if err := x.compose(ctx); err != nil {
		return err
	}
	x.url = url
	if !x.at.plain || x.at.spaced || len(x.args.Params) > 0 {
		sent := requestTarget(x.head)
		x.url = string(append(x.at.text(len(sent)), sent...))
	}
	return nil
}

// chooseEncoding decides what the request says of content codings. Who writes chunks
// where they cannot be undone, or parts, wants the bytes as they are: a Range is one of
// the coded body (RFC 9110, 14.2). That does not depend on what is imported.
func (x *exchange) chooseEncoding() {
	_, ranged := x.args.Headers.Get("Range")
	own := x.sends("Accept-Encoding")
	x.identity = own && (ranged || x.args.StreamCallback != nil)
	x.decodes = own && !x.identity && acceptEncoding != "" && x.method != "HEAD"
}

// headBuffer is what the head of a request without a body is made in, in bytes. It
// grows to a longer one.
const headBuffer = 2 << 10

// compose writes the head of a request into the buffer that is sent from. It is not
// the window: a long head leaves in several writes, and what the peer says between
// them is read.
func (x *exchange) compose(ctx context.Context) (err error) {
	x.expects = x.args.Expect100 && x.body.r != nil && x.body.size != 0 && x.sends("Expect")
	if x.out == nil {
		size := headBuffer
		if x.body.r != nil {
			size = x.limits.ReadBuffer
		}
		x.out = acquire(size)
	}
	b := x.out
	if x.head, err = x.appendHead(b.B[:0]); err != nil {
		return err
	}
	if len(x.head) > x.limits.RequestBytes {
		return errRequestHead
	}
	b.B = x.head[:max(len(x.head), len(b.B))] // it may have grown
	return ctx.Err()
}

// wantsClose reports whether the request asks for the end of the connection:
// as in Zerynth, unless the caller asks for Keep-Alive or brings a Connection.
func (x *exchange) wantsClose() bool {
	closes := x.keep == nil && (x.args.Connection == nil || x.serves(x.args.Connection) != nil)
	for _, field := range x.args.Headers {
		if !equalFold(field[0], "Connection") {
			continue
		}
		if wire.HasToken([]byte(field[1]), "close") {
			return true
		}
		if wire.HasToken([]byte(field[1]), "keep-alive") {
			closes = false
		}
	}
	return closes
}

// send sends the head and the body. The head leaves with the first bytes of a body
// that is ready, in one write, and alone ahead of one that may keep it waiting: a
// server has a limit for the head, too. What follows is put where the head was.
// errAnswered says that the final head came before the end.
func (x *exchange) send(ctx context.Context) error {
	head := x.head
	x.phase = PhaseSend
	x.dec.Reset(x.method, x.limits.wire())
	if x.expects && (x.conn.http10 || x.conn.deaf) {
		x.expects = false
		head = wire.AppendEnd(head[:len(head)-len(expectation)-len("\r\n")])
	}
	x.headBytes = int64(len(head))
	if x.body.r != nil && x.sock.checker == nil {
		x.looked = now()
	}
	p, last, err := head, x.body.r == nil, error(nil)
	if x.body.ready && !x.expects {
		if p, last, err = x.body.next(head); err != nil {
			return x.blame(&ErrBody, err)
		}
	}
	if err := x.sendFirst(ctx, p); err != nil {
		return err
	}
	x.tell(EventSentHead, CloseNone, nil)
	if x.expects {
		if err := x.await(ctx); err != nil {
			return err
		}
	}
	for !last {
		if err := x.sendStraight(ctx); err != nil {
			return err
		}
		if p, last, err = x.body.next(p[:0]); err != nil {
			return x.blame(&ErrBody, err)
		}
		if last {
			x.looked = time.Time{} // an answer that came too early cannot be told later from one that waited
		}
		if err := x.write(ctx, p); err != nil {
			return err
		}
	}
	if x.body.r != nil {
		x.tell(EventSentBody, CloseNone, nil)
	}
	return nil
}

// sendFirst sends the first bytes of a request. A kept socket that turns out to
// be dead before it took any of them is replaced in place.
func (x *exchange) sendFirst(ctx context.Context, p []byte) error {
	err := errUnasked // or gone, while the body was read, or a Trace was told
	if !x.reused || x.body.r == nil && x.spy == nil || x.sock.look() == nil {
		err = x.write(ctx, p)
	}
	if err == nil || !x.reused || x.sent > 0 || ctx.Err() != nil || isTimeout(err) || x.conn.isClosed() {
		return err
	}
	x.tell(EventStale, CloseDied, err)
	if err := x.redial(ctx); err != nil {
		return err
	}
	x.phase = PhaseSend
	return x.write(ctx, p)
}

// write sends all of p, whatever the driver takes at a time. What a deadline cut in
// TLS is finished by the next write, which may be an empty one.
func (x *exchange) write(ctx context.Context, p []byte) error {
	for len(p) > 0 || x.sock.owes {
		if err := x.mayWrite(ctx); err != nil {
			return err
		}
		most := x.sock.maxWrite(x.quick)
		if x.pacing() && !x.sock.counts {
			most = x.pace.maxPaced()
		}
		slice := p[:min(len(p), most)]
		n, err := x.sock.conn.Write(slice)
		if n < 0 || n > len(slice) {
			n, err = len(slice), errBadCount
		}
		if err := x.wrote(n, err); err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

// mayWrite is asked before each write.
func (x *exchange) mayWrite(ctx context.Context) error {
	if err := x.hear(ctx); err != nil {
		return err
	}
	var most time.Duration
	if x.pacing() && (x.sock.counts || x.pace.bytes < x.pace.Bytes) {
		most = x.pace.In - x.pace.waited // by then the window has to have seen enough
	}
	x.pace.begin()
	if err := x.sock.writeWithin(ctx, x.times.Write, most); err != nil {
		return x.broken(err)
	}
	return nil
}

// wrote counts what a write has sent, and judges its error: nil if that was only
// the end of a time slice.
func (x *exchange) wrote(n int, err error) error {
	x.sent += int64(n)
	x.empty++
	if n > 0 || err != nil {
		x.empty = 0
	}
	x.sock.stuck = n == 0 && err != nil
	x.quick += uint32(n)
	if err != nil || uint64(x.pace.ended()) >= uint64(x.times.Write)/slices { // the latter never, if that is no limit
		x.quick = 0
	}
	slow := x.paced(n)
	x.sock.owes = false
	switch {
	case slow != nil:
		err = slow
	case err != nil:
		err = x.sock.judgeWrite(err)
		x.sock.owes = err == nil
	case x.empty > maxEmpty:
		err = io.ErrNoProgress
	}
	if err != nil {
		return x.broken(err)
	}
	return nil
}
