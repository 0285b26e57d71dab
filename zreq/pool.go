package zreq

import (
	"sync"
	"time"
)

// PoolLimits limits the connections of a [Session]. A zero field has its default.
type PoolLimits struct {
	// Open limits how many connections are open, including idle ones. If another one is
	// needed, the one that has been idle longest is closed. Default 64. If negative,
	// there is no limit.
	Open int
	// OpenPerOrigin limits how many connections are open to one origin. Default 8. If
	// negative, there is no limit.
	OpenPerOrigin int
	// Idle limits how many connections are kept between calls. Default 16. If negative,
	// none is kept.
	Idle int
	// IdlePerOrigin limits how many connections to one origin are kept. Default 8. If
	// negative, none is kept.
	IdlePerOrigin int
	// IdleAge is how long a connection may be idle and still be used again. A long time
	// is as safe as a short one, but NATs forget connections. If the server gives a
	// shorter time by Keep-Alive, that applies. Default 90 s. If negative, there is no
	// limit.
	IdleAge time.Duration
	// Requests limits how many requests a connection carries, so that the client notices
	// a new address or certificate of the server. Default 1000. If negative, there is no
	// limit.
	Requests int
}

func (l *PoolLimits) setDefaults() {
	inherit(&l.Open, 64)
	inherit(&l.OpenPerOrigin, 8)
	inherit(&l.Idle, 16)
	inherit(&l.IdlePerOrigin, 8)
	inherit(&l.IdleAge, 90*time.Second)
	inherit(&l.Requests, 1000)
	l.Idle, l.IdlePerOrigin = max(0, l.Idle), max(0, l.IdlePerOrigin)
}

// below reports whether n is below a limit, of which a negative one is none.
func below(n, limit int) bool { return limit < 0 || n < limit }

// pool holds the connections of a Session and those who wait for one.
//
// Nobody waits who could be served, so that who comes later does not overtake: serve
// follows whatever makes room, or a connection idle, before the lock is free again.
type pool struct {
	mu      sync.Mutex // guards what follows, and what hangs on it
	closed  bool
	limits  PoolLimits        // those of the Session, with the defaults
	shelves map[string]*shelf // by host
	open    int
	idle    members
	queue   queue
	grants  int           // that were asked for
	pausing chan struct{} // closed with the Session; nil: nobody pauses
}

// grant returns a connection of a shelf, an idle one or one that is to be dialled when
// gone has been closed; nil if the limits have none.
//
// Of what the pool gives up, the sockets are closed without the lock. Until that is
// done it counts, for a chip may have no more; but if another took its place, that one
// is dialled after it.
func (p *pool) grant(sh *shelf, gone *members) *member {
	p.grants++
	if m := sh.pop(); m != nil {
		p.idle.remove(m)
		return m
	}
	switch {
	case p.replace(gone, sh):
	case p.full(sh):
		return nil
	case below(p.open, p.limits.Open):
	case p.replace(gone, nil):
	case p.idle.first == nil:
		return nil
	default:
		p.evict(p.idle.first, CloseEvicted, gone)
		p.replace(gone, nil)
	}
	m := new(member)
	m.conn.Route, m.shelf, m.place = &sh.route, sh, len(sh.all)
	sh.all = append(sh.all, m)
	p.open++
	return m
}

// replace gives the place of one of gone to another: of the same shelf; or of any, which
// is nil, among all, and then its own shelf has it until it is closed. It reports whether
// there was one.
func (p *pool) replace(gone *members, sh *shelf) bool {
	for m := gone.first; m != nil; m = m.newer {
		if m.removed || m.uncounted || sh != nil && sh != m.shelf {
			continue
		}
		if sh != nil {
			p.remove(m)
		} else {
			m.uncounted = true
			p.open--
		}
		return true
	}
	return false
}

// full reports whether a shelf has as many as one may have.
func (p *pool) full(sh *shelf) bool { return !below(len(sh.all), p.limits.OpenPerOrigin) }

// serve grants the turns that can be granted, in their order. Of those it returns the
// first; the others follow it.
func (p *pool) serve(gone *members) (served *waiter) {
	end := &served
	for len(p.queue.hopeful) > 0 {
		sh := p.queue.hopeful[0]
		m := p.grant(sh, gone)
		if m == nil {
			if !p.full(sh) {
				break // for want of room in the pool, which no other has either
			}
			p.queue.despair(sh)
			continue
		}
		w := sh.first
		p.queue.remove(w)
		w.got = m
		*end, end = w, &w.newer
	}
	return served
}

// remove takes one, which is not idle, out of its shelf.
func (p *pool) remove(m *member) {
	sh, last := m.shelf, len(m.shelf.all)-1
	m.removed = true
	if !m.uncounted {
		p.open--
	}
	sh.all[m.place] = sh.all[last]
	sh.all[m.place].place = m.place
	sh.all[last] = nil
	sh.all = sh.all[:last]
	p.queue.hope(sh)
}

// keep makes one idle.
func (p *pool) keep(m *member, at time.Time) {
	m.since = at
	m.shelf.idle = append(m.shelf.idle, m)
	p.idle.push(m)
	p.queue.hope(m.shelf)
}

// evict gives up one that is idle, the oldest of its shelf.
func (p *pool) evict(m *member, why CloseReason, gone *members) {
	sh := m.shelf
	n := copy(sh.idle, sh.idle[1:])
	sh.idle[n] = nil
	sh.idle = sh.idle[:n]
	p.idle.remove(m)
	m.why = why
	gone.push(m)
}

// expire gives up those that have been idle for too long.
func (p *pool) expire(at time.Time, gone *members) {
	age := p.limits.IdleAge
	for m := p.idle.first; m != nil && age >= 0 && at.Sub(m.since) > age; m = p.idle.first {
		p.evict(m, CloseAged, gone)
	}
}

// trim gives up what the limits do not allow to be idle.
func (p *pool) trim(sh *shelf, gone *members) {
	switch {
	case len(sh.idle) > p.limits.IdlePerOrigin:
		p.evict(sh.idle[0], CloseEvicted, gone)
	case p.idle.length > p.limits.Idle:
		p.evict(p.idle.first, CloseEvicted, gone)
	}
}

// clear gives up all that are idle.
func (p *pool) clear(gone *members) {
	for p.idle.first != nil {
		p.evict(p.idle.first, CloseByCaller, gone)
	}
}

func (p *pool) size() (open, idle, waiting int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open, p.idle.length, p.queue.length
}

// closing returns a channel that is closed with the Session.
func (p *pool) closing() (<-chan struct{}, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, ErrClosed
	}
	if p.pausing == nil {
		p.pausing = make(chan struct{})
	}
	return p.pausing, nil
}
