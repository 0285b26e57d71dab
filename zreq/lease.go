package zreq

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/internal/pool"
)

// A sessionPool is what a call and its response ask of a Session. It is a type of its own,
// because they hold it in an interface: that of a *Session would link the types of all its
// fields (10 KB).
type sessionPool struct {
	pool   pool.Pool
	counts counts

	first  sync.Once // sets the fields below
	limits *PoolLimits
	trace  *Trace
}

var _ callSession = (*sessionPool)(nil)

// begin is called before each call, with the fields of the Session.
func (s *sessionPool) begin(limits *PoolLimits, trace *Trace) {
	s.first.Do(func() { s.limits, s.trace = limits, trace })
}

// take implements callSession.
func (s *sessionPool) take(r line.Route) (*line.Line, lease, error) {
	conn, closed, err := s.pool.Take(&r, s.limits.withDefaults(), line.Clock())
	s.reportClosed(closed, func() { giveUp(conn) })
	return leased(conn, err)
}

// await implements callSession. It wakes up from time to time, because the pool has no
// clock of its own.
func (s *sessionPool) await(ctx context.Context, r line.Route, times *Timeouts) (*line.Line, lease, error) {
	conn, w, closed, err := s.pool.Enqueue(&r, s.limits.withDefaults(), line.Clock())
	if w == nil {
		s.reportClosed(closed, func() { giveUp(conn) })
		return leased(conn, err)
	}
	limit := times.withDefaults().Wait
	leave := func() { w.Leave(line.Clock()) }
	s.reportClosed(closed, leave)
	by := line.Elapsed() + limit // no limit fires early because somebody sets the clock
	for {
		pause := pool.Patience
		if limit > 0 {
			pause = min(pause, by-line.Elapsed())
		}
		conn, err := w.Await(ctx, pause)
		if conn != nil || err == ErrClosed && s.over() {
			return leased(conn, err)
		}
		if err != nil || limit > 0 && line.Elapsed() >= by {
			return nil, nil, s.leave(ctx, w, limit)
		}
		s.reportClosed(w.Look(line.Clock()), leave)
	}
}

// leave gives up a wait and returns the error of the call.
func (s *sessionPool) leave(ctx context.Context, w *pool.Waiter, limit time.Duration) error {
	e := &shortage{Shortage: w.Shortage()}
	s.reportClosed(w.Leave(line.Clock()), nil)
	if ctx.Err() == nil {
		return &line.TimeoutError{Limit: limit, Name: "Wait", Err: e}
	}
	e.cause = context.Cause(ctx)
	return e
}

// leased returns a connection as a call holds it.
func leased(conn *pool.Conn, err error) (*line.Line, lease, error) {
	if conn == nil {
		return nil, nil, err
	}
	return &conn.Line, conn, nil
}

// giveUp returns a connection to the pool that no call has received.
func giveUp(conn *pool.Conn) {
	if conn != nil {
		conn.Return(CloseFailed, line.Clock())
	}
}

// replace implements callSession.
func (s *sessionPool) replace(l lease) (*line.Line, lease) {
	conn, closed := l.(*pool.Conn).Replace(line.Clock())
	s.reportClosed(closed, func() { giveUp(conn) })
	return &conn.Line, conn
}

// giveBack implements lender.
func (s *sessionPool) giveBack(l lease, why CloseReason) CloseReason {
	why, closed := l.(*pool.Conn).Return(why, line.Clock())
	s.reportClosed(closed, nil)
	return why
}

// makeRoom implements callSession.
func (s *sessionPool) makeRoom(l lease, err error) bool {
	if !errors.Is(err, netdriver.ErrNoSocket) {
		return false
	}
	ok, closed := l.(*pool.Conn).MakeRoom(line.Clock())
	s.reportClosed(closed, nil)
	return ok
}

// over implements callSession.
func (s *sessionPool) over() bool { return s.pool.Closed() }

// count implements lender.
func (s *sessionPool) count(kind EventKind, reused bool, err error) { s.counts.note(kind, reused, err) }

// reportClosed reports to the Trace what the pool has closed. If the Trace panics, undo, if
// there is one, gives back what the call would have received.
func (s *sessionPool) reportClosed(closed []pool.Closed, undo func()) {
	if len(closed) == 0 || *s.trace == nil {
		return
	}
	told := false
	defer func() {
		if !told && undo != nil {
			undo()
		}
	}()
	for _, c := range closed {
		(*s.trace).Trace(Event{
			Kind: EventClose, URL: c.Origin.String(), Address: string(c.Origin.AppendAddress(nil)), Link: c.Link, Reason: c.Why,
		})
	}
	told = true
}
