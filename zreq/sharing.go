package zreq

import "time"

// take implements keeper.
func (s *Session) take(r route) (*Connection, turn, error) {
	p, limits, at := &s.pool, s.Pool.withDefaults(), now()
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, nil, ErrClosed
	}
	m, gone := s.grant(&r, &limits, at, nil)
	if m == nil {
		w := &waiter{session: s, route: r, ready: make(chan struct{})}
		p.queue.push(w)
		p.mu.Unlock()
		s.shed(gone, nil)
		return nil, w, nil
	}
	p.mu.Unlock()
	s.shed(gone, nil)
	return &m.conn, nil, nil
}

// serve grants the first turn that can be granted.
func (s *Session) serve(limits *PoolLimits, at time.Time, gone []leaver) (*waiter, []leaver) {
	for w := s.pool.queue.first; w != nil; w = w.next {
		if w.got, gone = s.grant(&w.route, limits, at, gone); w.got != nil {
			s.pool.queue.remove(w)
			return w, gone
		}
	}
	return nil, gone
}

// shed closes connections that the pool gave up. Of the caller's own the call tells.
func (s *Session) shed(gone []leaver, own *member) {
	for _, l := range gone {
		c := &l.member.conn
		c.drop()
		if s.Trace != nil && l.member != own {
			s.Trace.Trace(Event{
				Kind: EventClose, URL: c.Origin(), Address: string(c.at.appendAddress(nil)), Reason: l.why,
			})
		}
	}
}

// CloseIdle closes the connections that no call has.
func (s *Session) CloseIdle() {
	s.pool.mu.Lock()
	gone := s.pool.clear()
	s.pool.mu.Unlock()
	s.shed(gone, nil)
}

// Close closes all connections and ends the Session. Calls that are under way, or
// wait, or come later, fail with ErrClosed. Closing twice is harmless.
func (s *Session) Close() error {
	p := &s.pool
	var used []*member
	p.mu.Lock()
	p.closed = true
	gone := p.clear()
	for _, sh := range p.shelves {
		used = append(used, sh.all...)
	}
	waiting := p.queue.first
	p.queue = queue{}
	for w := waiting; w != nil; w = w.next {
		w.err, w.queued = ErrClosed, false
	}
	if p.pausing != nil {
		close(p.pausing)
		p.pausing = nil
	}
	p.mu.Unlock()
	for _, m := range used {
		_ = m.conn.Close()
	}
	s.shed(gone, nil)
	for w := waiting; w != nil; w = w.next {
		w.call()
	}
	return nil
}
