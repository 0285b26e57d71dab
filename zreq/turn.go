package zreq

import "context"

// waiter is a call that waits for a connection.
type waiter struct {
	session    *Session
	route      route
	ready      chan struct{} // closed when it got one, or an error
	got        *member
	err        error
	prev, next *waiter
	queued     bool
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
	left := p.queue.remove(w)
	p.mu.Unlock()
	if !left {
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

// call tells it that its turn has come. There may be nobody to tell.
func (w *waiter) call() {
	if w != nil {
		close(w.ready)
	}
}

// queue is those who wait, in the order in which they came.
type queue struct {
	first, last *waiter
	length      int
}

func (q *queue) push(w *waiter) {
	w.prev, w.queued = q.last, true
	if q.last == nil {
		q.first = w
	} else {
		q.last.next = w
	}
	q.last = w
	q.length++
}

// remove takes w out, and reports whether it was in.
func (q *queue) remove(w *waiter) bool {
	if !w.queued {
		return false
	}
	if w.prev == nil {
		q.first = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		q.last = w.prev
	} else {
		w.next.prev = w.prev
	}
	w.queued = false
	q.length--
	return true
}
