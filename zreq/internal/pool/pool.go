// Package pool shares connections among calls. It keeps them by route, limits how many
// there are, and queues the callers for whom there is none.
//
// A caller gets the idle connection of its route that was used last. If none is idle and
// the limits allow another one, the caller gets a new Conn and dials it. Otherwise it
// waits. Each route serves its waiters in the order in which they came. A place that is
// free goes to the caller that has waited longest, whatever its route. When all places are
// taken, [Pool.choose] says what one route may take from another.
//
// Sockets are closed without the lock, and a connection counts until its socket is closed,
// because a chip may have no more sockets than the limits allow.
//
// The pool starts no goroutine and reads no clock: callers pass in the time. It knows
// nothing of HTTP, of what a call does with its connection, or of tracing: it returns what
// it has closed, and the caller reports that.
package pool

import (
	"slices"
	"sync"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/wire"
)

// Limits are the limits of a Pool. If Open, OpenPerOrigin, IdleAge or Requests is
// negative, there is no such limit. If Idle or IdlePerOrigin is zero, no connection is
// kept.
type Limits struct {
	Open          int           // connections, including idle ones
	OpenPerOrigin int           // connections of one route
	Idle          int           // idle connections
	IdlePerOrigin int           // idle connections of one route
	IdleAge       time.Duration // how long a connection may be idle and still be used again
	Requests      int           // requests that one connection carries
}

// below reports whether n is below a limit. A negative limit is none.
func below(n, limit int) bool { return limit < 0 || n < limit }

// A Pool is safe for concurrent use. The zero value is ready to use.
type Pool struct {
	mu      sync.Mutex // guards the fields below, and those of routes, Conns and Waiters
	closed  bool
	done    chan struct{} // closed with the pool; nil until Done is called
	limits  Limits        // as passed to the last Take or Enqueue
	routes  []*route      // the routes that have a connection or a waiter
	idle    []*Conn       // all idle connections; the one that has been idle longest is first
	open    int           // connections that count for limits.Open
	waiting int
	spare   []*Waiter // to be used again

	arrivals uint64       // number of Waiters so far
	served   int          // number of callers that were given a connection so far
	moved    int          // served, when a caller last took a contested place
	hurried  line.Instant // when a caller last took a place although its route expected a connection
}

// A route is a way to an origin, with the connections that lead there.
type route struct {
	line.Route
	pool     *Pool
	sockets  int     // how many its driver has; 0 if that is not known
	conns    []*Conn // in use, idle or being closed
	idle     int     // how many of conns are idle
	replaced int     // how many of conns are being closed, and another connection counts in their place
	waiters  []*Waiter
}

// A step is one operation on the pool. It collects what is to be done when the pool has
// been changed.
type step struct {
	now      line.Instant
	closing  []*Conn   // to be closed without the lock
	granted  []*Waiter // to be woken after that, because they may have got a place of these
	closed   []Closed  // what the operation returns
	returned *Conn     // the argument of Return, which is not reported in closed
	why      wire.CloseReason
}

// Closed describes a connection that the pool has closed.
type Closed struct {
	*line.Route
	Link string // as in netdriver.Path
	Why  wire.CloseReason
}

// Take returns a connection for a call over a route, or nil if the call has to wait.
func (p *Pool) Take(to *line.Route, limits Limits, now line.Instant) (*Conn, []Closed, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := step{now: now}
	r, err := p.enter(&s, to, limits)
	if err != nil {
		return nil, s.closed, err
	}
	defer p.forget(r)
	from, ok := p.choose(r, p.served, now)
	if !ok {
		return nil, s.closed, nil
	}
	c := p.grant(&s, r, from)
	p.finish(&s)
	return c, s.closed, nil
}

// Enqueue is Take for a call that waits. It returns a connection if there is one by now,
// or else a Waiter.
func (p *Pool) Enqueue(to *line.Route, limits Limits, now line.Instant) (*Conn, *Waiter, []Closed, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := step{now: now}
	r, err := p.enter(&s, to, limits)
	if err != nil {
		return nil, nil, s.closed, err
	}
	w := p.enqueue(r)
	p.finish(&s)
	if w.conn != nil {
		select {
		case <-w.ready:
			return w.conn, nil, s.closed, nil
		default: // another call has served it, and is closing a socket first
		}
	}
	return nil, w, s.closed, nil
}

