// Budget measures what zreq is held to, and prints a line for each: what it is, its figure and
// its bound. It ends with 1 if one is exceeded.
//
//	cd benchmarks && go run ./budget
//	cd benchmarks && go run ./budget -counts
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"slices"

	"github.com/dsnet/try"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/footprint"
	"github.com/zreq-go/zreq/benchmarks/jobs"
	"github.com/zreq-go/zreq/benchmarks/limits"
	"github.com/zreq-go/zreq/benchmarks/memory"
	"github.com/zreq-go/zreq/benchmarks/origin"
	"github.com/zreq-go/zreq/benchmarks/present"
)

func main() {
	origin.Main()
	memory.Main()
	log.SetFlags(0)
	defer try.F(log.Fatal)
	counts := flag.Bool("counts", false, "only what is counted, and does not depend on the machine")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatal("what is ", flag.Args())
	}
	budgets, plan := limits.Budgets, bench.Full
	if *counts {
		budgets, plan = slices.DeleteFunc(budgets, func(b limits.Budget) bool { return !b.Counted }), bench.Counting
	}
	verdicts := judge(budgets, plan)
	fmt.Print(present.Budgets(verdicts))
	if slices.ContainsFunc(verdicts, func(v limits.Verdict) bool { return v.Over }) {
		os.Exit(1)
	}
}

// judge measures what budgets need, and nothing else.
func judge(budgets []limits.Budget, plan bench.Plan) (verdicts []limits.Verdict) {
	jobs.In(plan, func(w *jobs.World) {
		var results []bench.Result
		for _, c := range limits.Select(budgets, slices.Concat(jobs.All(w), memory.Cases(w), footprint.Cases(plan))) {
			results = append(results, try.E1(plan.Run(c)))
		}
		verdicts = try.E1(limits.Judge(budgets, results))
	})
	return verdicts
}
