package main

import (
	"os"
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
	verdicts := judge(limits.Budgets, bench.Plan{Rounds: 1, Turn: time.Microsecond, Stream: 1 << 20, Short: true})
	is.Equal(len(verdicts), len(limits.Budgets)) // a line for each
}
