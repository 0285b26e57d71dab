package zreq

// shelf is the connections of a pool that may be shared: those of one route. The pool
// has it while it has a connection, or somebody waits for one, or the pool is closed.
type shelf struct {
	session *Session
	route   route  // its host is in lower case
	next    *shelf // of the same host
	all     []*member
	idle    []*member // of those; the one that was used last comes last

	first, last *waiter // for one of these
	rank        int     // in queue.hopeful, from 1; 0: it is not there
}

// leads reports whether connections over r may be shared with those of the shelf, if
// the host is the same.
func (sh *shelf) leads(r *route) bool {
	own := &sh.route
	return own.at.zone == r.at.zone && own.at.port == r.at.port && own.at.https == r.at.https && own.driver == r.driver && own.tls == r.tls
}

// pop takes the one that was used last, which is the likeliest to be alive; nil if
// none is idle.
func (sh *shelf) pop() *member {
	last := len(sh.idle) - 1
	if last < 0 {
		return nil
	}
	m := sh.idle[last]
	sh.idle[last] = nil
	sh.idle = sh.idle[:last]
	return m
}

// shelf returns the one for r, which may be a new one; nil if the Driver or the TLS
// cannot be compared.
func (s *Session) shelf(r *route) *shelf {
	p, host := &s.pool, lowered(r.at.host)
	sh, comparable := p.find(host, r)
	if sh != nil || !comparable {
		return sh
	}
	if p.shelves == nil {
		p.shelves = make(map[string]*shelf)
	}
	host = string([]byte(host)) // and not all of a URL
	sh = &shelf{session: s, route: *r, next: p.shelves[host]}
	sh.route.at.host, sh.route.at.zone = host, string([]byte(r.at.zone))
	p.shelves[host] = sh
	return sh
}

// find returns the shelf for r, if there is one, and reports whether r can be told
// from other routes.
func (p *pool) find(host string, r *route) (found *shelf, comparable bool) {
	defer func() { _ = recover() }() // of what has no ==
	for sh := p.shelves[host]; sh != nil; sh = sh.next {
		if sh.leads(r) {
			return sh, true
		}
	}
	return nil, r.driver == r.driver && r.tls == r.tls
}

// tidy forgets a shelf, which it has, if that has no connection and nobody waits there.
func (p *pool) tidy(sh *shelf) {
	if len(sh.all) > 0 || sh.first != nil {
		return
	}
	host := sh.route.at.host
	switch before := p.shelves[host]; {
	case before != sh:
		for before.next != sh {
			before = before.next
		}
		before.next = sh.next
	case sh.next != nil:
		p.shelves[host] = sh.next
	default:
		delete(p.shelves, host)
	}
}

// lowered is s in lower case.
func lowered(s string) string {
	for i := range len(s) {
		if lower(s[i]) == s[i] {
			continue
		}
		p := []byte(s)
		for j := i; j < len(p); j++ {
			p[j] = lower(p[j])
		}
		return string(p)
	}
	return s
}
