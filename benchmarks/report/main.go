// Report measures zreq beside its peers, prints tables as it goes, and writes REPORT.md and
// charts.
//
//	cd benchmarks && go run ./report
//	cd benchmarks && go run ./report -short -only keep-alive
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/dsnet/try"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/footprint"
	"github.com/zreq-go/zreq/benchmarks/jobs"
	"github.com/zreq-go/zreq/benchmarks/limits"
	"github.com/zreq-go/zreq/benchmarks/machine"
	"github.com/zreq-go/zreq/benchmarks/memory"
	"github.com/zreq-go/zreq/benchmarks/origin"
	"github.com/zreq-go/zreq/benchmarks/present"
)

func main() {
	origin.Main()
	memory.Main()
	log.SetFlags(0)
	defer try.F(log.Fatal)
	r := &report{stdout: os.Stdout, stderr: os.Stderr, plan: bench.Full}
	only := flag.String("only", "", "a regular `expression`: the cases whose group or name it matches")
	flag.StringVar(&r.out, "out", ".", "the `folder` for REPORT.md and charts")
	flag.StringVar(&r.history, "history", "", "a `file` that the ratios are appended to, a line for each")
	short := flag.Bool("short", false, "fewer rounds and shorter bodies: in about a minute")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatal("what is ", flag.Args())
	}
	if *short {
		r.plan = bench.Short
	}
	r.only = try.E1(regexp.Compile(*only))
	r.run()
}

// report is one run.
type report struct {
	stdout, stderr io.Writer
	plan           bench.Plan
	only           *regexp.Regexp
	out, history   string

	start time.Time
	page  present.Page
}

// run measures all that is asked for and writes it. What cannot be measured does not
// stop the rest: it is on the page, and an error in the end.
func (r *report) run() {
	try.E(os.MkdirAll(filepath.Join(r.out, "charts"), 0o777)) // now, and not when all is measured
	r.start = time.Now()
	r.page = present.Page{
		Machine: machine.This(), Commit: machine.Commit(), Peers: strings.Join(machine.Versions("fasthttp", "resty", "grab"), ", "),
		Date: r.start, Plan: r.plan, Only: r.only.String(),
	}
	fmt.Fprintln(r.stdout, r.page.Head())
	jobs.In(r.plan, func(w *jobs.World) {
		r.cases(slices.Concat(jobs.All(w), memory.Cases(w), footprint.Cases(w.Plan)))
	})
	if r.page.Only == "" { // of what is judged all has to be there
		if verdicts, err := limits.Judge(limits.Budgets, r.page.Results); err != nil {
			r.fault("budgets: %w", err)
		} else {
			r.page.Budgets = present.Budgets(verdicts).String()
			fmt.Fprintln(r.stdout, r.page.Budgets)
		}
	}
	r.page.Took = time.Since(r.start).Round(time.Second)
	r.write()
	if n := len(r.page.Faults); n > 0 {
		try.E(fmt.Errorf("%d parts could not be measured: %s", n, filepath.Join(r.out, "REPORT.md")))
	}
}

// cases measures those that are asked for, and prints a group when it is done.
func (r *report) cases(all []bench.Case) {
	cases := slices.DeleteFunc(all, func(c bench.Case) bool { return !r.only.MatchString(c.Group) && !r.only.MatchString(c.Name) })
	done := len(r.page.Results)
	for i, c := range cases {
		r.progress("%d of %d: %s", i+1, len(cases), c.Title())
		if result, err := r.plan.Run(c); err != nil {
			r.fault("%w", err)
		} else {
			r.page.Results = append(r.page.Results, result)
		}
		if i+1 == len(cases) || cases[i+1].Group != c.Group {
			for _, table := range present.Tables(r.page.Results[done:]) {
				fmt.Fprintln(r.stdout, table)
			}
			done = len(r.page.Results)
		}
	}
}

// write writes the page, its charts and the history.
func (r *report) write() {
	for _, d := range present.Charts(r.page.Results) {
		try.E(os.WriteFile(filepath.Join(r.out, "charts", d.File), []byte(d.String()), 0o644))
	}
	if r.history != "" {
		f := try.E1(os.OpenFile(r.history, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644))
		defer f.Close()
		if try.E1(f.Stat()).Size() == 0 {
			try.E1(io.WriteString(f, present.Columns))
		}
		try.E1(io.WriteString(f, present.History(r.start.UTC().Format("2006-01-02 15:04"), r.page.Commit, r.page.Results)))
	}
	try.E(os.WriteFile(filepath.Join(r.out, "REPORT.md"), []byte(r.page.String()), 0o644))
}

// progress says what is being measured, and fault what could not be.
func (r *report) progress(format string, args ...any) {
	fmt.Fprintf(r.stderr, "%5v  %s\n", time.Since(r.start).Round(time.Second), fmt.Sprintf(format, args...))
}

func (r *report) fault(format string, err error) {
	err = fmt.Errorf(format, err)
	r.progress("%v", err)
	r.page.Faults = append(r.page.Faults, strings.ReplaceAll(err.Error(), "\n", " "))
}
