package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/limits"
	"github.com/zreq-go/zreq/benchmarks/memory"
	"github.com/zreq-go/zreq/benchmarks/origin"
)

func TestMain(m *testing.M) {
	origin.Main()
	memory.Main()
	os.Exit(m.Run())
}

// TestEveryBudgetHasItsCases: what is timed cannot be asserted, but it can be measured.
func TestEveryBudgetHasItsCases(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	_, err := scale{bench.Plan{Rounds: 1, Turn: time.Microsecond}, 1 << 20, true}.run(limits.Budgets, &out)
	is.NoErr(err)
	for _, b := range limits.Budgets {
		is.True(strings.Contains(out.String(), b.Name)) // a line for it
	}
}

func TestShow(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	over, err := show(&out, []limits.Verdict{
		{Budget: limits.Budgets[0], Value: 1.096},
		{Budget: limits.Budgets[3], Value: 3, Where: "GET, 13 B: zreq", Over: true},
	})
	is.NoErr(err)
	is.Equal(over, 1)
	lines := strings.Split(out.String(), "\n")
	is.Equal(strings.Fields(lines[0]), strings.Fields("ok GET: time of raw 1.10 × ≤ 1.10 ×"))
	is.Equal(strings.Fields(lines[1]), strings.Fields("over GET: allocations with Into 3 ≤ 0 GET, 13 B: zreq"))
}
