package bench

import (
	"slices"
	"time"
)

// Ratio is that of two clients, over the rounds.
type Ratio struct {
	Median    float64
	Low, High float64 // the middle half lies between them
}

// Time is how many times as long a took as b: the median of the ratios of each round.
// Throughput is its inverse.
func (r Result) Time(a, b string) Ratio {
	return r.ratio(a, b, func(s Sample) float64 { return float64(s.Time) })
}

// CPU is how many times as much processor time a used as b.
func (r Result) CPU(a, b string) Ratio {
	return r.ratio(a, b, func(s Sample) float64 { return float64(s.CPU) })
}

func (r Result) ratio(a, b string, of func(Sample) float64) Ratio {
	var ratios []float64
	for i, s := range r.Samples[a] {
		ratios = append(ratios, of(s)/of(r.Samples[b][i]))
	}
	slices.Sort(ratios)
	n := len(ratios)
	return Ratio{Median: middle(ratios), Low: ratios[n/4], High: ratios[n-1-n/4]}
}

// Inverse is the ratio of what the times are the inverse of: throughputs.
func (r Ratio) Inverse() Ratio {
	return Ratio{Median: 1 / r.Median, Low: 1 / r.High, High: 1 / r.Low}
}

// Typical is the median of each of a client's figures.
func (r Result) Typical(name string) Sample {
	samples := r.Samples[name]
	of := func(figure func(Sample) float64) float64 {
		figures := make([]float64, len(samples))
		for i, s := range samples {
			figures[i] = figure(s)
		}
		slices.Sort(figures)
		return middle(figures)
	}
	return Sample{
		Time:   time.Duration(of(func(s Sample) float64 { return float64(s.Time) })),
		CPU:    time.Duration(of(func(s Sample) float64 { return float64(s.CPU) })),
		Allocs: of(func(s Sample) float64 { return s.Allocs }),
		Heap:   of(func(s Sample) float64 { return s.Heap }),
	}
}

// middle is the median of figures in order.
func middle(figures []float64) float64 {
	n := len(figures)
	return (figures[(n-1)/2] + figures[n/2]) / 2
}
