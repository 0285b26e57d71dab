package zreq

import (
	"container/list"
	"context"
)

// waiter is a call that waits for a connection.
type waiter struct {
	session *Session
	route   route
	ready   chan struct{} // closed when it got one, or an error
	got     *member
	err     error
	place   *list.Element // in the queue of the pool; nil: it is in it no more
}

var _ turn = (*waiter)(nil)

// await implements turn.
func (w *waiter) await(ctx context.Context) (*Connection, error) {
	select {
	case <-w.ready:
		return w.result()
	case <-ctx.Done():
	}
	p := &w.session.pool
	p.mu.Lock()
	queued := p.dequeue(w)
	p.mu.Unlock()
	if !queued {
		<-w.ready // its turn came at the same time
		if w.got != nil {
			w.got.give(CloseNone)
		}
	}
	return nil, context.Cause(ctx)
}

func (w *waiter) result() (*Connection, error) {
	if w.err != nil {
		return nil, w.err
	}
	return &w.got.conn, nil
}

// dequeue takes w out of the queue, and reports whether it was in.
func (p *pool) dequeue(w *waiter) bool {
	if w.place == nil {
		return false
	}
	p.queue.Remove(w.place)
	w.place = nil
	return true
}

// call tells it that its turn has come. There may be nobody to tell.
func (w *waiter) call() {
	if w != nil {
		close(w.ready)
	}
}
