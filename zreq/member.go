package zreq

import "time"

// member is a connection of a pool.
type member struct {
	conn Connection

	// The lock of the pool guards these, but for since while a call has it.
	shelf        *shelf
	place        int // in shelf.all
	removed      bool
	uncounted    bool      // in pool.open: another has its place there
	since        time.Time // it is idle
	older, newer *member   // of those that are
}

var _ owner = (*member)(nil)

// idle implements owner.
func (m *member) idle() (d time.Duration) {
	if !m.since.IsZero() {
		d = now().Sub(m.since)
	}
	m.since = time.Time{}
	return d
}

// another implements owner.
func (m *member) another() *Connection {
	s := m.shelf.session
	p, limits := &s.pool, s.Pool.withDefaults()
	p.mu.Lock()
	gone := p.expire(limits.IdleAge, now())
	instead := m.shelf.pop()
	if instead == nil {
		instead = m
	} else {
		p.idle.remove(instead)
		gone = append(gone, leaver{member: m}) // of which the call has told
	}
	p.mu.Unlock()
	s.tellOf(s.shed(gone, nil), instead)
	return &instead.conn
}

// give implements owner.
func (m *member) give(why CloseReason) CloseReason {
	s := m.shelf.session
	p, limits := &s.pool, s.Pool.withDefaults()
	requests, open := m.carried()
	if why == CloseNone && !below(requests, limits.Requests) {
		why = CloseWorn
	}
	p.mu.Lock()
	if m.removed {
		p.mu.Unlock()
		return why
	}
	if p.closed && why == CloseNone {
		why = CloseByCaller
	}
	at := now()
	gone := p.expire(limits.IdleAge, at)
	kept := open && why == CloseNone
	if kept {
		p.keep(m, at)
	} else {
		gone = append(gone, leaver{member: m})
	}
	served, gone := s.serve(&limits, gone)
	if kept && served == nil {
		gone = p.trim(m.shelf, &limits, gone)
	}
	p.mu.Unlock()
	for i := range gone {
		if gone[i].member == m && kept {
			why, gone[i].why = gone[i].why, CloseNone // the call tells
		}
	}
	s.tellOf(s.shed(gone, served), nil)
	return why
}

// carried is how many requests the socket has, and whether there is one.
func (m *member) carried() (requests int, open bool) {
	m.conn.lock()
	if open = m.conn.sock != nil; open {
		requests = m.conn.sock.requests
	}
	m.conn.unlock()
	return requests, open
}
