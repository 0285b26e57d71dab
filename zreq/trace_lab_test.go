package zreq_test

import (
	"sync"

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
