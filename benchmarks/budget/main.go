// Budget measures what zreq is held to, and prints a line for each: what it is, its figure and
// its bound. It ends with 1 if one is exceeded.
//
//	cd benchmarks && go run ./budget
//	cd benchmarks && go run ./budget -counts
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/footprint"
	"github.com/zreq-go/zreq/benchmarks/jobs"
	"github.com/zreq-go/zreq/benchmarks/limits"
	"github.com/zreq-go/zreq/benchmarks/memory"
	"github.com/zreq-go/zreq/benchmarks/origin"
)

// scale is how much is done of what is needed.
type scale struct {
	plan   bench.Plan
	stream int64 // bytes
	short  bool  // fewer connections, and not so long a body
}

// full is for ratios. What is only counted is the same each time, so that for counting
// little will do.
var (
	full     = scale{bench.Full, 256 << 20, false}
	counting = scale{bench.Plan{Rounds: 3, Turn: 20 * time.Millisecond}, 4 << 20, true}
)

func main() {
	origin.Main()
	memory.Main()
	counts := flag.Bool("counts", false, "only what is counted, and does not depend on the machine")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "budget: what is", flag.Args())
		os.Exit(2)
	}
	budgets, s := limits.Budgets, full
	if *counts {
		budgets, s = limits.Counted(budgets), counting
	}
	over, err := s.run(budgets, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "budget:", err)
		os.Exit(2)
	}
	if over > 0 {
		os.Exit(1)
	}
}

// run measures what is needed, and nothing else, prints, and says how many are over.
func (s scale) run(budgets []limits.Budget, out io.Writer) (over int, err error) {
	err = jobs.In(s.stream, s.short, func(w *jobs.World) error {
		var results []bench.Result
		for _, c := range limits.Select(budgets, slices.Concat(jobs.All(w), memory.Cases(w), footprint.Cases("linux/arm"))) {
			result, err := s.plan.Run(c)
			if err != nil {
				return err
			}
			results = append(results, result)
		}
		verdicts, err := limits.Judge(budgets, results)
		if err == nil {
			over, err = show(out, verdicts)
		}
		return err
	})
	return over, err
}

// show prints a line for each, and says how many are over.
func show(out io.Writer, verdicts []limits.Verdict) (over int, err error) {
	lines := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, v := range verdicts {
		if v.Over {
			over++
		}
		fmt.Fprintf(lines, "%s\t%s\t%s\t%s\t%s\n", v.Word(), v.Name, v.Figure(), v.Bound, v.Where)
	}
	return over, lines.Flush()
}
