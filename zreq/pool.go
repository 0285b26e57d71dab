package zreq

import (
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
// Nobody waits who could be served. So who comes later does not overtake, and a
// connection that comes back serves one at most.
type pool struct {
	mu      sync.Mutex // guards what follows, and what hangs on it
	closed  bool
	shelves map[shelfKey]*shelf
	open    int
	idle    int
	queue   queue
	pausing chan struct{} // closed with the Session; nil: nobody pauses
}

// leaver is a connection that the pool gives up. Its socket is closed without the
// lock, and before another is opened in its place: a chip may have no more.
type leaver struct {
	member *member
	why    CloseReason
}

// grant returns a connection for r, an idle one or one that is to be dialled; nil if
// the limits have none.
func (s *Session) grant(r *route, limits *PoolLimits, at time.Time, gone []leaver) (*member, []leaver) {
	p, key := &s.pool, r.key()
	sh := p.shelves[key]
	if sh == nil {
		sh = &shelf{key: key}
	}
	gone = p.expire(sh, limits.IdleAge, at, gone)
	if m := p.pop(sh, at); m != nil {
		return m, gone
	}
	if !below(len(sh.all), limits.OpenPerOrigin) {
		return nil, gone
	}
	if !below(p.open, limits.Open) {
		oldest := p.oldest()
		if oldest == nil {
			return nil, gone
		}
		gone = append(gone, p.evict(oldest, CloseEvicted))
	}
	m := &member{session: s, conn: Connection{route: *r}}
	m.conn.owner = m
	p.add(m, sh)
	return m, gone
}

// add puts a new one, which is not idle, on a shelf.
func (p *pool) add(m *member, sh *shelf) {
	if p.shelves == nil {
		p.shelves = make(map[shelfKey]*shelf)
	}
	if p.shelves[sh.key] == nil {
		sh.key.host = string([]byte(sh.key.host)) // and not all of a URL
		p.shelves[sh.key] = sh
	}
	m.shelf, m.place, m.conn.at.host = sh, len(sh.all), sh.key.host
	sh.all = append(sh.all, m)
	p.open++
}

// remove takes one, which is not idle, out of its shelf.
func (p *pool) remove(m *member) {
	sh := m.shelf
	last := len(sh.all) - 1
	sh.all[m.place] = sh.all[last]
	sh.all[m.place].place = m.place
	sh.all[last] = nil
	sh.all = sh.all[:last]
	p.open--
	if last == 0 {
		delete(p.shelves, sh.key)
	}
}

// push makes one idle.
func (p *pool) push(m *member, at time.Time) {
	m.since = at
	m.shelf.idle = append(m.shelf.idle, m)
	p.idle++
}

// pop takes the one that was used last, which is the likeliest to be alive; nil if
// none is idle.
func (p *pool) pop(sh *shelf, at time.Time) *member {
	last := len(sh.idle) - 1
	if last < 0 {
		return nil
	}
	m := sh.idle[last]
	sh.idle[last] = nil
	sh.idle = sh.idle[:last]
	p.idle--
	m.rested = at.Sub(m.since)
	return m
}

// evict takes out the one that has been idle longest.
func (p *pool) evict(sh *shelf, why CloseReason) leaver {
	m := sh.idle[0]
	n := copy(sh.idle, sh.idle[1:])
	sh.idle[n] = nil
	sh.idle = sh.idle[:n]
	p.idle--
	p.remove(m)
	return leaver{m, why}
}

// expire takes out those that have been idle for too long.
func (p *pool) expire(sh *shelf, age time.Duration, at time.Time, gone []leaver) []leaver {
	for age >= 0 && len(sh.idle) > 0 && at.Sub(sh.idle[0].since) > age {
		gone = append(gone, p.evict(sh, CloseAged))
	}
	return gone
}

// trim takes out what the limits do not allow to be idle, now that one more is.
func (p *pool) trim(sh *shelf, limits *PoolLimits, gone []leaver) []leaver {
	switch {
	case len(sh.idle) > limits.IdlePerOrigin:
		gone = append(gone, p.evict(sh, CloseEvicted))
	case p.idle > limits.Idle:
		gone = append(gone, p.evict(p.oldest(), CloseEvicted))
	}
	return gone
}

// oldest returns the shelf with the one that has been idle longest; nil if none is.
func (p *pool) oldest() (of *shelf) {
	for _, sh := range p.shelves {
		if len(sh.idle) > 0 && (of == nil || sh.idle[0].since.Before(of.idle[0].since)) {
			of = sh
		}
	}
	return of
}

// clear takes out all that are idle.
func (p *pool) clear() (gone []leaver) {
	for _, sh := range p.shelves {
		for len(sh.idle) > 0 {
			gone = append(gone, p.evict(sh, CloseByCaller))
		}
	}
	return gone
}

func (p *pool) size() (open, idle, waiting int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open, p.idle, p.queue.length
}
