package zreq

import (
	"context"
	"errors"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/internal/pool"
)

// take implements callSession.
func (s *Session) take(r line.Route) (*line.Line, lease, error) {
	conn, closed, err := s.pool.Take(&r, s.Pool.withDefaults(), line.Clock())
	s.tellClosed(closed, func() { giveUp(conn) })
	return leased(conn, err)
}

// await implements callSession. It wakes up from time to time, because the pool has no
// clock of its own.
func (s *Session) await(ctx context.Context, r line.Route, limit time.Duration) (*line.Line, lease, error) {
	conn, w, closed, err := s.pool.Enqueue(&r, s.Pool.withDefaults(), line.Clock())
	if w == nil {
		s.tellClosed(closed, func() { giveUp(conn) })
		return leased(conn, err)
	}
	leave := func() { w.Leave(line.Clock()) }
	s.tellClosed(closed, leave)
	by := line.Clock().Add(limit)
	for {
		pause := pool.Patience
		if limit > 0 {
			pause = min(pause, by.Sub(line.Clock()))
		}
		conn, err := w.Await(ctx, pause)
		late := limit > 0 && line.Clock() >= by
		switch {
		case conn != nil || err == ErrClosed && s.over():
			return leased(conn, err)
		case err != nil || late:
			return nil, nil, s.leave(ctx, w, limit)
		}
		s.tellClosed(w.Look(line.Clock()), leave)
	}
}

// leave gives up a wait and returns the error of the call.
func (s *Session) leave(ctx context.Context, w *pool.Waiter, limit time.Duration) error {
	e := &shortage{Shortage: w.Shortage()}
	s.tellClosed(w.Leave(line.Clock()), nil)
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
func (s *Session) replace(l lease) (*line.Line, lease) {
	conn, closed := l.(*pool.Conn).Replace(line.Clock())
	s.tellClosed(closed, func() { giveUp(conn) })
	return &conn.Line, conn
}

// giveBack implements lender.
func (s *Session) giveBack(l lease, why CloseReason) CloseReason {
	why, closed := l.(*pool.Conn).Return(why, line.Clock())
	s.tellClosed(closed, nil)
	return why
}

// makeRoom implements callSession.
func (s *Session) makeRoom(l lease, err error) bool {
	if !errors.Is(err, netdriver.ErrNoSocket) {
		return false
	}
	ok, closed := l.(*pool.Conn).MakeRoom(line.Clock())
	s.tellClosed(closed, nil)
	return ok
}

// over implements callSession.
func (s *Session) over() bool { return s.pool.Closed() }

// tellClosed reports to the Trace what the pool has closed. If the Trace panics, undo, if
// there is one, gives back what the call would have received.
func (s *Session) tellClosed(closed []pool.Closed, undo func()) {
	if s.Trace == nil || len(closed) == 0 {
		return
	}
	told := false
	defer func() {
		if !told && undo != nil {
			undo()
		}
	}()
	for _, c := range closed {
		s.Trace.Trace(Event{
			Kind: EventClose, URL: c.Origin.String(), Address: string(c.AppendAddress(nil)), Link: c.Link, Reason: c.Why,
		})
	}
	told = true
}
