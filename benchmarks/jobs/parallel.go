package jobs

import (
	"fmt"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// Those who call at once, and the connections that they share.
const (
	callers = 64
	shared  = 8
)

// Parallel are small bodies for many goroutines on few connections.
func Parallel(w *World) []bench.Case {
	var cases []bench.Case
	for _, s := range smalls[:2] {
		cases = append(cases, bench.Case{
			Name:  fmt.Sprintf("GET, %s, %d goroutines on %d connections", s.name, callers, shared),
			Group: "parallel",
			Clients: func() ([]bench.Client, error) {
				f := s.fetch(w)
				f.conns = shared
				together := func(p *peer) (bench.Client, error) { return p.together(callers) }
				return f.clients(together, raw, bySession, netHTTP, fastHTTP, byResty)
			},
		})
	}
	return cases
}
