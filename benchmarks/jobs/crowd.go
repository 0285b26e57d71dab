package jobs

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/dsnet/try"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// A crowd is a thousand goroutines that call at once, and the connections that they share.
const (
	crowd       = 1_000
	crowdShares = 100
)

// crowd is how long the last of them waits: whoever hands a connection to whoever asks first
// has callers that starve.
func (w *World) crowd() bench.Case {
	t, calls := w.small(smalls[0]), 20
	t.Conns = crowdShares
	if w.Short {
		calls = 4
	}
	c := bench.Case{Group: "crowd", Name: fmt.Sprintf("GET, 13 B, %d goroutines on %d connections", crowd, crowdShares)}
	for _, name := range []string{"raw", "zreq Session", "net/http", "fasthttp"} {
		c.Clients = append(c.Clients, bench.Maker{Name: name, Make: func() bench.Client {
			c := NewClient(name, t)
			all := workers(c, crowd)
			press(all, 1) // all connections are open
			return bench.Client{Take: func() bench.Sample { return press(all, calls) }, Close: c.Close}
		}})
	}
	return c
}

// press has all call at once, several times each.
func press(all []func(), calls int) bench.Sample {
	waits := make([]time.Duration, len(all)*calls)
	start := time.Now()
	together(all, func(i int) {
		for k := range calls {
			began := time.Now()
			all[i]()
			waits[i*calls+k] = time.Since(began)
		}
	})
	took := time.Since(start)
	slices.Sort(waits)
	return bench.Sample{
		bench.Time:   float64(took) / float64(len(waits)),
		bench.Unfair: float64(waits[len(waits)-1]) / float64(waits[len(waits)/2]),
	}
}

// together has each of them work on a goroutine of its own, and waits for all.
func together(all []func(), work func(i int)) {
	errs := make([]error, len(all))
	var group sync.WaitGroup
	for i := range all {
		group.Go(func() {
			defer try.Handle(&errs[i])
			work(i)
		})
	}
	group.Wait()
	try.E(errors.Join(errs...))
}
