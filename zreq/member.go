package zreq

import "time"

// member is a connection of a pool.
type member struct {
	conn    Connection
	session *Session
	shelf   *shelf

	// The lock of the pool guards these.
	place    int // in shelf.all
	requests int // that it has carried
	since    time.Time
	rested   time.Duration // when it was taken last
}

var _ owner = (*member)(nil)

// idle implements owner.
func (m *member) idle() time.Duration { return m.rested }

// another implements owner.
func (m *member) another() *Connection {
	p, limits := &m.session.pool, m.session.Pool.withDefaults()
	at := now()
	p.mu.Lock()
	gone := p.expire(m.shelf, limits.IdleAge, at, nil)
	instead := p.pop(m.shelf, at)
	var served *waiter
	if instead == nil {
		instead = m
	} else {
		p.remove(m)
		served, gone = m.session.serve(&limits, at, gone)
	}
	p.mu.Unlock()
	m.session.shed(gone, nil)
	served.call()
	return &instead.conn
}

// give implements owner.
func (m *member) give(why CloseReason) CloseReason {
	p, limits := &m.session.pool, m.session.Pool.withDefaults()
	if m.requests++; why == CloseNone && !below(m.requests, limits.Requests) {
		why = CloseWorn
	}
	if why != CloseNone {
		m.conn.drop() // before another is opened in its place
	}
	open := m.isOpen()
	at := now()
	p.mu.Lock()
	if open && !p.closed {
		p.push(m, at)
	} else {
		p.remove(m)
	}
	served, gone := m.session.serve(&limits, at, nil)
	if open && served == nil {
		gone = p.trim(m.shelf, &limits, gone)
	}
	p.mu.Unlock()
	for _, l := range gone {
		if l.member == m {
			why = l.why
		}
	}
	m.session.shed(gone, m)
	served.call()
	return why
}

// isOpen reports whether there is a socket.
func (m *member) isOpen() bool {
	m.conn.lock()
	open := m.conn.sock != nil
	m.conn.unlock()
	return open
}
