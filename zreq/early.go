package zreq

import (
	"context"
	"errors"
	"io"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/wire"
)

// errAnswered ends the sending of a request: its answer has begun.
var errAnswered = errors.New("the final response came before the end of the request")

// hear takes in what the peer has said while the request goes out, and waits for no
// more. It is called before each write. A final head is errAnswered: the peer does not
// want the rest (RFC 9112, 9.5).
func (x *exchange) hear(ctx context.Context) error {
	for {
		ev, err := x.held() // something may be left of what came with a 100
		switch {
		case err != nil:
			return err
		case ev.Kind == wire.Head:
			x.takeHead(ev.Data)
			return errAnswered
		case ev.Kind != wire.NeedMore:
			continue
		case x.sent == 0 && x.reused: // it has just been looked at
			return nil
		case x.sock.checker == nil:
			if x.sent == 0 || !x.lookIsDue() || !x.peek(ctx) {
				return nil
			}
			continue
		}
		err = x.sock.checker.Check()
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, netdriver.ErrUnread):
			if x.sent == 0 {
				return nil // the write will tell
			}
			if err == io.EOF && x.heard {
				return x.truncated(x.resp.length, io.ErrUnexpectedEOF) // it said 100, or half a head
			}
			return x.broken(err)
		case x.sent == 0:
			return x.blame(&ErrResponse, errUnasked) // never to be taken for the answer to what goes out after it
		}
		if err := x.sock.within(ctx, x.times.Head, "Head"); err != nil {
			return x.broken(err)
		}
		if err := x.fill(ctx); err != nil {
			return x.lost(err)
		}
	}
}

// peek reads what has come where the driver cannot look, and reports whether there was
// anything. It takes up to a millisecond. What fails here fails again.
func (x *exchange) peek(ctx context.Context) bool {
	if x.sock.within(ctx, lookWait, "Head") != nil {
		return false
	}
	n, err := readSome(x.sock.conn, x.in.room())
	if n == 0 {
		return false
	}
	x.in.w += n
	x.heard = true
	x.sock.keep.heard()
	if !isTimeout(err) {
		x.readErr = err
	}
	return true
}

// early returns nil if an answer has come, or comes within a second, to a request
// that could not be sent whole: a server that will not have the body says so and
// closes (RFC 9112, 9.5). Then the failure to send is forgotten. Else it is the
// error, unless a peer has told its reason in TLS, of which the failure to send is
// only the consequence.
func (x *exchange) early(ctx context.Context, failure error) error {
	switch {
	case failure == errAnswered:
		return nil
	case x.sent == 0, x.kind == &ErrBody, x.kind == &ErrResponse, ctx.Err() != nil, x.conn.isClosed():
		return failure
	}
	wait := earlyWait
	if t, late := failure.(*timeoutError); late {
		wait = max(lookWait, t.limit/100) // what is left of the eighth
	}
	phase, kind := x.phase, x.kind
	err := x.readHead(ctx, wait)
	if err == nil {
		return nil
	}
	x.phase, x.kind = phase, kind
	if x.conn.tls != nil && !isTimeout(failure) && !isTimeout(err) && err != errNoAnswer && !x.heard {
		return err
	}
	return failure
}
