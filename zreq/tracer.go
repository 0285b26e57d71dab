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
	event Event         // the last one that was told; what does not change stays in it
	began time.Duration // when the call did, since the program did
	last  time.Duration // from then to the last event
	line  *line.Line    // of which event has the Address
}

// traced numbers the calls that are traced.
var traced atomic.Uint64

func newTracer(t Trace) *tracer {
	if t == nil {
		return nil
	}
	return &tracer{trace: t, event: Event{Call: traced.Add(1)}, began: line.Elapsed()}
}

func (t *tracer) setWait(d time.Duration) {
	if t != nil {
		t.event.Wait = d
	}
}

// forget forgets the URL of a request that has led to another one.
func (t *tracer) forget() {
	if t != nil {
		t.event.URL = ""
	}
}

// report tells the Session and the Trace of an event.
func (d *delivery) report(kind EventKind, why CloseReason, err error) {
	if d.lender != nil {
		d.lender.count(kind, d.reused, err)
	}
	if d.trace == nil {
		return
	}
	d.describe(kind, why, err)
	event := d.trace.event
	d.trace.event.Idle = 0 // it is told once
	d.trace.trace.Trace(event)
}

// describe makes the event that is told next.
func (d *delivery) describe(kind EventKind, why CloseReason, err error) {
	t, e := d.trace, &d.trace.event
	e.Kind, e.Reason, e.Err = kind, why, err
	e.Attempt, e.Method, e.Reused = d.attempt, d.method, d.reused
	e.Sent, e.Received = d.sentBefore+d.exchange.Sent, d.exchange.Received
	e.Status, e.Conn, e.fields = 0, nil, nil
	if e.URL == "" {
		e.URL = d.at.Safe()
	}
	switch {
	case d.line != nil && d.line != t.line:
		t.line = d.line
		e.Address = string(t.line.AppendAddress(nil))
	case d.line == nil && d.socket == nil:
		t.line, e.Address = nil, ""
	}
	if d.socket != nil {
		e.Conn = d.socket.Conn()
	}
	if d.line != nil {
		e.Link = d.line.Path.Name()
	}
	switch {
	case kind == EventInformational:
		head := d.exchange.Head()
		e.Status = head.Status
		_, e.fields = wire.SplitHead(head.Block)
	case kind == EventRetry && err != nil:
	case d.answered || kind == EventRedirect:
		e.Status = d.resp.Status
	}
	elapsed := line.Elapsed() - t.began
	e.Elapsed = elapsed
	if kind != EventDone {
		e.Elapsed -= t.last
	}
	t.last = elapsed
}
