package zreq

import (
	"time"

	"github.com/zreq-go/zreq/zreq/internal/line"
)

// member is a connection of a pool.
type member struct {
	conn line.Line

	// The lock of the pool guards these, but for since while a call has it.
	shelf        *shelf
	place        int // in shelf.all
	removed      bool
	uncounted    bool        // in pool.open: another has its place there
	lent         bool        // the call has returned, and its Response still reads from it
	why          CloseReason // it is given up, if that is to be told
	since        time.Time   // it is idle
	older, newer *member     // of members
}

var _ lease = (*member)(nil)

func (m *member) line() *line.Line { return &m.conn }

// idle implements lease.
func (m *member) idle() (d time.Duration) {
	if !m.since.IsZero() {
		d = line.Now().Sub(m.since)
	}
	m.since = time.Time{}
	return d
}

// lend implements lease.
func (m *member) lend() {
	p := &m.shelf.session.pool
	p.mu.Lock()
	m.lent = true
	p.mu.Unlock()
}

// another implements lease.
func (m *member) another() lease {
	s := m.shelf.session
	p, at := &s.pool, line.Now()
	var gone members
	p.mu.Lock()
	p.expire(at, &gone)
	instead := m.shelf.pop()
	if instead == nil {
		instead = m
	} else {
		p.idle.remove(instead)
		gone.push(m) // of which the call has told
	}
	p.mu.Unlock()
	s.shed(&gone, nil)
	s.tellOf(&gone, instead, nil)
	return instead
}

// give implements lease.
func (m *member) give(why CloseReason) CloseReason {
	s := m.shelf.session
	p, at := &s.pool, line.Now()
	var gone members
	requests, open := m.conn.Carried()
	p.mu.Lock()
	m.lent = false
	if why == CloseNone && !below(requests, p.limits.Requests) {
		why = CloseWorn
	}
	if m.removed {
		p.mu.Unlock()
		return why
	}
	if p.closed && why == CloseNone {
		why = CloseByCaller
	}
	p.expire(at, &gone)
	kept := open && why == CloseNone
	if kept {
		p.keep(m, at)
	} else {
		gone.push(m)
		p.queue.hope(m.shelf) // for its place
	}
	served := p.serve(&gone)
	if kept && served == nil {
		p.trim(m.shelf, &gone)
	}
	if kept {
		why, m.why = m.why, CloseNone // the call tells
	}
	p.mu.Unlock()
	s.shed(&gone, served)
	s.tellOf(&gone, nil, nil)
	return why
}
