package zreq

import (
	"github.com/zreq-go/zreq/zreq/internal/ascii"
	"github.com/zreq-go/zreq/zreq/internal/line"
)

// shelf is the connections of a pool that may be shared: those of one route. The pool
// has it while it has a connection, or somebody waits for one, or the pool is closed.
type shelf struct {
	session *Session
	route   line.Route // its host is in lower case
	next    *shelf     // of the same host
	all     []*member
	idle    []*member // of those; the one that was used last comes last

	first, last *waiter // for one of these
	rank        int     // in queue.hopeful, from 1; 0: it is not there
}

// leads reports whether connections over r may be shared with those of the shelf, if
// the host is the same.
func (sh *shelf) leads(r *line.Route) bool {
	own := &sh.route
	return own.Zone == r.Zone && own.Port == r.Port && own.HTTPS == r.HTTPS && own.Driver == r.Driver && own.TLS == r.TLS
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
func (s *Session) shelf(r *line.Route) *shelf {
	p, host := &s.pool, ascii.ToLower(r.Host)
	sh, comparable := p.find(host, r)
	if sh != nil || !comparable {
		return sh
	}
	if p.shelves == nil {
		p.shelves = make(map[string]*shelf)
	}
	host = string([]byte(host)) // and not all of a URL
	sh = &shelf{session: s, route: *r, next: p.shelves[host]}
	sh.route.Host, sh.route.Zone = host, string([]byte(r.Zone))
	p.shelves[host] = sh
	return sh
}

// find returns the shelf for r, if there is one, and reports whether r can be told
// from other routes.
func (p *pool) find(host string, r *line.Route) (found *shelf, comparable bool) {
	defer func() { _ = recover() }() // of what has no ==
	for sh := p.shelves[host]; sh != nil; sh = sh.next {
		if sh.leads(r) {
			return sh, true
		}
	}
	return nil, r.Driver == r.Driver && r.TLS == r.TLS
}

// tidy forgets a shelf, which it has, if that has no connection and nobody waits there.
func (p *pool) tidy(sh *shelf) {
	if len(sh.all) > 0 || sh.first != nil {
		return
	}
	host := sh.route.Host
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
