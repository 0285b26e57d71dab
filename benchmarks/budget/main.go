// Budget measures what zreq is held to, and says of each whether it holds.
//
//	cd benchmarks && go run ./budget          all of them, in some minutes
//	cd benchmarks && go run ./budget -counts  those that hold on every machine
//
// It ends with 1 if one is over, and with 2, which go run makes 1, if it could not measure
// and then says so.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/zreq-go/zreq/benchmarks/limits"
	"github.com/zreq-go/zreq/benchmarks/memory"
	"github.com/zreq-go/zreq/benchmarks/origin"
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
	budgets, scale := limits.Budgets, full
	if *counts {
		budgets, scale = limits.Counted(budgets), counting
	}
	over, err := run(budgets, scale, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "budget:", err)
		os.Exit(2)
	}
	if over > 0 {
		os.Exit(1)
	}
}

// run measures, prints, and says how many are over.
func run(budgets []limits.Budget, s scale, out io.Writer) (over int, err error) {
	results, err := s.measure(limits.NeedsOf(budgets))
	if err != nil {
		return 0, err
	}
	verdicts, err := limits.Judge(budgets, results)
	if err != nil {
		return 0, err
	}
	return show(out, verdicts)
}

// show prints a line for each, and says how many are over.
func show(out io.Writer, verdicts []limits.Verdict) (over int, err error) {
	lines := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, v := range verdicts {
		word := "ok"
		if v.Over {
			word = "over"
			over++
		}
		fmt.Fprintf(lines, "%s\t%s\t%s\t%s", word, v.Name, v.Figure.Unit().Text(v.Value.Median), v.Bound())
		if allowance := v.Allowance(); allowance != "" {
			fmt.Fprintf(lines, "\t%s", allowance)
		}
		fmt.Fprintln(lines)
	}
	return over, lines.Flush()
}
