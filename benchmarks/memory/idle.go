package memory

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/zreq-go/zreq/benchmarks/origin"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// Idles measures kept connections: 1,000 and 10,000, plain and over TLS. If short, fewer.
func Idles(o *origin.Origin, short bool) ([]Idle, error) {
	type kind struct {
		tls         bool
		connections int
	}
	kinds := []kind{{false, 1_000}, {false, 10_000}, {true, 1_000}, {true, 10_000}}
	if short {
		kinds = []kind{{false, 1_000}, {true, 200}}
	}
	var all []Idle
	for _, kind := range kinds {
		for _, h := range holders {
			t := task{Idle: true, Peer: h.peer, TLS: kind.tls, Connections: kind.connections}
			one, err := t.least(o)
			if err != nil {
				return nil, fmt.Errorf("%d idle connections: %w", kind.connections, err)
			}
			all = append(all, one)
		}
	}
	return all, nil
}

// least is that of nine processes: what the runtime takes for itself, in pieces that are
// much to a thousand connections, can only add to it. Of ten thousand one is enough, and
// over TLS, where there is much more of everything.
func (t *task) least(o *origin.Origin) (Idle, error) {
	processes := 9
	if t.Connections > 1_000 || t.TLS {
		processes = 1
	}
	some := make([]Idle, processes)
	for i := range some {
		if err := t.run(o, &some[i]); err != nil {
			return Idle{}, err
		}
	}
	slices.SortFunc(some, func(a, b Idle) int { return cmp.Compare(a.Heap+a.Stack, b.Heap+b.Stack) })
	return some[0], nil
}

// few connections are made first, so that what is made once for all is there.
const few = 8

// idle measures, in the child process.
func (t *task) idle() (*Idle, error) {
	i := slices.IndexFunc(holders, func(h holder) bool { return h.peer == t.Peer })
	if i < 0 {
		return nil, errPeer
	}
	return t.idleOf(holders[i])
}

func (t *task) idleOf(h holder) (*Idle, error) {
	if err := room(t.Connections); err != nil {
		return nil, err
	}
	zreqtest.SpareThreads()
	goroutines := runtime.NumGoroutine()
	if err := t.warm(h); err != nil {
		return nil, err
	}
	for range 200 { // some pools have a goroutine that stays for a while
		if runtime.NumGoroutine() <= goroutines {
			break
		}
		time.Sleep(time.Millisecond)
	}

	before := settle()
	kept, err := h.hold(t, t.Connections)
	if err != nil {
		return nil, err
	}
	after := settle()
	open, err := connections(t.Address, t.Connections)
	if err != nil {
		return nil, err
	}
	if open < t.Connections {
		return nil, fmt.Errorf("of %d connections that should be idle %d are open", t.Connections, open)
	}
	kept.close() // not before: they are held
	n := int64(t.Connections)
	return &Idle{
		Peer: h.peer, TLS: t.TLS, Connections: t.Connections,
		Heap:       (after.heap - before.heap) / n,
		Stack:      max(0, after.stack-before.stack) / n, // less is of goroutines that had ended before
		Goroutines: float64(after.goroutines-before.goroutines) / float64(n),
	}, nil
}

// warm makes a few connections and lets go of them.
func (t *task) warm(h holder) error {
	kept, err := h.hold(t, few)
	if err != nil {
		return err
	}
	kept.close()
	return nil
}
