package zreq

import (
	"sync/atomic"
	"time"

	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/wire"
)

// tracer is what a call with a Trace keeps for it. Its methods may be called on nil.
type tracer struct {
	trace Trace
	call  uint64
	began time.Duration // since the program did
	last  time.Duration // at the last event

	wait time.Duration // before the next attempt
	idle time.Duration // that the connection was, for the next EventConn

	url     string // of the request; "": it has to be made
	line    *line.Line
	address string // of line
}

// traced numbers the calls that are traced.
var traced atomic.Uint64

func newTracer(t Trace) *tracer {
	if t == nil {
		return nil
	}
	return &tracer{trace: t, call: traced.Add(1), began: line.Elapsed()}
}

func (t *tracer) setWait(d time.Duration) {
	if t != nil {
		t.wait = d
	}
}

func (t *tracer) setIdle(l lease) {
	if t != nil {
		t.idle = l.idle()
	}
}

// forget forgets the URL of a request that has led to another one.
func (t *tracer) forget() {
	if t != nil {
		t.url = ""
	}
}

// tell tells the Session and the Trace of an event.
func (d *delivery) tell(kind EventKind, why CloseReason, err error) {
	if d.session != nil {
		d.session.count(kind, d.reused, err)
	}
	if d.trace != nil {
		d.trace.trace.Trace(d.event(kind, why, err))
	}
}

// event is what there is to tell.
func (d *delivery) event(kind EventKind, why CloseReason, err error) (e Event) {
	t := d.trace
	e.Kind, e.Reason, e.Err = kind, why, err
	e.Call, e.Attempt, e.Method, e.Reused = t.call, d.attempt, d.method, d.reused
	e.Sent, e.Received, e.Wait = d.before+d.exchange.Sent, d.exchange.Received, t.wait
	if t.url == "" {
		t.url = d.at.Safe()
	}
	e.URL = t.url
	if d.line != nil && t.line != d.line {
		t.line = d.line
		t.address = string(t.line.AppendAddress(nil))
	}
	if d.line != nil || d.socket != nil {
		e.Address = t.address
	}
	if d.socket != nil {
		e.Conn = d.socket.Conn()
	}
	switch {
	case kind == EventInformational:
		head := d.exchange.Head()
		e.Status = head.Status
		_, e.fields = wire.SplitHead(head.Block)
	case kind == EventRetry && err != nil:
	case d.answered || kind == EventRedirect:
		e.Status = d.resp.Status
	case kind == EventConn:
		e.Idle, t.idle = t.idle, 0
	}
	elapsed := line.Elapsed() - t.began
	e.Elapsed = elapsed
	if kind != EventDone {
		e.Elapsed -= t.last
	}
	t.last = elapsed
	return e
}
