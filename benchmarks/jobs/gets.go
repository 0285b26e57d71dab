package jobs

import (
	"fmt"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// small is a body that comes in one piece.
type small struct {
	name   string
	length int64
	chunk  int
}

var smalls = []small{
	{"13 B", 13, 512},
	{"1 KiB", 1 << 10, 1 << 10},
	{"16 KiB", 16 << 10, 16 << 10},
}

func (s *small) fetch(w *World) fetch {
	return fetch{
		origin: w.Origin, path: fmt.Sprintf("/bytes/%d", s.length),
		length: s.length, chunk: s.chunk, conns: 1,
	}
}

// Gets are small bodies, one after the other: on one connection, and each on its own.
func Gets(w *World) []bench.Case {
	var cases []bench.Case
	for _, s := range smalls {
		cases = append(cases, bench.Case{
			Name:  "GET, " + s.name,
			Group: "keep-alive",
			Clients: func() ([]bench.Client, error) {
				f := s.fetch(w)
				all, err := f.clients((*peer).alone, raw, byZreq, bySession, netHTTP, fastHTTP, byResty)
				return withCurl(w, f, all, err)
			},
		})
	}
	return append(cases, bench.Case{
		Name:  "GET, " + smalls[0].name + ", each on a connection of its own",
		Group: "fresh",
		Clients: func() ([]bench.Client, error) {
			f := smalls[0].fetch(w)
			f.fresh = true
			all, err := f.clients((*peer).alone, raw, byZreq, netHTTP, fastHTTP, byResty)
			return withCurl(w, f, all, err)
		},
	})
}
