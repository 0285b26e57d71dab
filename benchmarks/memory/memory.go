// Package memory measures what clients hold: per idle connection, while a long body comes, and
// at their peak.
//
// Nothing is measured in the process of the caller, where other things come and go. Idle
// connections and streams have each a process of the same program, which is why its main
// calls Main first; peaks have the smallest program of each client, in folder programs,
// for a program is weighed with all that is linked into it.
package memory

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"time"

	"github.com/dsnet/try"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/benchmarks/jobs"
	"github.com/zreq-go/zreq/benchmarks/origin"
	"github.com/zreq-go/zreq/benchmarks/process"
	"github.com/zreq-go/zreq/zreq/zreqtest"
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
	process.Start(part, &t, &sample)()
	return sample
}

// levels are what the process holds: bytes of the heap and of stacks, goroutines, and descriptors.
type levels struct{ heap, stack, goroutines, open float64 }

// settle collects until nothing is left to collect, pools and finalizers included.
func settle() levels {
	for range 5 {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	files, _ := os.ReadDir("/dev/fd")
	return levels{float64(m.HeapAlloc), float64(m.StackInuse), float64(runtime.NumGoroutine()), float64(len(files))}
}

// since is what n connections have added, for each. All of them must be open.
func (before levels) since(n int) bench.Sample {
	after, each := settle(), float64(n)
	if open := after.open - before.open; open < each {
		try.E(fmt.Errorf("of %d connections that should be idle %.0f are open", n, open))
	}
	stack := max(0, after.stack-before.stack) / each // less is of goroutines that had ended before
	return bench.Sample{
		bench.Held:       (after.heap-before.heap)/each + stack,
		bench.Stack:      stack,
		bench.Goroutines: (after.goroutines - before.goroutines) / each,
	}
}

// together makes n requests that need a connection each: the answers are kept unread until all
// are there.
func together(c client.Client, url string, n int) {
	releases := make([]func(), n)
	for i := range releases {
		releases[i] = c.Hold(url)
	}
	for _, release := range releases {
		release()
	}
}

// few connections are made first, so that what is made once for all is there.
const few = 8

// hold measures kept connections, in the child process.
func (t task) hold(by maker) bench.Sample {
	zreqtest.SpareThreads()
	goroutines := runtime.NumGoroutine()
	t.keep(by, few).Close()
	for i := 0; i < 200 && runtime.NumGoroutine() > goroutines; i++ {
		time.Sleep(time.Millisecond) // some pools have a goroutine that stays for a while
	}
	before := settle()
	kept := t.keep(by, t.N)
	defer kept.Close() // not before: they are held
	return before.since(t.N)
}

// keep makes n connections that are idle at once.
func (t task) keep(by maker, n int) client.Client {
	t.Conns = n
	c := by(t.Client, t.Task)
	together(c, t.URL(), n) // one string: what a connection keeps of it all share
	return c
}

// finds is how many requests are made over connections that are kept.
const finds = 2_000

// spread measures connections to many origins, in the child process: what each holds, how
// long a request takes that has to find one, and how long it takes to close all.
func (t task) spread(by maker) bench.Sample {
	server := origin.Start(t.Many)
	defer server.Stop()
	urls := make([]string, t.Many)
	for i, address := range server.Many {
		urls[i] = "http://" + address + t.Path
	}
	zreqtest.SpareThreads()
	before := settle()
	c := by(t.Client, t.Task)
	for _, url := range urls {
		together(c, url, t.Conns)
	}
	sample := before.since(t.N)
	start := time.Now()
	for range finds {
		together(c, urls[rand.IntN(len(urls))], 1)
	}
	found := time.Now()
	c.Close()
	sample[bench.Find], sample[bench.End] = float64(found.Sub(start))/finds, float64(time.Since(found))
	return sample
}

const lookEvery = 64 << 20

// grow measures the live heap while a body comes, in the child process. A first call, whose
// connection is closed, makes what is made once for all. The second is measured, by how much
// more of the heap is live at most than before it, which dials.
func (t task) grow(by maker) bench.Sample {
	var got, before, highest int64
	t.Look = func(p []byte) {
		if got += int64(len(p)); got%lookEvery == 0 {
			highest = max(highest, zreqtest.LiveHeap())
		}
	}
	zreqtest.SpareThreads()
	c := by(t.Client, t.Task)
	defer c.Close()
	for range 2 {
		settle()
		before, highest = zreqtest.LiveHeap(), 0
		once := c.Worker() // with all that one needs
		once()
		if highest == 0 {
			try.E(errors.New("it was not looked at"))
		}
	}
	return bench.Sample{bench.Growth: float64(highest - before)}
}
