package present

import (
	"github.com/zreq-go/zreq/benchmarks/limits"
	"github.com/zreq-go/zreq/benchmarks/table"
)

// Budgets is the table of what zreq is held to.
func Budgets(verdicts []limits.Verdict) *table.Table {
	t := &table.Table{Words: 2, Heads: []string{"", "what", "figure", "budget", "tolerance"}}
	for _, v := range verdicts {
		word := "ok"
		if v.Over {
			word = "over"
		}
		t.Add(word, v.Name, v.Figure.Unit().Text(v.Value.Median), v.Bound(), v.Allowance())
	}
	return t
}
