package memory

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/benchmarks/origin"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// finds is how many requests are made over connections that are kept.
const finds = 2_000

// spread measures connections to many origins, in the child process: what each holds, how
// long a request takes that has to find one, and how long it takes to close all.
func (t task) spread(by maker) (_ bench.Sample, err error) {
	if err := room(t.N); err != nil {
		return nil, err
	}
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
	c, err := by(t.Client, t.Task)
	if err != nil {
		return nil, err
	}
	for _, url := range urls {
		if err := together(c, url, t.Conns); err != nil {
			return nil, err
		}
	}
	after := settle()
	start := time.Now()
	for range finds {
		if err := together(c, urls[rand.IntN(len(urls))], 1); err != nil {
			return nil, err
		}
	}
	find := time.Since(start) / finds
	start = time.Now()
	err = c.Close()
	n := float64(t.N)
	return bench.Sample{
		bench.Held:       (after.heap + after.stack - before.heap - before.stack) / n,
		bench.Goroutines: (after.goroutines - before.goroutines) / n,
		bench.Find:       float64(find),
		bench.End:        float64(time.Since(start)),
	}, err
}

// together makes n requests that need a connection each.
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
