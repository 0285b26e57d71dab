// Package memory measures what clients hold: per idle connection, while a long body comes, and
// at their peak.
//
// Nothing is measured in the process of the caller, where other things come and go. Idle
// connections and streams have each a process of the same program, which is why its main
// calls Main first; peaks have the smallest program of each client, in folder programs,
// for a program is weighed with all that is linked into it.
package memory

import (
	"fmt"
	"slices"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/benchmarks/jobs"
)

// The groups of the cases.
const (
	Kept    = "kept connection"
	Scale   = "many origins"
	Growing = "heap while streaming"
	Peak    = "peak of a process"
)

// Cases are all.
func Cases(w *jobs.World) []bench.Case {
	return slices.Concat(idles(w), []bench.Case{growth(w), scale(w)}, peaks(w))
}

// idles are kept connections: 1,000 and 10,000, plain and over TLS. If short, fewer.
func idles(w *jobs.World) []bench.Case {
	counts := []int{1_000, 10_000}
	if w.Short {
		counts = counts[:1]
	}
	var cases []bench.Case
	for _, n := range counts {
		for _, t := range []task{{Kind: Kept, N: n}, {Kind: Kept, N: n, TLS: true}} {
			name := fmt.Sprintf("%d, plain", n)
			if t.TLS {
				name = fmt.Sprintf("%d, TLS", n)
				if w.Short {
					t.N, name = n/5, fmt.Sprintf("%d, TLS", n/5)
				}
			}
			// The least counts: what the runtime takes for itself, in pieces that are much to a
			// thousand connections, can only add to it. Of ten thousand one is enough, and
			// over TLS, where there is much more of everything.
			rounds := 9
			if w.Short {
				rounds = 3
			}
			if n > 1_000 || t.TLS {
				rounds = 1
			}
			t.Task = client.Task{Path: "/bytes/13", Length: 13, Chunk: 12, Conns: t.N} // over a chunk: it is streamed
			cases = append(cases, t.of(w, name, rounds, "raw", "zreq", "zreq Session", "net/http", "fasthttp", "resty"))
		}
	}
	return cases
}

// Stream is the case of a long body in chunks of 512 bytes: of 1 GiB, or, if short, 256 MiB.
const Stream = "in chunks of 512 B"

func growth(w *jobs.World) bench.Case {
	t := task{Kind: Growing}
	t.Task = client.Task{Length: 1 << 30, Chunk: 512, Fresh: true}
	if w.Short {
		t.Length = 256 << 20
	}
	t.Path = fmt.Sprintf("/bytes/%d", t.Length)
	return t.of(w, Stream, 1, "raw", "zreq", "net/http")
}

// perOrigin is how many connections each of many origins has.
const perOrigin = 10

// scale is 10,000 connections of one client to 1,000 origins, with a server of their own. If
// short, a tenth of both.
func scale(w *jobs.World) bench.Case {
	origins := 1_000
	if w.Short {
		origins = 100
	}
	t := task{Kind: Scale, N: origins * perOrigin}
	t.Task = client.Task{Path: "/bytes/13", Length: 13, Chunk: 12, Conns: perOrigin, Many: origins}
	return t.of(w, fmt.Sprintf("%d connections to %d origins", t.N, origins), 3, "zreq Session", "net/http", "fasthttp")
}

// of is the case of a task.
func (t task) of(w *jobs.World, name string, rounds int, clients ...string) bench.Case {
	c := bench.Case{Group: t.Kind, Name: name, Rounds: rounds}
	for _, name := range clients {
		t.Client = name
		if t.Address = w.Origin.Plain; t.TLS {
			t.Address, t.Roots = w.Origin.TLS, w.Origin.Roots
		}
		take := t.run
		c.Clients = append(c.Clients, bench.Maker{Name: name, Make: func() (bench.Client, error) {
			return bench.Client{Take: take}, nil
		}})
	}
	return c
}
