package main

import (
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/limits"
)

// TestEveryBudgetFindsItsFigure measures next to nothing, but all of it: a case or a peer
// that has another name by now is found out.
func TestEveryBudgetFindsItsFigure(t *testing.T) {
	is := is.New(t)
	hasty := scale{bench.Plan{Rounds: 1, Turn: time.Millisecond}, 1 << 20, true, 1}
	var out strings.Builder
	_, err := run(limits.Budgets, hasty, &out)
	is.NoErr(err)                                                    // every name is known
	is.Equal(strings.Count(out.String(), "\n"), len(limits.Budgets)) // and has its line
	t.Log("\n" + out.String())
}
