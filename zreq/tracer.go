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
	event Event         // the last one, whose Call, URL, Address and Link apply to the next
	began time.Duration // when the call began, since the program did
	last  time.Duration // from began to event
	wait  time.Duration // until the next attempt
	line  *line.Line    // that has the Address
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
		t.wait = d
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
	d.trace.trace.Trace(d.event(kind, why, err))
}

// event makes the event that is reported next, and keeps it for the one after it.
func (d *delivery) event(kind EventKind, why CloseReason, err error) Event {
	t := d.trace
	e := Event{
		Kind: kind, Call: t.event.Call, Attempt: d.attempt, Method: d.method, URL: t.event.URL,
		Address: t.event.Address, Link: t.event.Link, Reused: d.reused, Reason: why, Err: err,
		Sent: d.sentBefore + d.exchange.Sent, Received: d.exchange.Received,
	}
	if e.URL == "" {
		e.URL = d.at.Safe()
	}
	switch {
	case d.line != nil && d.line != t.line:
		t.line, e.Address = d.line, string(d.line.Origin.AppendAddress(nil))
	case d.line == nil && d.socket == nil:
		t.line, e.Address = nil, ""
	}
	if d.line != nil {
		e.Link = d.line.Path.Name()
	}
	if d.socket != nil {
		e.Conn = d.socket.Conn()
	}
	if d.answered || kind == EventRedirect {
		e.Status = d.resp.Status
	}
	switch kind {
	case EventConn:
		if d.reused && d.lease != nil {
			e.Idle = d.lease.Idle(line.Clock())
		}
	case EventInformational:
		head := d.exchange.Head()
		e.Status = head.Status
		_, e.fields = wire.SplitHead(head.Block)
	case EventRetry:
		e.Wait = t.wait
		if err != nil {
			e.Status = 0 // the error is the failure
		}
	}
	elapsed := line.Elapsed() - t.began
	e.Elapsed = elapsed
	if kind != EventDone {
		e.Elapsed -= t.last
	}
	t.event, t.last = e, elapsed
	return e
}
