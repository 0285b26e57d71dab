package limits_test

import (
	"math"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/limits"
)

func TestOver(t *testing.T) {
	budgets := make(map[string]limits.Budget)
	for _, b := range limits.Budgets {
		budgets[b.Name] = b
	}
	for _, tt := range []struct {
		name  string
		value float64
		over  bool
	}{
		{"GET, 13 B: time of raw", 1.10, false},
		{"GET, 13 B: time of raw", 1.15, false}, // within the tolerance
		{"GET, 13 B: time of raw", 1.16, true},
		{"GET, 13 B: time of raw", math.NaN(), true}, // of no rounds
		{"GET, 13 B: time of raw", math.Inf(1), true},
		{"stream by 32 KiB: speed of net/http", 3, false}, // more is better
		{"stream by 32 KiB: speed of net/http", 0.96, false},
		{"stream by 32 KiB: speed of net/http", 0.95, true},
		{"stream by 32 KiB: speed of net/http", math.NaN(), true},
		{"GET, 13 B: allocations", 0, false},
		{"GET, 13 B: allocations", 0.1, true}, // what is counted has no tolerance
		{"idle connection: above raw", 512, false},
		{"idle connection: above raw", 513, true},
		{"idle connection: above raw", -90, false},
		{"64 MiB up: peak RSS above raw", 500_001, true},
	} {
		is := is.New(t)
		b, ok := budgets[tt.name]
		is.True(ok) // there is such a budget
		if over := b.Over(limits.Value{Median: tt.value}); over != tt.over {
			t.Errorf("%s: %v is over: %v", tt.name, tt.value, over)
		}
	}
}

func TestJudge(t *testing.T) {
	is := is.New(t)
	r := invented()
	set(r, "keep-alive", "GET, 13 B", "zreq", bench.Sample{Time: 100, Allocs: 3})
	verdicts, err := limits.Judge(limits.Budgets, r)
	is.NoErr(err)
	is.Equal(len(verdicts), len(limits.Budgets)) // one for each
	for i, v := range verdicts {
		is.Equal(v.Name, limits.Budgets[i].Name) // in their order
		is.Equal(v.Over, v.Budget.Over(v.Value))
		if v.Name == "GET, 13 B: allocations" {
			is.True(v.Over) // by three allocations
		}
	}
}

func TestText(t *testing.T) {
	is := is.New(t)
	is.Equal(limits.Times.Text(1.096), "1.10 ×")
	is.Equal(limits.Bytes.Text(412), "412 B")
	is.Equal(limits.Bytes.Text(-412.04), "-412 B")
	is.Equal(limits.Bytes.Text(160<<10), "160 KiB")
	is.Equal(limits.Bytes.Text(-209_203), "-204.3 KiB")
	is.Equal(limits.Count.Text(0), "0")
	is.Equal(limits.Count.Text(math.Copysign(0, -1)), "0")
	is.Equal(limits.Count.Text(0.5), "0.5")
}

func TestWords(t *testing.T) {
	is := is.New(t)
	names := make(map[string]bool)
	for _, b := range limits.Budgets {
		is.True(!names[b.Name]) // each has a name of its own
		names[b.Name] = true
		is.Equal(b.Allowance() != "", b.Figure.Unit() == limits.Times) // ratios have a tolerance
		is.True(!b.Counted || b.Figure.Unit() != limits.Times)         // and depend on the machine
		switch b.Name {
		case "GET, 13 B: time of raw":
			is.Equal(b.Bound(), "≤ 1.10 ×")
			is.Equal(b.Allowance(), "within 5 %")
		case "stream by 512 B: speed of raw":
			is.Equal(b.Bound(), "≥ 0.95 ×")
		case "program for arm: text and data above net alone":
			is.Equal(b.Bound(), "≤ 286 KiB")
		}
	}
}
