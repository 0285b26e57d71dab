package pool

import "github.com/zreq-go/zreq/zreq/internal/line"

// A Shortage says which limit a caller waits for, and what the connections under that
// limit are used for.
type Shortage struct {
	Origin  string // "" if the limit is that of the whole pool
	Sockets bool   // the limit is that of the driver
	Limit   int
	Used    int // connections in use
	Lent    int // how many of those are in use by open Streams
	Idle    int
}

// Shortage returns why the caller has no connection yet.
func (w *Waiter) Shortage() Shortage {
	r, p := w.route, w.route.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.full(r) {
		s := Shortage{Origin: r.String(), Limit: p.limits.OpenPerOrigin}
		s.count(r)
		return s
	}
	s := Shortage{Limit: p.limits.Open}
	if p.scarce(r) {
		s.Sockets, s.Limit = true, r.sockets
	}
	for _, other := range p.routes {
		if same, _ := line.Equal(r.Driver, other.Driver); same || !s.Sockets {
			s.count(other)
		}
	}
	return s
}

// count adds the connections of a route.
func (s *Shortage) count(r *route) {
	s.Idle += r.idle
	s.Used += len(r.conns) - r.idle
	for _, c := range r.conns {
		if c.streaming {
			s.Lent++
		}
	}
}
