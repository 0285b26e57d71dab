package zreq

import (
	"context"
	"errors"
	"io"

	"github.com/zreq-go/zreq/zreq/wire"
)

var (
	errUnasked   = errors.New("the peer sent bytes before the request")
	errNoContext = errors.New("the context is nil")
	errTrace     = errors.New("a TRACE has no body (RFC 9110, 9.3.8)")
	errChunked10 = errors.New("a body of unknown size, and the peer speaks HTTP/1.0: give it a Size (RFC 9112, 6.1)")
	errLarge     = errors.New("StreamChunk or Limits.ReadBuffer is over 64 MiB")
)

// prepare checks everything that the caller gave and writes the head of the
// request into the window, which is free until it has been sent.
func (x *exchange) prepare(ctx context.Context, url string) (head []byte, err error) {
	if ctx == nil {
		return nil, errNoContext
	}
	if x.at, err = splitURL(url); err != nil {
		return nil, err
	}
	if x.limits, err = x.args.Limits.withDefaults(); err != nil {
		return nil, err
	}
	switch {
	case x.args.StreamChunk < 0:
		return nil, errNegativeLimit
	case x.args.StreamChunk > maxBuffer || x.limits.ReadBuffer > maxBuffer:
		return nil, errLarge
	case x.method == "TRACE" && x.args.Body != nil:
		return nil, errTrace
	}
	x.times = x.args.Timeouts.withDefaults()
	if err = x.body.open(x.args.Body); err != nil {
		return nil, err
	}
	x.closing = x.wantsClose()
	x.in.open(x.limits.ReadBuffer)
	if head, err = x.appendHead(x.in.buf.B[:0]); err != nil {
		return nil, err
	}
	if len(head) > x.limits.RequestBytes {
		return nil, errRequestHead
	}
	x.in.buf.B = head[:max(len(head), len(x.in.buf.B))] // it may have grown
	x.url = url
	if !x.at.plain || len(x.args.Params) > 0 {
		x.url = string(append(x.at.origin(), requestTarget(head)...))
	}
	return head, ctx.Err()
}

// wantsClose reports whether the request asks for the end of the connection:
// as in Zerynth, unless the caller asks for Keep-Alive or brings a Connection.
func (x *exchange) wantsClose() bool {
	closes := x.args.Connection == nil
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

// send sends the head and the body; a small body leaves in one write with the
// head. head lies at the front of the window, and what follows of the body is
// put behind it, then in its place.
func (x *exchange) send(ctx context.Context, head []byte) error {
	x.phase = PhaseSend
	p, last, err := x.body.next(head)
	if err != nil {
		return x.blame(ErrBody, err)
	}
	if err := x.sendFirst(ctx, p); err != nil {
		return x.blame(x.broken(err), err)
	}
	for !last {
		if p, last, err = x.body.next(p[:0]); err != nil {
			return x.blame(ErrBody, err)
		}
		if err := x.write(ctx, p); err != nil {
			return x.blame(x.broken(err), err)
		}
	}
	return nil
}

// sendFirst sends the first bytes of a request. A kept socket that turns out to
// be dead before it took any of them is replaced in place.
func (x *exchange) sendFirst(ctx context.Context, p []byte) error {
	err := x.write(ctx, p)
	if err == nil || !x.reused || x.sent > 0 || ctx.Err() != nil || isTimeout(err) || x.conn.isClosed() {
		return err
	}
	if err := x.redial(ctx); err != nil {
		return err
	}
	x.phase = PhaseSend
	return x.write(ctx, p)
}

// maxWrite is what one Write is given, and has the whole limit for: a slow peer
// is told from a dead one by whether it takes so much.
const maxWrite = 4 << 10

// write sends all of p, whatever the driver takes at a time.
func (x *exchange) write(ctx context.Context, p []byte) error {
	if x.sent == 0 && !x.reused && x.sock.unasked() { // a kept one has just been looked at
		return errUnasked // never to be taken for the answer to what goes out after it
	}
	for empty := 0; len(p) > 0; {
		if err := x.sock.writeWithin(ctx, x.times.Write); err != nil {
			return err
		}
		slice := p[:min(len(p), maxWrite)]
		n, err := x.sock.conn.Write(slice)
		if n < 0 || n > len(slice) {
			n, err = len(slice), errBadCount
		}
		x.sent += int64(n)
		if p = p[n:]; err != nil {
			return x.sock.writeError(err)
		}
		if empty++; n > 0 {
			empty = 0
		}
		if empty > maxEmpty {
			return io.ErrNoProgress
		}
	}
	return nil
}
