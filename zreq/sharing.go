package zreq

import "errors"

// take implements keeper.
func (s *Session) take(r route, wait bool) (*Connection, turn, error) {
	if !r.compares() {
		return nil, nil, errUncomparable
	}
	p, limits := &s.pool, s.Pool.withDefaults()
	var w *waiter
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, nil, ErrClosed
	}
	m, gone := s.grant(&r, &limits, p.expire(limits.IdleAge, now()))
	if m == nil && wait {
		w = &waiter{session: s, route: r, ready: make(chan struct{})}
		w.place = p.queue.PushBack(w)
	}
	p.mu.Unlock()
	s.tellOf(s.shed(gone, nil), m)
	switch {
	case m != nil:
		return &m.conn, nil, nil
	case w != nil:
		return nil, w, nil
	}
	return nil, nil, nil
}

var errUncomparable = errors.New("the Driver or the TLS cannot be compared: give pointers")

// compares reports whether connections over r can be told from others.
func (r *route) compares() (ok bool) {
	defer func() { _ = recover() }() // of what has no ==
	return r.driver == r.driver && r.tls == r.tls
}

// over implements keeper.
func (s *Session) over() bool {
	s.pool.mu.Lock()
	defer s.pool.mu.Unlock()
	return s.pool.closed
}

// serve grants the first turn that can be granted.
func (s *Session) serve(limits *PoolLimits, gone []leaver) (*waiter, []leaver) {
	for e := s.pool.queue.Front(); e != nil; e = e.Next() {
		w := e.Value.(*waiter)
		if w.got, gone = s.grant(&w.route, limits, gone); w.got != nil {
			s.pool.dequeue(w)
			return w, gone
		}
	}
	return nil, gone
}

// shed closes what the pool gave up, and calls those who waited for that. It returns
// all that was closed.
func (s *Session) shed(gone []leaver, served *waiter) (all []leaver) {
	if len(gone) == 0 && served == nil {
		return nil // as in most calls
	}
	p, limits := &s.pool, s.Pool.withDefaults()
	for all = gone; len(gone) > 0 || served != nil; all = append(all, gone...) {
		for _, l := range gone {
			l.conn.drop()
		}
		served.call()
		p.mu.Lock()
		for _, l := range gone {
			p.remove(l.member)
		}
		served, gone = s.serve(&limits, nil)
		p.mu.Unlock()
	}
	return all
}

// tellOf tells of connections that are closed. If that panics, m goes back.
func (s *Session) tellOf(gone []leaver, m *member) {
	if s.Trace == nil || len(gone) == 0 {
		return
	}
	told := false
	defer func() {
		if !told && m != nil {
			m.give(CloseFailed)
		}
	}()
	for _, l := range gone {
		if l.why != CloseNone {
			s.Trace.Trace(Event{
				Kind: EventClose, URL: l.conn.Origin(), Address: string(l.conn.at.appendAddress(nil)), Reason: l.why,
			})
		}
	}
	told = true
}

// CloseIdle closes the connections that no call has.
func (s *Session) CloseIdle() {
	s.pool.mu.Lock()
	gone := s.pool.clear()
	s.pool.mu.Unlock()
	s.tellOf(s.shed(gone, nil), nil)
}

// Close closes all connections and ends the Session. Calls that are under way, or
// wait, or come later, fail with ErrClosed. Closing twice is harmless.
func (s *Session) Close() error {
	p := &s.pool
	var used []*member
	var waiting []*waiter
	p.mu.Lock()
	p.closed = true
	gone := p.clear()
	for _, sh := range p.shelves {
		used = append(used, sh.all...)
	}
	for e := p.queue.Front(); e != nil; e = p.queue.Front() {
		w := e.Value.(*waiter)
		p.dequeue(w)
		w.err = ErrClosed
		waiting = append(waiting, w)
	}
	if p.pausing != nil {
		close(p.pausing)
		p.pausing = nil
	}
	p.mu.Unlock()
	for _, w := range waiting {
		w.call()
	}
	for _, m := range used {
		_ = m.conn.Close()
	}
	s.tellOf(s.shed(gone, nil), nil)
	return nil
}
