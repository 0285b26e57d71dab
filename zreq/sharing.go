package zreq

import "github.com/zreq-go/zreq/zreq/internal/line"

// take implements callSession.
func (s *Session) take(r line.Route, wait bool) (lease, turn, error) {
	p, at := &s.pool, line.Now()
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, nil, ErrClosed
	}
	p.limits = s.Pool
	p.limits.setDefaults()
	sh := s.shelf(&r)
	if sh == nil {
		p.mu.Unlock()
		return nil, nil, errUncomparable
	}
	var gone members
	var w *waiter
	p.expire(at, &gone)
	m := p.grant(sh, &gone)
	if m == nil && wait {
		w = p.enqueue(sh)
	}
	p.tidy(sh)
	p.mu.Unlock()
	s.shed(&gone, nil)
	s.tellOf(&gone, m, w)
	switch {
	case m != nil:
		return m, nil, nil
	case w != nil:
		return nil, w, nil
	}
	return nil, nil, nil
}

// over implements callSession.
func (s *Session) over() bool {
	s.pool.mu.Lock()
	defer s.pool.mu.Unlock()
	return s.pool.closed
}

// shed closes what the pool gives up, and calls those who waited for that. What is
// given up for them is closed, too, and comes behind the rest.
func (s *Session) shed(gone *members, served *waiter) {
	p := &s.pool
	for from := gone.first; from != nil; {
		for m := from; m != nil; m = m.newer {
			m.conn.Drop()
		}
		served.call()
		last := gone.last
		p.mu.Lock()
		for m := from; m != nil; m = m.newer {
			if !m.removed {
				p.remove(m)
				p.tidy(m.shelf)
			}
		}
		served = p.serve(gone)
		p.mu.Unlock()
		from = last.newer
	}
	served.call()
}

// tellOf tells of connections that are closed. If that panics, m goes back and w leaves
// the queue, of which either may be none.
func (s *Session) tellOf(gone *members, m *member, w *waiter) {
	if s.Trace == nil || gone.first == nil {
		return
	}
	told := false
	defer func() {
		if !told && m != nil {
			m.give(CloseFailed)
		}
		if !told && w != nil {
			w.leave()
		}
	}()
	for l := gone.first; l != nil; l = l.newer {
		if l.why != CloseNone {
			s.Trace.Trace(Event{
				Kind: EventClose, URL: l.conn.Origin.String(), Address: string(l.conn.AppendAddress(nil)), Reason: l.why,
			})
		}
	}
	told = true
}

// CloseIdle closes the connections that no call is using.
func (s *Session) CloseIdle() {
	if s == nil {
		return
	}
	var gone members
	s.pool.mu.Lock()
	s.pool.clear(&gone)
	s.pool.mu.Unlock()
	s.shed(&gone, nil)
	s.tellOf(&gone, nil, nil)
}

// Close closes all connections and ends the Session. Calls that are under way or waiting,
// and all later calls, fail with ErrClosed. Closing a Session twice, or a nil Session,
// does nothing.
func (s *Session) Close() error {
	if s == nil {
		return nil
	}
	p := &s.pool
	var gone members
	var used []*member
	var waiting *waiter
	p.mu.Lock()
	p.closed = true
	p.clear(&gone)
	for _, sh := range p.shelves {
		for ; sh != nil; sh = sh.next {
			used = append(used, sh.all...)
			for w := sh.first; w != nil; w = sh.first {
				p.queue.remove(w)
				w.newer, waiting = waiting, w
			}
		}
	}
	if p.pausing != nil {
		close(p.pausing)
		p.pausing = nil
	}
	p.mu.Unlock()
	waiting.call()
	for _, m := range used {
		m.conn.Close()
	}
	s.shed(&gone, nil)
	s.tellOf(&gone, nil, nil)
	return nil
}
