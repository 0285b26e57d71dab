package zreq

import (
	"context"
	"time"

	"github.com/zreq-go/zreq/zreq/internal/line"
)

// claim is the connection that a call has: the caller's, one of its Session, or a new one,
// which may become the caller's. release is called once.
type claim struct {
	line   *line.Line   // nil: there is no claim
	conn   *Connection  // of line, if the caller owns it or will
	lease  lease        // nil: it is not the Session's
	parked *Connection  // the caller's, while a redirect leads elsewhere
	socket *line.Socket // nil: not dialled, or closed
	reused bool         // socket was there before the request
	unhook func() bool  // stops watching the context; nil: it is not watched
}

// lease is a connection of a Session while a call has it. It is an interface, so that a
// program without a Session links none.
type lease interface {
	// Idle returns how long the connection was idle before it was taken. Later calls return 0.
	Idle(now line.Instant) time.Duration
	// Streaming notes that the call has returned with a Response that still reads from it.
	Streaming()
}

// unwatch stops watching the context. It returns false if the context has ended, so that the
// socket may be interrupted.
func (c *claim) unwatch() bool {
	stop := c.unhook
	c.unhook = nil
	return stop == nil || stop()
}

// release ends the claim, and returns why the connection is not kept.
func (c *claim) release(lender lender, why CloseReason) CloseReason {
	line, lease := c.line, c.lease
	c.line, c.conn, c.lease = nil, nil, nil // before a Trace can panic, so that nothing is released twice
	if lease != nil {
		return lender.giveBack(lease, why)
	}
	line.Release(why == CloseNone)
	return why
}

// lender is what a delivery needs of the Session of its call, even after the call has returned.
type lender interface {
	// giveBack ends a lease and returns why the connection is not kept.
	giveBack(l lease, why CloseReason) CloseReason
	// count counts an event, as a Trace gets it.
	count(kind EventKind, reused bool, err error)
}

// callSession is what a call needs of its Session. It is an interface, so that a program without
// a Session does not link one.
type callSession interface {
	lender
	// take returns a connection, which may have to be dialled. It returns none if the call has
	// to wait.
	take(r line.Route) (*line.Line, lease, error)
	// await waits for a connection until ctx ends or times.Wait has passed.
	await(ctx context.Context, r line.Route, times *Timeouts) (*line.Line, lease, error)
	// replace exchanges a connection that died idle for another idle one. If there is none, it
	// returns the same, to be dialled again.
	replace(l lease) (*line.Line, lease)
	// makeRoom reports whether the error of a dial is that the driver has no socket left,
	// and an idle connection was closed for this one.
	makeRoom(l lease, err error) bool
	// over reports whether the Session was closed.
	over() bool
}
