package zreq_test

import (
	"context"
	"sync"
	"testing"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

// tracer notes events.
type tracer struct {
	mu     sync.Mutex
	events []zreq.Event
	on     func(e zreq.Event) // for each, with no lock held
}

func (l *tracer) Trace(e zreq.Event) {
	l.mu.Lock()
	l.events = append(l.events, e)
	l.mu.Unlock()
	if l.on != nil {
		l.on(e)
	}
}

// all are the events so far.
func (l *tracer) all() []zreq.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.events[:len(l.events):len(l.events)]
}

// of are those of a kind.
func (l *tracer) of(kind zreq.EventKind) (list []zreq.Event) {
	for _, e := range l.all() {
		if e.Kind == kind {
			list = append(list, e)
		}
	}
	return list
}

func (l *tracer) count(kind zreq.EventKind) int { return len(l.of(kind)) }

// kinds are the kinds of events, in their order.
func (l *tracer) kinds() (list []zreq.EventKind) {
	for _, e := range l.all() {
		list = append(list, e.Kind)
	}
	return list
}

// hoard is a driver that knows what it dialled, so that a test that finds a leak ends.
type hoard struct {
	netdriver.Driver
	mu    sync.Mutex
	conns []netdriver.Conn
}

func hoarding(t testing.TB, d netdriver.Driver) *hoard {
	h := &hoard{Driver: d}
	t.Cleanup(func() {
		for _, c := range h.conns {
			_ = c.Close()
		}
	})
	return h
}

func (h *hoard) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := h.Driver.Dial(ctx, network, address)
	if err == nil {
		h.mu.Lock()
		h.conns = append(h.conns, c)
		h.mu.Unlock()
	}
	return c, err
}
