package bench

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"syscall"
	"time"

	"github.com/dsnet/try"
)

// Plan says how much of each case is done.
type Plan struct {
	Rounds int           // in each of which every client has its turn
	Turn   time.Duration // about how long that is
	Stream int64         // bytes of a body that is streamed: a multiple of 64 KiB
	Short  bool          // with less of what takes long
}

// Full and Short are the plans of a report. Fewer than six rounds have no interval in
// which the median lies with a probability of 95 %. Counting is for what is counted: it is the
// same each time, so that little will do.
var (
	Full     = Plan{Rounds: 9, Turn: 150 * time.Millisecond, Stream: 256 << 20}
	Short    = Plan{Rounds: 6, Turn: 10 * time.Millisecond, Stream: 4 << 20, Short: true}
	Counting = Plan{Rounds: 3, Turn: 20 * time.Millisecond, Stream: 4 << 20, Short: true}
)

// Run does a case as planned. In each round every client has one turn, in an order that
// changes: what else the machine does hits them alike, and the ratio of
// two turns of one round says more than that of two averages.
func (p Plan) Run(c Case) (r Result, err error) {
	r = Result{Case: c, Samples: make(map[string][]Sample)}
	var who string
	defer try.HandleF(&err, func() { err = fmt.Errorf("%s: %s: %w", c.Title(), who, err) })
	takes := make([]func() Sample, len(c.Clients))
	for i, m := range c.Clients {
		who = m.Name
		client := m.Make()
		if client.Close != nil {
			defer client.Close()
		}
		if takes[i] = client.Take; client.Take == nil {
			n := p.size(client)
			takes[i] = func() Sample { return measure(client.Do, n) }
		}
	}
	rounds := p.Rounds
	if c.Rounds > 0 {
		rounds = min(rounds, c.Rounds)
	}
	order := rand.New(rand.NewPCG(1, 2)) // the same in each run
	for range rounds {
		for _, turn := range order.Perm(len(takes)) {
			who = c.Clients[turn].Name
			r.Samples[who] = append(r.Samples[who], takes[turn]())
		}
	}
	return r, nil
}

// size finds how many operations fill a turn. Its own also warm the client up. It goes
// by the faster of two turns: one that something else held up would make all rounds small.
func (p Plan) size(client Client) int {
	for n := max(1, client.Least); ; {
		took := min(measure(client.Do, n)[Time], measure(client.Do, n)[Time])
		fit := int(float64(p.Turn) / max(1, took))
		if fit <= 2*n {
			return max(1, client.Least, fit)
		}
		n = min(fit, 10*n)
	}
}

// measure measures n operations.
func measure(do func(n int), n int) Sample {
	runtime.GC() // the garbage of one client is no other's
	if n > 1 {   // and what it took from the client's pools is had again
		do(1)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	cpu, start := used(), time.Now()
	do(n)
	elapsed, spent := time.Since(start), used()-cpu
	runtime.ReadMemStats(&after)
	each := float64(n)
	s := Sample{
		Time:   float64(elapsed) / each,
		Allocs: float64(after.Mallocs-before.Mallocs) / each,
		Heap:   float64(after.TotalAlloc-before.TotalAlloc) / each,
	}
	if spent > 0 {
		s[CPU] = float64(spent) / each
	}
	return s
}

// used is the processor time of this process, and of those that it has waited for. The
// server is one that it does not wait for until the end.
func used() time.Duration {
	var own, children syscall.Rusage
	try.E(syscall.Getrusage(syscall.RUSAGE_SELF, &own))
	try.E(syscall.Getrusage(syscall.RUSAGE_CHILDREN, &children))
	return time.Duration(own.Utime.Nano() + own.Stime.Nano() + children.Utime.Nano() + children.Stime.Nano())
}
