package zreq

import (
	"container/list"
	"sync"
	"time"
)

// PoolLimits bound the connections of a [Session].
type PoolLimits struct {
	// Open bounds the connections that are open at once, idle ones included. Where
	// one too many is needed, the one that has been idle longest makes room. Default
	// 64; negative: no limit.
	Open int
	// OpenPerOrigin bounds those to one origin. Default 8; negative: no limit.
	OpenPerOrigin int
	// Idle bounds those that are kept between calls. Default 16; negative: none is.
	Idle int
	// IdlePerOrigin bounds those to one origin. Default 8; negative: none is kept.
	IdlePerOrigin int
	// IdleAge is how long one may have been idle and be used again. It is no less
	// safe for being long, but NATs forget. Default 90 s; negative: no limit.
	IdleAge time.Duration
	// Requests bounds how many a connection carries, so that a change of the address,
	// or of the certificate, is noticed. Default 1000; negative: no limit.
	Requests int
}

func (l *PoolLimits) withDefaults() PoolLimits {
	own := *l
	inherit(&own.Open, 64)
	inherit(&own.OpenPerOrigin, 8)
	inherit(&own.Idle, 16)
	inherit(&own.IdlePerOrigin, 8)
	inherit(&own.IdleAge, 90*time.Second)
	inherit(&own.Requests, 1000)
	own.Idle, own.IdlePerOrigin = max(0, own.Idle), max(0, own.IdlePerOrigin)
	return own
}

// below reports whether n is below a limit, of which a negative one is none.
func below(n, limit int) bool { return limit < 0 || n < limit }

// pool holds the connections of a Session and those who wait for one.
//
// Nobody waits who could be served, so that who comes later does not overtake.
type pool struct {
	mu      sync.Mutex // guards what follows, and what hangs on it
	closed  bool
	shelves map[shelfKey]*shelf
	open    int
	idle    idlers
	queue   list.List     // of *waiter, in the order in which they came
	pausing chan struct{} // closed with the Session; nil: nobody pauses
}

// leaver is a connection that the pool gives up. Its socket is closed without the
// lock. Until that is done it counts, for a chip may have no more; but if another took
// its place, that one is dialled after it.
type leaver struct {
	*member
	why CloseReason
}

// grant returns a connection for r, an idle one or one that is to be dialled when gone
// has been closed; nil if the limits have none.
func (s *Session) grant(r *route, limits *PoolLimits, gone []leaver) (*member, []leaver) {
	p, key := &s.pool, r.key()
	sh := p.shelves[key]
	if sh == nil {
		key.host = string([]byte(key.host)) // and not all of a URL
		sh = &shelf{session: s, key: key, route: *r}
		sh.route.at.host = key.host
	}
	if m := sh.pop(); m != nil {
		p.idle.remove(m)
		return m, gone
	}
	switch {
	case sh.replace(gone):
	case !below(len(sh.all), limits.OpenPerOrigin):
		return nil, gone
	case below(p.open, limits.Open):
	case p.replace(gone):
	case p.idle.first == nil:
		return nil, gone
	default:
		gone = append(gone, p.evict(p.idle.first, CloseEvicted))
		p.replace(gone)
	}
	m := new(member)
	m.conn.owner = m
	p.add(m, sh)
	return m, gone
}

// replace gives the place of one of gone to another of the same shelf, and reports
// whether there was one.
func (sh *shelf) replace(gone []leaver) bool {
	for _, l := range gone {
		if l.shelf == sh && !l.removed && !l.uncounted {
			sh.session.pool.remove(l.member)
			return true
		}
	}
	return false
}

// replace gives the place of one of any shelf among all. Its own shelf has it until it
// is closed.
func (p *pool) replace(gone []leaver) bool {
	for _, l := range gone {
		if !l.removed && !l.uncounted {
			l.uncounted = true
			p.open--
			return true
		}
	}
	return false
}

// add puts a new one, which is not idle, on a shelf.
func (p *pool) add(m *member, sh *shelf) {
	if p.shelves == nil {
		p.shelves = make(map[shelfKey]*shelf)
	}
	if p.shelves[sh.key] == nil {
		p.shelves[sh.key] = sh
	}
	m.conn.route, m.shelf, m.place = &sh.route, sh, len(sh.all)
	sh.all = append(sh.all, m)
	p.open++
}

// remove takes one, which is not idle, out of its shelf.
func (p *pool) remove(m *member) {
	sh, last := m.shelf, len(m.shelf.all)-1
	if m.removed {
		return
	}
	m.removed = true
	if !m.uncounted {
		p.open--
	}
	sh.all[m.place] = sh.all[last]
	sh.all[m.place].place = m.place
	sh.all[last] = nil
	sh.all = sh.all[:last]
	if last == 0 {
		delete(p.shelves, sh.key)
	}
}

// keep makes one idle.
func (p *pool) keep(m *member, at time.Time) {
	m.since = at
	m.shelf.idle = append(m.shelf.idle, m)
	p.idle.push(m)
}

// evict ends the idleness of one, which is the oldest of its shelf.
func (p *pool) evict(m *member, why CloseReason) leaver {
	sh := m.shelf
	n := copy(sh.idle, sh.idle[1:])
	sh.idle[n] = nil
	sh.idle = sh.idle[:n]
	p.idle.remove(m)
	return leaver{member: m, why: why}
}

// expire gives up those that have been idle for too long.
func (p *pool) expire(age time.Duration, at time.Time) (gone []leaver) {
	for m := p.idle.first; m != nil && age >= 0 && at.Sub(m.since) > age; m = p.idle.first {
		gone = append(gone, p.evict(m, CloseAged))
	}
	return gone
}

// trim gives up what the limits do not allow to be idle.
func (p *pool) trim(sh *shelf, limits *PoolLimits, gone []leaver) []leaver {
	switch {
	case len(sh.idle) > limits.IdlePerOrigin:
		gone = append(gone, p.evict(sh.idle[0], CloseEvicted))
	case p.idle.length > limits.Idle:
		gone = append(gone, p.evict(p.idle.first, CloseEvicted))
	}
	return gone
}

// clear gives up all that are idle.
func (p *pool) clear() (gone []leaver) {
	for p.idle.first != nil {
		gone = append(gone, p.evict(p.idle.first, CloseByCaller))
	}
	return gone
}

func (p *pool) size() (open, idle, waiting int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open, p.idle.length, p.queue.Len()
}
