package pool

import (
	"slices"
	"time"

	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/wire"
)

// A Conn is a connection of a Pool. A call has it from Take, Enqueue, Await or Replace
// until Return. If it has no socket, the call dials.
type Conn struct {
	line.Line

	route     *route
	waiter    *Waiter      // by which a call got it
	taken     line.Instant // when a call last took it
	since     line.Instant // when it last became idle; only the call that has the Conn uses it
	state     state
	streaming bool             // an open Stream reads from it
	replaced  bool             // it is being closed, and another connection counts in its place
	why       wire.CloseReason // why it is being closed; CloseNone if nobody needs to know
}

type state uint8

const (
	used state = iota
	idle
	closing
	gone
)

// grant gives a caller what choose has found.
func (p *Pool) grant(s *step, r *route, from *Conn) *Conn {
	p.served++
	c := from
	switch {
	case from == nil:
		c = p.add(r)
	case from.route != r:
		p.noteMove(r, from, s.now)
		p.evict(s, from, wire.CloseEvicted)
		from.replaced = true
		from.route.replaced++
		p.open--
		c = p.add(r)
	default:
		p.unidle(c)
	}
	c.state, c.taken = used, s.now
	return c
}

// add adds a connection to a route.
func (p *Pool) add(r *route) *Conn {
	c := &Conn{route: r}
	c.Route = &r.Route
	r.conns = append(r.conns, c)
	p.open++
	return c
}

// remove removes a connection that has been closed.
func (p *Pool) remove(c *Conn) {
	r := c.route
	c.state = gone
	if c.replaced {
		r.replaced--
	} else {
		p.open--
	}
	r.conns = without(r.conns, c)
	p.forget(r)
}

// keep makes a connection idle.
func (p *Pool) keep(c *Conn, now line.Instant) {
	c.state, c.since = idle, now
	c.route.idle++
	p.idle = append(p.idle, c)
}

// unidle takes an idle connection out of the list.
func (p *Pool) unidle(c *Conn) {
	p.idle = without(p.idle, c)
	c.route.idle--
}

// evict closes an idle connection.
func (p *Pool) evict(s *step, c *Conn, why wire.CloseReason) {
	p.unidle(c)
	s.close(c, why)
}

// close notes that a connection is to be closed. It counts until it is.
func (s *step) close(c *Conn, why wire.CloseReason) {
	c.state, c.why = closing, why
	s.closing = append(s.closing, c)
}

// expire closes the connections that have been idle for too long.
func (p *Pool) expire(s *step) {
	age := p.limits.IdleAge
	for age >= 0 && len(p.idle) > 0 && s.now.Sub(p.idle[0].since) > age {
		p.evict(s, p.idle[0], wire.CloseAged)
	}
}

// trim closes the connections that exceed the limits on idle ones. While a caller waits
// for a place, Idle may be exceeded: to close a connection then would only make that
// caller dial.
func (p *Pool) trim(s *step) {
	for _, r := range p.routes {
		for r.idle > p.limits.IdlePerOrigin {
			oldest := slices.IndexFunc(p.idle, func(c *Conn) bool { return c.route == r })
			p.evict(s, p.idle[oldest], wire.CloseEvicted)
		}
	}
	for len(p.idle) > p.limits.Idle && (p.limits.Idle == 0 || !p.crowded()) {
		p.evict(s, p.idle[0], wire.CloseEvicted)
	}
}

// newest returns the idle connection of a route that was used last, because it is the
// likeliest to be alive. It returns nil if none is idle.
func (r *route) newest() *Conn {
	if r.idle > 0 {
		for _, c := range slices.Backward(r.pool.idle) {
			if c.route == r {
				return c
			}
		}
	}
	return nil
}

// Return gives the connection back to the pool, which keeps it if why is CloseNone and the
// limits allow that. Return reports why the connection was closed, and CloseNone if it was
// kept or had no socket. A second Return does nothing.
func (c *Conn) Return(why wire.CloseReason, now line.Instant) (wire.CloseReason, []Closed) {
	p := c.route.pool
	requests, open := c.Carried()
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.state != used {
		return why, nil
	}
	switch {
	case why != wire.CloseNone:
	case !below(requests, p.limits.Requests):
		why = wire.CloseWorn
	case p.closed:
		why = wire.CloseByCaller
	}
	c.streaming = false
	p.spareWaiter(c)
	s := step{now: now, returned: c}
	p.expire(&s)
	if open && why == wire.CloseNone {
		p.keep(c, now)
	} else {
		s.close(c, why)
	}
	p.finish(&s)
	if why == wire.CloseNone {
		why = s.why
	}
	return why, s.closed
}

// Replace is for a call that found its connection dead. It returns another idle connection
// of the route, or c itself if there is none: then the call dials.
func (c *Conn) Replace(now line.Instant) (*Conn, []Closed) {
	p := c.route.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	s := step{now: now}
	p.expire(&s)
	other := c.route.newest()
	if other == nil {
		other = c
	} else {
		p.unidle(other)
		other.state, other.taken = used, now
		s.close(c, wire.CloseNone) // the call has reported that
	}
	p.finish(&s)
	return other, s.closed
}

// MakeRoom closes the connection that has been idle longest, because the driver has no
// socket left for c. One of the same driver goes first. MakeRoom reports whether there was
// one.
func (c *Conn) MakeRoom(now line.Instant) (bool, []Closed) {
	p := c.route.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	s := step{now: now}
	oldest := p.oldest(c.route, true)
	if oldest == nil {
		oldest = p.oldest(c.route, false)
	}
	if oldest != nil {
		p.evict(&s, oldest, wire.CloseEvicted)
	}
	p.finish(&s)
	return oldest != nil, s.closed
}

// Idle returns how long the connection had been idle when the call took it. It returns 0
// when it is called again, and for a new connection.
func (c *Conn) Idle(now line.Instant) (d time.Duration) {
	if !c.since.IsZero() {
		d = now.Sub(c.since)
	}
	c.since = line.Instant{}
	return d
}

// Streaming notes that the call has returned with an open Stream, for Shortage.
func (c *Conn) Streaming() {
	c.route.pool.mu.Lock()
	defer c.route.pool.mu.Unlock()
	c.streaming = true
}
