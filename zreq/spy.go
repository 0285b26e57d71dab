package zreq

import (
	"sync/atomic"
	"time"
)

// spy is what a call with a Trace keeps for it.
type spy struct {
	trace       Trace
	event       Event // the last
	began, last time.Time
}

// traced numbers the calls that are traced.
var traced atomic.Uint64

func newSpy(t Trace) *spy {
	if t == nil {
		return nil
	}
	s := &spy{trace: t, began: time.Now()}
	s.last, s.event.Call = s.began, traced.Add(1)
	return s
}

// tell tells the Session and the Trace of an event. Not inlined: it is called from
// all over.
//
//go:noinline
func (x *exchange) tell(kind EventKind, why CloseReason, err error) {
	if x.keep != nil {
		x.keep.count(kind, x.reused, err)
	}
	if x.spy == nil {
		return
	}
	e := &x.spy.event
	e.Kind, e.Attempt, e.Reused, e.Wait = kind, x.attempt, x.reused, x.wait
	e.Method, e.URL = x.method, x.at.safe()
	e.Sent, e.Received, e.Reason, e.Err = x.before+x.sent, x.received, why, err
	e.Status = x.dec.Status()
	if x.conn != nil {
		e.Address = string(x.conn.at.appendAddress(nil))
	}
	if x.sock != nil {
		e.Conn = x.sock.conn
	}
	if kind == EventConn {
		if e.Idle = 0; x.reused && x.conn.owner != nil {
			e.Idle = x.conn.owner.idle()
		}
	}
	now := time.Now()
	e.Elapsed, x.spy.last = now.Sub(x.spy.last), now
	if kind == EventDone {
		e.Elapsed = now.Sub(x.spy.began)
	}
	x.spy.trace.Trace(*e)
}
