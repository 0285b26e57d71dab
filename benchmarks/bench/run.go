package bench

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"
)

// Plan says how much of each case is done.
type Plan struct {
	Rounds int           // in each of which every client has its turn
	Turn   time.Duration // about how long that is
}

// Full and Short are the plans of a report.
var (
	Full  = Plan{Rounds: 5, Turn: 250 * time.Millisecond}
	Short = Plan{Rounds: 3, Turn: 60 * time.Millisecond}
)

// Sample is what an operation has cost, on average over a turn.
type Sample struct {
	Time   time.Duration
	CPU    time.Duration // of this process and those it waited for, user and system
	Allocs float64
	Heap   float64 // bytes allocated
}

// Result has the samples of each client, round by round.
type Result struct {
	Case    Case
	Names   []string
	Samples map[string][]Sample
}

// Run does a case as planned. In each round every client has one turn, in an order that
// changes: what else the machine does hits them alike, and the ratio of
// two turns of one round says more than that of two averages.
func (p Plan) Run(c Case) (_ Result, err error) {
	clients, err := c.Clients()
	defer func() {
		for _, client := range clients {
			if client.Close == nil {
				continue
			}
			if e := client.Close(); e != nil && err == nil {
				err = fmt.Errorf("%s: %s: %w", c.Name, client.Name, e)
			}
		}
	}()
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", c.Name, err)
	}
	r := Result{Case: c, Samples: make(map[string][]Sample)}
	times := make([]int, len(clients))
	for i, client := range clients {
		r.Names = append(r.Names, client.Name)
		if times[i], err = p.size(client); err != nil {
			return r, fmt.Errorf("%s: %s: %w", c.Name, client.Name, err)
		}
	}
	order := rand.New(rand.NewPCG(1, 2)) // the same in each run
	for range p.Rounds {
		for _, turn := range order.Perm(len(clients)) {
			client := clients[turn]
			sample, err := take(client, times[turn])
			if err != nil {
				return r, fmt.Errorf("%s: %s: %w", c.Name, client.Name, err)
			}
			r.Samples[client.Name] = append(r.Samples[client.Name], sample)
		}
	}
	return r, nil
}

// size finds how many operations fill a turn. Its own also warm the client up. It goes
// by the faster of two turns: one that something else held up would make all rounds small.
func (p Plan) size(client Client) (int, error) {
	for n := max(1, client.Least); ; {
		one, err := take(client, n)
		if err != nil {
			return 0, err
		}
		two, err := take(client, n)
		if err != nil {
			return 0, err
		}
		fit := int(p.Turn / max(1, min(one.Time, two.Time)))
		if fit <= 2*n {
			return max(1, client.Least, fit), nil
		}
		n = min(fit, 10*n)
	}
}

// take measures n operations.
func take(client Client, n int) (Sample, error) {
	runtime.GC() // the garbage of one client is no other's
	if n > 1 {   // and what it took from the client's pools is had again
		if err := client.Do(1); err != nil {
			return Sample{}, err
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cpu, start := used(), time.Now()
	err := client.Do(n)
	elapsed, spent := time.Since(start), used()-cpu
	runtime.ReadMemStats(&after)
	return Sample{
		Time:   elapsed / time.Duration(n),
		CPU:    spent / time.Duration(n),
		Allocs: float64(after.Mallocs-before.Mallocs) / float64(n),
		Heap:   float64(after.TotalAlloc-before.TotalAlloc) / float64(n),
	}, err
}
