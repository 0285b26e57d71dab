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

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/benchmarks/jobs"
	"github.com/zreq-go/zreq/benchmarks/process"
)

// The groups of the cases.
const (
	Kept    = "kept connection"
	Scale   = "many origins"
	Growing = "heap while streaming"
	Peak    = "peak of a process"
)

// perOrigin is how many connections each of many origins has.
const perOrigin = 10

// Cases are all: kept connections, 1,000 and 10,000, plain and over TLS; 10,000 to 1,000
// origins, which are a server of their own; a stream of 1 GiB in chunks of 512 bytes; and
// peaks. If short, fewer and less.
func Cases(w *jobs.World) (cases []bench.Case) {
	counts, many, length := []int{1_000, 10_000}, 1_000, int64(1<<30)
	if w.Short {
		counts, many, length = counts[:1], 100, 256<<20
	}
	one := client.Task{Address: w.Origin.Plain, Path: "/bytes/13", Length: 13, Chunk: 12} // over a chunk: it is streamed
	for _, n := range counts {
		// The least counts: what the runtime takes for itself, in pieces that are much to a
		// thousand connections, can only add to it. Of ten thousand one process is enough, and
		// over TLS, where there is much more of everything.
		rounds, secure := 9, one
		if w.Short {
			rounds = 3
		} else if n > 1_000 {
			rounds = 1
		}
		secure.Address, secure.Roots = w.Origin.TLS, w.Origin.Roots
		clients := []string{"raw", "zreq", "zreq Session", "net/http", "fasthttp", "resty"}
		cases = append(cases,
			task{Task: one, Kind: Kept, N: n}.of(fmt.Sprintf("%d, plain", n), rounds, clients...),
			task{Task: secure, Kind: Kept, N: n}.of(fmt.Sprintf("%d, TLS", n), 1, clients...))
	}
	stream := client.Task{Address: w.Origin.Plain, Path: fmt.Sprintf("/bytes/%d", length), Length: length, Chunk: 512, Fresh: true}
	cases = append(cases, task{Task: stream, Kind: Growing}.of("in chunks of 512 B", 1, "raw", "zreq", "net/http"))
	one.Conns, one.Many = perOrigin, many
	cases = append(cases, task{Task: one, Kind: Scale, N: many * perOrigin}.of(
		fmt.Sprintf("%d connections to %d origins", many*perOrigin, many), 3, "zreq Session", "net/http", "fasthttp"))
	return append(cases, peaks(w)...)
}

// task is what a child process measures.
type task struct {
	client.Task
	Kind   string // Kept, Scale or Growing
	Client string
	N      int // connections
}

// maker makes a client by its name.
type maker func(name string, t client.Task) client.Client

// of is the case of a task.
func (t task) of(name string, rounds int, clients ...string) bench.Case {
	c := bench.Case{Group: t.Kind, Name: name, Rounds: rounds}
	for _, t.Client = range clients {
		c.Clients = append(c.Clients, bench.Taking(t.Client, t.run))
	}
	return c
}

const part = "MEMORY"

// Main does the task of a child process, if this is one, and does not return then. It
// comes first in main, beside origin.Main.
func Main() {
	process.Main(part, func(t task, reply func(any)) {
		measure := map[string]func(maker) bench.Sample{Kept: t.hold, Scale: t.spread, Growing: t.grow}[t.Kind]
		reply(measure(jobs.NewClient))
	})
}

// run has a child process do the task and reads what it measured.
func (t task) run() (sample bench.Sample) {
	end := process.Start(part, &t, &sample)
	end()
	return sample
}