// enter begins a step for a new caller. It closes what has been idle for too long, serves
// the waiters, so that the caller overtakes none of them, and returns the route.
func (p *Pool) enter(s *step, to *line.Route, limits Limits) (*route, error) {
	p.limits = limits
	p.expire(s)
	p.finish(s)
	if p.closed {
		return nil, line.ErrClosed
	}
	for _, r := range p.routes {
		if same, _ := r.Same(to); same {
			return r, nil
		}
	}
	if _, comparable := to.Same(to); !comparable {
		return nil, line.ErrUncomparable
	}
	r := &route{Route: *to, pool: p}
	r.Origin = to.Origin.Clone() // not a part of a long URL
	if d, ok := r.Driver.(netdriver.SocketLimiter); ok {
		r.sockets = d.Sockets()
	}
	p.routes = append(p.routes, r)
	return r, nil
}

// forget removes a route that has neither a connection nor a waiter.
func (p *Pool) forget(r *route) {
	if len(r.conns) == 0 && len(r.waiters) == 0 {
		p.routes = without(p.routes, r)
	}
}

// without removes x from list and keeps the order of the rest.
func without[T comparable](list []T, x T) []T {
	if i := slices.Index(list, x); i >= 0 {
		return slices.Delete(list, i, i+1)
	}
	return list
}

// finish ends a step. It closes the connections in s.closing and then serves the waiters,
// for whom further connections may have to be closed.
func (p *Pool) finish(s *step) {
	for {
		closing, granted := s.closing, s.granted
		s.closing, s.granted = nil, nil
		p.drop(closing)
		for _, w := range granted {
			w.wake()
		}
		for _, c := range closing {
			p.remove(c)
			switch {
			case c == s.returned:
				s.why = c.why
			case c.why != wire.CloseNone:
				s.closed = append(s.closed, Closed{&c.route.Route, c.Path.Name(), c.why})
			}
		}
		if len(closing) > 0 {
			s.returned = nil // another call may have got it while the lock was free
		}
		p.serve(s)
		p.trim(s)
		if len(s.closing) == 0 {
			break
		}
	}
}

// drop closes sockets. Meanwhile the lock is free.
func (p *Pool) drop(conns []*Conn) {
	if len(conns) == 0 {
		return
	}
	p.mu.Unlock()
	defer p.mu.Lock()
	for _, c := range conns {
		c.Drop()
	}
}

// CloseIdle closes the connections that no call is using, for a reason: those for which chosen
// returns true, or all of them if chosen is nil.
func (p *Pool) CloseIdle(chosen func(*Conn) bool, why wire.CloseReason, now line.Instant) []Closed {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := step{now: now}
	for _, c := range slices.Clone(p.idle) {
		if chosen == nil || chosen(c) {
			p.evict(&s, c, why)
		}
	}
	p.finish(&s)
	return s.closed
}

// Close closes all connections for good and ends all waits. Later calls fail with
// line.ErrClosed.
func (p *Pool) Close(now line.Instant) []Closed {
	for _, c := range p.shut() {
		c.Line.Close()
	}
	return p.CloseIdle(nil, wire.CloseByCaller, now)
}

// shut marks the pool as closed, ends all waits, and returns the connections.
func (p *Pool) shut() (conns []*Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed && p.done != nil {
		close(p.done)
	}
	p.closed = true
	for _, r := range slices.Backward(p.routes) {
		conns = append(conns, r.conns...)
		for len(r.waiters) > 0 {
			w := r.waiters[0]
			w.remove()
			close(w.ready)
		}
		p.forget(r)
	}
	return conns
}

// Done returns a channel that is closed with the pool.
func (p *Pool) Done() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.done == nil {
		p.done = make(chan struct{})
		if p.closed {
			close(p.done)
		}
	}
	return p.done
}

// Closed reports whether the pool was closed.
func (p *Pool) Closed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

// Size returns how many connections are open, how many of them are idle, and how many
// callers wait.
func (p *Pool) Size() (open, idle, waiting int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open, len(p.idle), p.waiting
}
