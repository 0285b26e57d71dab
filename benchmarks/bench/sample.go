package bench

import (
	"slices"

	"golang.org/x/perf/benchmath"
)

// Figure names what is measured of a client.
type Figure string

// The figures. Times are in nanoseconds.
const (
	Time   Figure = "time/op"
	CPU    Figure = "CPU"       // of this process and of those that it has waited for, user and system
	Allocs Figure = "allocs/op" // allocations
	Heap   Figure = "alloc. bytes/op"

	Held       Figure = "held" // bytes of heap and stack for each connection
	Stack      Figure = "of which stack"
	Goroutines Figure = "goroutines" // for each connection
	Growth     Figure = "growth"     // bytes of live heap
	RSS        Figure = "peak RSS"   // bytes of a process
	Loaded     Figure = "loaded"     // bytes of a program: text and data
	File       Figure = "file"       // bytes of a program
	Packages   Figure = "packages"   // that it is built of

	Wire     Figure = "on the wire" // bytes, of both directions
	Requests Figure = "requests"
	Find     Figure = "time to find one" // idle connection
	End      Figure = "time to close all"
	Unfair   Figure = "longest wait ÷ median"
)

// Sample has what one turn of a client has cost, on average over its operations. A figure
// that is not in it was not measured.
type Sample map[Figure]float64

// Result has the samples of each client, round by round.
type Result struct {
	Case    Case
	Samples map[string][]Sample
}

// Names are the clients, in order.
func (r Result) Names() (names []string) {
	for _, m := range r.Case.Clients {
		names = append(names, m.Name)
	}
	return names
}

// Has reports whether a figure of a client was measured.
func (r Result) Has(name string, f Figure) bool {
	return slices.ContainsFunc(r.Samples[name], func(s Sample) bool { _, ok := s[f]; return ok })
}

func (r Result) values(name string, f Figure) []float64 {
	var values []float64
	for _, s := range r.Samples[name] {
		values = append(values, s[f])
	}
	return values
}

// Typical is the median of a figure over the rounds.
func (r Result) Typical(name string, f Figure) float64 { return summary(r.values(name, f)).Center }

// Least is the least of them. It is what counts where others can only add.
func (r Result) Least(name string, f Figure) float64 { return slices.Min(r.values(name, f)) }

// Ratio is that of two clients: the median of the ratios of the turns of each round, and
// the interval in which the true median lies with a probability of 95 %. Both are
// computed without an assumption about how ratios are distributed.
type Ratio struct{ Median, Low, High float64 }

// Ratio is how many times as much of a figure a has as b.
func (r Result) Ratio(f Figure, a, b string) Ratio {
	ratios, of := r.values(a, f), r.values(b, f)
	for i := range ratios {
		ratios[i] /= of[i]
	}
	s := summary(ratios)
	return Ratio{s.Center, s.Lo, s.Hi}
}

func summary(values []float64) benchmath.Summary {
	return benchmath.AssumeNothing.Summary(benchmath.NewSample(values, &benchmath.DefaultThresholds), 0.95)
}
