package memory

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"time"

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
func (before levels) since(n int) (bench.Sample, error) {
	after, each := settle(), float64(n)
	var err error
	if open := after.open - before.open; open < each {
		err = fmt.Errorf("of %d connections that should be idle %.0f are open", n, open)
	}
	stack := max(0, after.stack-before.stack) / each // less is of goroutines that had ended before
	return bench.Sample{
		bench.Held:       (after.heap-before.heap)/each + stack,
		bench.Stack:      stack,
		bench.Goroutines: (after.goroutines - before.goroutines) / each,
	}, err
}

// together makes n requests that need a connection each: the answers are kept unread until all
// are there.
func together(c client.Client, url string, n int) error {
	releases := make([]func() error, n)
	for i := range releases {
		var err error
		if releases[i], err = c.Hold(url); err != nil {
			return err
		}
	}
	for _, release := range releases {
		if err := release(); err != nil {
			return err
		}
	}
	return nil
}

// few connections are made first, so that what is made once for all is there.
const few = 8

// hold measures kept connections, in the child process.
func (t task) hold(by maker) (bench.Sample, error) {
	zreqtest.SpareThreads()
	goroutines := runtime.NumGoroutine()
	warm, err := t.keep(by, few)
	if err != nil {
		return nil, err
	}
	_ = warm.Close()
	for range 200 { // some pools have a goroutine that stays for a while
		if runtime.NumGoroutine() <= goroutines {
			break
		}
		time.Sleep(time.Millisecond)
	}
	before := settle()
	kept, err := t.keep(by, t.N)
	if err != nil {
		return nil, err
	}
	sample, err := before.since(t.N)
	return sample, errors.Join(err, kept.Close()) // not before: they are held
}

// keep makes n connections that are idle at once.
func (t task) keep(by maker, n int) (client.Client, error) {
	t.Conns = n
	c := by(t.Client, t.Task)
	return c, together(c, t.URL(), n) // one string: what a connection keeps of it all share
}

// finds is how many requests are made over connections that are kept.
const finds = 2_000

// spread measures connections to many origins, in the child process: what each holds, how
// long a request takes that has to find one, and how long it takes to close all.
func (t task) spread(by maker) (_ bench.Sample, err error) {
	server, err := origin.StartAt(t.Many)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	urls := make([]string, t.Many)
	for i, address := range server.Many {
		urls[i] = "http://" + address + t.Path
	}
	zreqtest.SpareThreads()
	before := settle()
	c := by(t.Client, t.Task)
	for _, url := range urls {
		if err == nil {
			err = together(c, url, t.Conns)
		}
	}
	if err != nil {
		return nil, err
	}
	sample, err := before.since(t.N)
	start := time.Now()
	for range finds {
		err = errors.Join(err, together(c, urls[rand.IntN(len(urls))], 1))
	}
	found := time.Now()
	err = errors.Join(err, c.Close())
	sample[bench.Find], sample[bench.End] = float64(found.Sub(start))/finds, float64(time.Since(found))
	return sample, err
}

const lookEvery = 64 << 20

// grow measures the live heap while a body comes, in the child process. A first call, whose
// connection is closed, makes what is made once for all. The second is measured, by how much
// more of the heap is live at most than before it, which dials.
func (t task) grow(by maker) (bench.Sample, error) {
	var got, highest int64
	t.Look = func(p []byte) {
		if got += int64(len(p)); got%lookEvery == 0 {
			highest = max(highest, zreqtest.LiveHeap())
		}
	}
	zreqtest.SpareThreads()
	c := by(t.Client, t.Task)
	var before int64
	for range 2 {
		settle()
		before, highest = zreqtest.LiveHeap(), 0
		once, err := c.Worker() // with all that one needs
		if err == nil {
			err = once()
		}
		if err != nil || highest == 0 {
			return nil, errors.Join(err, errors.New("it was not looked at"))
		}
	}
	return bench.Sample{bench.Growth: float64(highest - before)}, c.Close()
}
