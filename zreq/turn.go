package zreq

import (
	"context"
	"time"

	"github.com/zreq-go/zreq/zreq/internal/line"
)

// waiter is a call that waits for a connection.
type waiter struct {
	shelf        *shelf
	ready        chan struct{} // closed when its turn came, or the Session was closed
	got          *member       // nil: it was closed
	ticket       uint64        // which come in order; 0: it is in the queue no more
	older, newer *waiter       // of the same shelf; or the next whose turn came
}

var _ turn = (*waiter)(nil)

// enqueue makes a call wait for a connection of a shelf.
func (p *pool) enqueue(sh *shelf) *waiter {
	w := &waiter{shelf: sh, ready: make(chan struct{})}
	p.queue.push(w)
	if !p.full(sh) {
		p.queue.hope(sh)
	}
	return w
}

// await implements turn.
func (w *waiter) await(ctx context.Context, limit time.Duration) (lease, error) {
	var over <-chan time.Time // nil: never
	if limit > 0 {
		timer, stop := line.After(limit)
		defer stop()
		over = timer
	}
	var late bool
	select {
	case <-w.ready:
		if w.got == nil {
			return nil, ErrClosed
		}
		return w.got, nil
	case <-over:
		late = true
	case <-ctx.Done():
	}
	shortage := w.shelf.session.pool.shortage(w.shelf)
	w.leave()
	if late && ctx.Err() == nil {
		return nil, &line.TimeoutError{Limit: limit, Name: "Wait", Err: shortage}
	}
	shortage.cause = context.Cause(ctx)
	return nil, shortage
}

// leave gives the turn up.
func (w *waiter) leave() {
	p := &w.shelf.session.pool
	p.mu.Lock()
	queued := w.ticket != 0
	if queued {
		p.queue.remove(w)
		p.tidy(w.shelf)
	}
	p.mu.Unlock()
	if !queued {
		<-w.ready // its turn came at the same time
		if w.got != nil {
			w.got.give(CloseNone)
		}
	}
}

// call tells w, and those behind it, that their turn has come. There may be nobody to
// tell.
func (w *waiter) call() {
	for w != nil {
		next := w.newer // before it goes its way
		close(w.ready)
		w = next
	}
}
