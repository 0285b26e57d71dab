package main

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/footprint"
	"github.com/zreq-go/zreq/benchmarks/limits"
	"github.com/zreq-go/zreq/benchmarks/memory"
	"github.com/zreq-go/zreq/benchmarks/origin"
)

func TestMain(m *testing.M) {
	origin.Main()
	memory.Main()
	os.Exit(m.Run())
}

// named are the budgets with the names.
func named(names ...string) []limits.Budget {
	var some []limits.Budget
	for _, b := range limits.Budgets {
		for _, name := range names {
			if b.Name == name {
				some = append(some, b)
			}
		}
	}
	return some
}

func TestShow(t *testing.T) {
	is := is.New(t)
	program := func(folder string, loaded int64) footprint.Size {
		return footprint.Size{Program: footprint.Program{Folder: folder}, System: "linux/arm", Loaded: loaded}
	}
	results := &limits.Results{
		Cases: []bench.Result{{
			Case:  bench.Case{Group: "keep-alive", Name: "GET, 13 B"},
			Names: []string{"zreq", "raw", "net/http"},
			Samples: map[string][]bench.Sample{
				"zreq": {{Time: 112}}, "raw": {{Time: 100}}, "net/http": {{Time: 224}},
			},
		}},
		Sizes: []footprint.Size{program("zreq", 2_360_403), program("dial", 2_000_000)},
	}
	budgets := named("GET, 13 B: time of raw", "GET, 13 B: time of net/http", "program for arm: text and data above net alone")
	verdicts, err := limits.Judge(budgets, results)
	is.NoErr(err)
	var out strings.Builder
	over, err := show(&out, verdicts)
	is.NoErr(err)
	is.Equal(over, 2) // one within its tolerance is not
	is.Equal(out.String(), ""+
		"ok    GET, 13 B: time of raw                          1.12 ×   ≤ 1.10 ×  within 5 %\n"+
		"over  GET, 13 B: time of net/http                     0.50 ×   ≤ 0.45 ×  within 5 %\n"+
		"over  program for arm: text and data above net alone  352 KiB  ≤ 286 KiB\n")
}

// TestOver: one byte beyond a budget is over it.
func TestOver(t *testing.T) {
	for name, tt := range map[string]struct {
		above int64
		over  int
	}{
		"within the budget": {286 << 10, 0},
		"over":              {286<<10 + 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			program := func(folder string, loaded int64) footprint.Size {
				return footprint.Size{Program: footprint.Program{Folder: folder}, System: "linux/arm", Loaded: loaded}
			}
			verdicts, err := limits.Judge(named("program for arm: text and data above net alone"), &limits.Results{
				Sizes: []footprint.Size{program("zreq", 2_000_000+tt.above), program("dial", 2_000_000)},
			})
			is.NoErr(err)
			over, err := show(io.Discard, verdicts)
			is.NoErr(err)
			is.Equal(over, tt.over)
		})
	}
}

func TestMeasureWhatIsNeeded(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	_, err := run(named("program for arm: text and data above net alone"), counting, &out)
	is.NoErr(err)
	is.Equal(strings.Count(out.String(), "\n"), 1) // no more is said
	is.True(strings.Contains(out.String(), " KiB  ≤ 286 KiB"))
}
