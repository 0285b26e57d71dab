package bench_test

import (
	"errors"
	"math"
	"testing"

	"github.com/dsnet/try"
	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// result has one figure of two clients, round by round.
func result(a, b []float64) bench.Result {
	r := bench.Result{Samples: make(map[string][]bench.Sample)}
	for i := range a {
		r.Samples["a"] = append(r.Samples["a"], bench.Sample{bench.Time: a[i]})
		r.Samples["b"] = append(r.Samples["b"], bench.Sample{bench.Time: b[i]})
	}
	return r
}

func TestRatio(t *testing.T) {
	is := is.New(t)
	// The machine is slower in each round; a takes 1.1 times as long as b but for one.
	r := result([]float64{11, 22, 33, 44, 55, 660, 77, 88, 99}, []float64{10, 20, 30, 40, 50, 60, 70, 80, 90})
	ratio := r.Ratio(bench.Time, "a", "b")
	is.True(math.Abs(ratio.Median-1.1) < 1e-9)                // the median of the ratios
	is.True(ratio.Low > 1.09 && ratio.High < 1.2)             // and not moved by the one
	is.Equal(r.Typical("b", bench.Time), 50.0)                // the median
	is.Equal(r.Least("a", bench.Time), 11.0)                  // the best
	is.True(r.Has("a", bench.Time) && !r.Has("a", bench.CPU)) // what was not measured is not there
	few := result([]float64{1, 2, 3}, []float64{1, 1, 1}).Ratio(bench.Time, "a", "b")
	is.True(math.IsInf(few.Low, -1)) // three rounds say nothing about where the median lies
}

func TestRun(t *testing.T) {
	is := is.New(t)
	made, closed := 0, 0
	count := func(name string, client bench.Client) bench.Maker {
		return bench.Maker{Name: name, Make: func() bench.Client {
			made++
			client.Close = func() { closed++ }
			return client
		}}
	}
	done := 0
	c := bench.Case{Group: "group", Name: "name", Clients: []bench.Maker{
		count("does", bench.Client{Do: func(n int) { done += n }, Least: 3}),
		count("takes", bench.Client{Take: func() bench.Sample { return bench.Sample{bench.RSS: 5} }}),
		count("unwanted", bench.Client{}),
	}}.Only(func(name string) bool { return name != "unwanted" })
	r, err := bench.Plan{Rounds: 4}.Run(c)
	is.NoErr(err)
	is.Equal(r.Names(), []string{"does", "takes"})
	is.Equal(len(r.Samples["does"]), 4)          // a sample a round
	is.Equal(r.Typical("takes", bench.RSS), 5.0) // of what it has measured by itself
	is.True(done >= 4*3)                         // as often as it is worth it
	is.Equal([]int{made, closed}, []int{2, 2})   // and nothing is left
	c.Rounds = 1
	r, err = bench.Plan{Rounds: 4}.Run(c)
	is.NoErr(err)
	is.Equal(len(r.Samples["takes"]), 1) // what is the same each time needs one

	stuck := errors.New("stuck")
	_, err = bench.Plan{Rounds: 1}.Run(bench.Case{Clients: []bench.Maker{{Name: "a", Make: func() bench.Client {
		return bench.Client{Take: func() bench.Sample { return nil }, Close: func() { try.E(stuck) }}
	}}}})
	is.True(errors.Is(err, stuck)) // what could not be let go of

	broken := errors.New("gone")
	c.Clients = append(c.Clients, bench.Maker{Name: "fails", Make: func() bench.Client { return try.E1(bench.Client{}, broken) }})
	_, err = bench.Plan{Rounds: 1}.Run(c)
	is.True(errors.Is(err, broken))
	is.Equal(err.Error(), "group: name: fails: gone") // it says who
	is.Equal(made, closed)
}
