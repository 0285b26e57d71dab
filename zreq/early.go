package zreq

import (
	"context"
	"errors"
	"io"

	"github.com/zreq-go/zreq/netdriver"
)

// errAnswered ends the sending of a request: its answer has begun.
var errAnswered = errors.New("the final response came before the end of the request")

// hear takes in what the peer says while the request goes out, where the driver
// can look. A final head is errAnswered: the peer does not want the rest
// (RFC 9112, 9.5).
func (x *exchange) hear(ctx context.Context) error {
	if x.sock.checker == nil || x.sent == 0 && x.reused { // a kept one has just been looked at
		return nil
	}
	err := x.sock.checker.Check()
	switch {
	case err == nil:
		return nil
	case x.sent == 0 && !errors.Is(err, netdriver.ErrUnread):
		return nil // the write will tell
	case x.sent == 0:
		return x.blame(ErrResponse, errUnasked) // never to be taken for the answer to what goes out after it
	case !errors.Is(err, netdriver.ErrUnread):
		if err == io.EOF {
			err = errNoAnswer
		}
		return x.broken(err)
	}
	if err := x.sock.within(ctx, x.times.Head, "Head"); err != nil {
		return x.broken(err)
	}
	for {
		final, err := x.heed(ctx)
		switch {
		case err != nil:
			return err
		case final:
			return errAnswered
		case x.in.empty():
			return nil
		}
	}
}

// early reports whether an answer has come, or comes within a second, to a
// request that could not be sent whole: a server that will not have the body
// says so and closes (RFC 9112, 9.5). Then the failure to send is forgotten.
func (x *exchange) early(ctx context.Context, failure error) bool {
	switch {
	case failure == errAnswered:
		return true
	case x.sent == 0, x.kind == ErrBody, x.kind == ErrResponse, ctx.Err() != nil, x.conn.isClosed():
		return false
	case isTimeout(failure) && !x.sock.unasked():
		return false // that limit is over, and no other begins
	}
	phase, kind := x.phase, x.kind
	if x.readHead(ctx, earlyWait) != nil {
		x.phase, x.kind = phase, kind
		return false
	}
	return true
}
