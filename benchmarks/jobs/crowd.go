package jobs

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

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
		c.Clients = append(c.Clients, bench.Maker{Name: name, Make: func() (bench.Client, error) {
			c := NewClient(name, t)
			all, err := workers(c, crowd)
			if err != nil {
				return bench.Client{}, err
			}
			_, err = press(all, 1) // all connections are open
			return bench.Client{Take: func() (bench.Sample, error) { return press(all, calls) }, Close: c.Close}, err
		}})
	}
	return c
}

// press has all call at once, several times each.
func press(workers []func() error, calls int) (bench.Sample, error) {
	waits, errs := make([]time.Duration, len(workers)*calls), make([]error, len(workers))
	var all sync.WaitGroup
	start := time.Now()
	for i, once := range workers {
		all.Go(func() {
			for k := range calls {
				began := time.Now()
				if err := once(); err != nil {
					errs[i] = err
					return
				}
				waits[i*calls+k] = time.Since(began)
			}
		})
	}
	all.Wait()
	took := time.Since(start)
	slices.Sort(waits)
	return bench.Sample{
		bench.Time:   float64(took) / float64(len(waits)),
		bench.Unfair: float64(waits[len(waits)-1]) / float64(waits[len(waits)/2]),
	}, errors.Join(errs...)
}
