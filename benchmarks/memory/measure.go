package memory

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// few connections are made first, so that what is made once for all is there.
const few = 8

// hold measures kept connections, in the child process.
func (t task) hold(by maker) (bench.Sample, error) {
	if err := room(t.N); err != nil {
		return nil, err
	}
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
	after := settle()
	open, err := connections(t.Address, t.N)
	if err == nil && open < t.N {
		err = fmt.Errorf("of %d connections that should be idle %d are open", t.N, open)
	}
	_ = kept.Close() // not before: they are held
	n := float64(t.N)
	stack := max(0, after.stack-before.stack) / n // less is of goroutines that had ended before
	return bench.Sample{
		bench.Held:       (after.heap-before.heap)/n + stack,
		bench.Stack:      stack,
		bench.Goroutines: (after.goroutines - before.goroutines) / n,
	}, err
}

// keep makes n connections that are idle at once, each after one answer. The answers are
// kept unread until all are there, so that each has a connection of its own.
func (t task) keep(by maker, n int) (client.Client, error) {
	t.Conns = n
	c, err := by(t.Client, t.Task)
	if err != nil {
		return c, err
	}
	return c, together(c, t.URL(), n) // one string: what a connection keeps of it all share
}

// levels are what the process holds: bytes of the heap and of stacks, and goroutines.
type levels struct{ heap, stack, goroutines float64 }

// settle collects until nothing is left to collect, pools and finalizers included.
func settle() levels {
	for range 5 {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return levels{float64(m.HeapAlloc), float64(m.StackInuse), float64(runtime.NumGoroutine())}
}

const lookEvery = 64 << 20

// grow measures the live heap while a body comes, in the child process. A first call, whose
// connection is closed, makes what is made once for all. The second is measured, by how much
// more of the heap is live at most than before it, which dials.
func (t task) grow(by maker) (bench.Sample, error) {
	var got, highest int64
	looks := 0
	t.Look = func(p []byte) {
		if got += int64(len(p)); got%lookEvery == 0 {
			highest = max(highest, zreqtest.LiveHeap())
			looks++
		}
	}
	zreqtest.SpareThreads()
	c, err := by(t.Client, t.Task)
	if err != nil {
		return nil, err
	}
	call := func() error { // with all that one needs
		once, err := c.Worker()
		if err != nil {
			return err
		}
		return once()
	}
	if err := call(); err != nil {
		return nil, err
	}
	settle()
	before := zreqtest.LiveHeap()
	highest, looks = 0, 0
	if err = call(); err == nil && looks == 0 {
		err = errors.New("it was not looked at")
	}
	return bench.Sample{bench.Growth: float64(highest - before)}, errors.Join(err, c.Close())
}
