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
	"github.com/zreq-go/zreq/benchmarks/origin"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

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
	for range 200 { // some pools have a goroutine that stays for a while
		if runtime.NumGoroutine() <= goroutines {
			break
		}
		time.Sleep(time.Millisecond)
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
