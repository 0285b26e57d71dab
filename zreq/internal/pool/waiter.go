package pool

import (
	"context"
	"slices"
	"time"

	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/wire"
)

// Patience is how long a call may have had a connection and still be expected to return it
// soon. A Waiter calls Look whenever this time has passed.
const Patience = time.Second

// callsPerMove is how many callers are served between two that take a place because they
// are overdue or their route is short. So no more than one call in ten dials for that reason.
const callsPerMove = 10

// choose decides what a caller may have, who came when came callers had been served. That
// is an idle connection of its route; a new connection in a free place, if from is nil; or
// a new one in the place of from, a connection of another route.
//
// When all places are taken, these rules apply. They keep the pool from closing and dialling
// connections all the time, because calls pay for each move by waiting.
//
//   - A connection that comes back goes to the first waiter of its own route.
//   - A route expects a connection if a call has had one of its connections for less than
//     Patience. The callers of such a route wait. Only once in Patience one of them takes
//     the place of the connection that has been idle longest.
//   - The caller of any other route takes that place at once. A route without a connection
//     is one of them.
//   - A caller is overdue if more callers have been served since it came than there are now,
//     using a connection or waiting; if its route expects a connection, one and a half times
//     as many. It takes the place of the connection that has been idle longest, or of the
//     next one that comes back, although others wait for that.
//   - A route is short of connections if more than two callers wait for each one that it
//     expects. Its first caller takes the place of the connection that has been idle longest,
//     unless others wait for that.
//   - The last two rules apply once in callsPerMove calls.
func (p *Pool) choose(r *route, came int, now line.Instant) (from *Conn, ok bool) {
	if c := r.newest(); c != nil {
		return c, true
	}
	scarce := p.scarce(r)
	switch {
	case p.full(r):
		return nil, false
	case below(p.open, p.limits.Open) && !scarce:
		return nil, true
	}
	from = p.oldest(r, scarce)
	return from, from != nil && (!p.contested(r, from, now) || p.moves(r, from, came, now))
}

// scarce reports whether the connections of the pool use all sockets that the driver of a
// route has.
func (p *Pool) scarce(r *route) bool {
	if r.sockets <= 0 {
		return false
	}
	open := 0
	for _, other := range p.routes {
		if same, _ := line.Equal(r.Driver, other.Driver); same {
			open += len(other.conns) - other.replaced
		}
	}
	return open >= r.sockets
}

// oldest returns the connection that has been idle longest, of those of one driver if own is
// true. It returns nil if none is idle.
func (p *Pool) oldest(r *route, own bool) *Conn {
	for _, c := range p.idle {
		if same, _ := line.Equal(r.Driver, c.route.Driver); same || !own {
			return c
		}
	}
	return nil
}

// full reports whether a route has as many connections as the limits allow.
func (p *Pool) full(r *route) bool { return !below(len(r.conns), p.limits.OpenPerOrigin) }

// contested reports whether a caller may take the place of an idle connection only once in
// callsPerMove calls. If callers wait for that connection, it has just come back.
func (p *Pool) contested(r *route, from *Conn, now line.Instant) bool {
	return len(from.route.waiters) > 0 || r.expected(now) > 0 && !p.hurried.IsZero() && now.Sub(p.hurried) < Patience
}

// expected returns how many connections of the route may be back soon.
func (r *route) expected(now line.Instant) (n int) {
	for _, c := range r.conns {
		if c.state == used && now.Sub(c.taken) < Patience {
			n++
		}
	}
	return n
}

// moves reports whether a caller takes a contested place, because it has been passed over by
// too many others or its route is short of connections.
func (p *Pool) moves(r *route, from *Conn, came int, now line.Instant) bool {
	callers := p.open - len(p.idle) + p.waiting
	if p.served-p.moved < min(callers, callsPerMove) {
		return false
	}
	passed, expected := p.served-came, r.expected(now)
	overdue := passed > callers && expected == 0 || passed > callers+callers/2
	short := len(r.waiters) > 2*expected && len(from.route.waiters) == 0
	return overdue || short
}

// noteMove notes that a caller takes the place of a connection of another route.
func (p *Pool) noteMove(r *route, from *Conn, now line.Instant) {
	if p.contested(r, from, now) {
		p.moved = p.served
	}
	if r.expected(now) > 0 {
		p.hurried = now
	}
}

