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
	s := Shortage{Limit: p.limits.Open}
	own := p.full(r)
	switch {
	case own:
		s.Origin, s.Limit = r.Origin.String(), p.limits.OpenPerOrigin
	case p.scarce(r):
		s.Sockets, s.Limit = true, r.sockets
	}
	for _, other := range p.routes {
		same, _ := line.Equal(r.Driver, other.Driver)
		if own && other != r || s.Sockets && !same {
			continue
		}
		s.Idle += other.idle
		s.Used += len(other.conns) - other.idle
		for _, c := range other.conns {
			if c.streaming {
				s.Lent++
			}
		}
	}
	return s
}
