package zreq

import (
	"context"
	"time"
)

// keeper is what an exchange asks of its Session. This and the like of it are
// interfaces so that a program without a Session links none.
type keeper interface {
	// take returns a connection if there is one. Else, who waits gets his turn.
	take(r route, wait bool) (*Connection, turn, error)
	// over reports whether the Session was closed.
	over() bool
	// unwelcome reports whether a response with that status is better asked for again.
	unwelcome(status int) bool
	// retry reports whether there is another attempt after err, and makes it ready;
	// else it returns the error of the call.
	retry(ctx context.Context, p *pull, err error) (bool, error)
	// count counts what a Trace is told.
	count(kind EventKind, reused bool, err error)
}

// owner is what the pool knows of a connection.
type owner interface {
	// give ends the claim and returns why the connection is not kept.
	give(why CloseReason) CloseReason
	// another returns a connection in place of this one, which died idle, or this.
	another() *Connection
	// idle is how long it was, when it was taken; the second time, nothing.
	idle() time.Duration
	// lend notes that the call has returned with a Response that still reads from it.
	lend()
}

// turn is a place in the queue for a connection.
type turn interface {
	// await waits for the connection, at most until ctx ends or limit has passed.
	await(ctx context.Context, limit time.Duration) (*Connection, error)
}

// tries are the attempts of a call that came to nothing.
type tries interface {
	// conclude makes the error of the call of the last one's.
	conclude(resp *Response, err error) error
}

// retry asks the Session for another attempt. What it is given is on the heap, so
// that is a copy.
func (x *exchange) retry(ctx context.Context, err error) (bool, error) {
	p := &pull{held: held(*x)}
	defer func() { *(*held)(x) = p.held }() // also when a callback panics; not an exchange: see held
	return x.keep.retry(ctx, p, err)
}
