package zreq

import (
	"sync/atomic"
	"time"
)

// spy is what a call with a Trace keeps for it.
type spy struct {
	trace  Trace
	call   uint64
	began  time.Time
	last   time.Duration // from then to the last event
	fields []byte        // of the 1xx that is told of

	url     string // "": it has to be made
	conn    *Connection
	address string // of conn
}

// traced numbers the calls that are traced.
var traced atomic.Uint64

func newSpy(t Trace) *spy {
	if t == nil {
		return nil
	}
	return &spy{trace: t, call: traced.Add(1), began: time.Now()}
}

// tell tells the Session and the Trace of an event. Not inlined: it is called from
// all over.
//
//go:noinline
func (x *exchange) tell(kind EventKind, why CloseReason, err error) {
	if x.keep != nil {
		x.keep.count(kind, x.reused, err)
	}
	s := x.spy
	if s == nil {
		return
	}
	e := Event{
		Kind: kind, Call: s.call, Attempt: x.attempt, Method: x.verb(), Reused: x.reused,
		Sent: x.before + x.sent, Received: x.received, Wait: x.wait, Reason: why, Err: err, fields: s.fields,
	}
	if s.url == "" {
		s.url = x.at.safe()
	}
	e.URL = s.url
	if x.conn != nil && s.conn != x.conn {
		s.conn, s.address = x.conn, string(x.conn.at.appendAddress(nil))
	}
	if x.conn != nil || x.sock != nil {
		e.Address = s.address
	}
	if x.sock != nil {
		e.Conn = x.sock.conn
	}
	switch {
	case kind == EventInformational:
		e.Status = x.dec.Status()
	case kind == EventRetry && err != nil:
	case x.answered:
		e.Status = x.resp.Status
	case kind == EventRedirect:
		e.Status = x.history[len(x.history)-1].Status
	case kind == EventConn && x.reused && x.conn.owner != nil:
		e.Idle = x.conn.owner.idle()
	}
	now := time.Now()
	elapsed := now.Sub(s.began)
	e.Elapsed = elapsed
	if kind != EventDone {
		e.Elapsed -= s.last
	}
	s.last = elapsed
	s.trace.Trace(e)
}