// crowded reports whether a caller waits because of limits.Open.
func (p *Pool) crowded() bool {
	return slices.ContainsFunc(p.routes, func(r *route) bool { return len(r.waiters) > 0 && !p.full(r) })
}

// serve gives the waiters what they may have, beginning with the one that has waited
// longest.
func (p *Pool) serve(s *step) {
	for p.waiting > 0 {
		var first *Waiter
		var from *Conn
		for _, r := range p.routes {
			if len(r.waiters) == 0 || first != nil && first.number < r.waiters[0].number {
				continue
			}
			if c, ok := p.choose(r, r.waiters[0].came, s.now); ok {
				first, from = r.waiters[0], c
			}
		}
		if first == nil {
			return
		}
		first.remove()
		first.conn = p.grant(s, first.route, from)
		first.conn.waiter = first
		if len(s.closing) == 0 {
			first.wake()
		} else {
			s.granted = append(s.granted, first)
		}
	}
}

// A Waiter is a caller in the queue of a route.
type Waiter struct {
	route  *route
	conn   *Conn // nil if the pool was closed
	queued bool
	number uint64 // the order in which the waiters of all routes came
	came   int    // Pool.served when the caller came

	// A caller that waits again has these from an earlier wait.
	ready chan struct{} // gets a value when the caller has a connection, and is closed with the pool
	alarm line.Alarm
}

// maxSpare is how many Waiters a pool keeps for callers to come.
const maxSpare = 8

// enqueue adds a caller to the queue of a route.
func (p *Pool) enqueue(r *route) *Waiter {
	var w *Waiter
	if last := len(p.spare) - 1; last >= 0 {
		w, p.spare = p.spare[last], p.spare[:last]
	} else {
		w = &Waiter{ready: make(chan struct{}, 1)}
	}
	p.arrivals++
	p.waiting++
	w.route, w.queued, w.number, w.came = r, true, p.arrivals, p.served
	r.waiters = append(r.waiters, w)
	return w
}

// wake tells the caller that it need not wait any more.
func (w *Waiter) wake() { w.ready <- struct{}{} }

// spareWaiter keeps the Waiter by which a call got c, now that the call is over. Nothing is
// left in ready: no call has its connection before it was woken.
func (p *Pool) spareWaiter(c *Conn) {
	if w := c.waiter; w != nil && len(p.spare) < maxSpare {
		w.route, w.conn = nil, nil
		p.spare = append(p.spare, w)
	}
	c.waiter = nil
}

// Await waits for a connection, for as long as limit. If the pool is closed, the error is
// line.ErrClosed. If ctx ends, it is the cause of ctx. If limit has passed, Await returns no
// connection and no error. A caller that gives up must call Leave. A Waiter that has
// returned a connection must not be used again.
func (w *Waiter) Await(ctx context.Context, limit time.Duration) (*Conn, error) {
	if !w.alarm.Wait(ctx, limit, w.ready) {
		select {
		case <-w.ready:
		default:
			return nil, context.Cause(ctx)
		}
	}
	if w.conn == nil {
		return nil, line.ErrClosed
	}
	return w.conn, nil
}

// Look serves those who may have a connection only because time has passed. While nothing
// else happens, nobody but a Waiter notices that.
func (w *Waiter) Look(now line.Instant) []Closed {
	p := w.route.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	s := step{now: now}
	p.finish(&s)
	return s.closed
}

// Leave ends the wait of a caller that gives up.
func (w *Waiter) Leave(now line.Instant) []Closed {
	if w.leave() {
		return w.Look(now) // more than Idle may be idle because of this caller
	}
	<-w.ready // the caller was served at the same time
	if w.conn == nil {
		return nil
	}
	_, closed := w.conn.Return(wire.CloseNone, now)
	return closed
}

// leave reports whether the caller was still in the queue.
func (w *Waiter) leave() bool {
	p := w.route.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	if !w.queued {
		return false
	}
	w.remove()
	p.forget(w.route)
	return true
}

// remove takes the caller out of the queue.
func (w *Waiter) remove() {
	w.route.waiters = without(w.route.waiters, w)
	w.route.pool.waiting--
	w.queued = false
}
