package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/footprint"
	"github.com/zreq-go/zreq/benchmarks/jobs"
	"github.com/zreq-go/zreq/benchmarks/limits"
	"github.com/zreq-go/zreq/benchmarks/machine"
	"github.com/zreq-go/zreq/benchmarks/memory"
	"github.com/zreq-go/zreq/benchmarks/origin"
	"github.com/zreq-go/zreq/benchmarks/present"
)

// report is one run.
type report struct {
	stdout, stderr io.Writer
	plan           bench.Plan
	short          bool
	stream         int64
	only           *regexp.Regexp
	out, history   string

	start time.Time
	page  present.Page
}

// run measures all that is asked for and writes it. What cannot be measured does not
// stop the rest: it is on the page, and an error in the end.
func (r *report) run() (err error) {
	charts := filepath.Join(r.out, "charts")
	if err := os.MkdirAll(charts, 0o777); err != nil {
		return err // now, and not when all is measured
	}
	r.start = time.Now()
	r.page = present.Page{
		Machine: machine.This(), Commit: machine.Commit(), Versions: machine.Versions("fasthttp", "resty", "grab"),
		Date: r.start, Plan: r.plan, Stream: r.stream, Only: r.only.String(),
	}
	fmt.Fprintln(r.stdout, r.page.Head())
	server, err := origin.Start()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	dir, err := os.MkdirTemp("", "zreq-report-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	w := &jobs.World{Origin: server, Dir: dir, Stream: r.stream, Short: r.short}
	systems := footprint.Systems
	if r.short {
		systems = []string{"linux/arm"} // the one that there is a budget for
	}
	r.cases(slices.Concat(jobs.All(w), memory.Cases(w), footprint.Cases(systems...)))
	if r.only.String() == "" {
		r.budgets()
	}
	r.page.Took = time.Since(r.start)
	if err := r.write(charts); err != nil {
		return err
	}
	if n := len(r.page.Faults); n > 0 {
		return fmt.Errorf("%d parts could not be measured: %s", n, filepath.Join(r.out, "REPORT.md"))
	}
	return nil
}

// cases measures those that are asked for, and prints a group when it is done.
func (r *report) cases(all []bench.Case) {
	cases := slices.DeleteFunc(all, func(c bench.Case) bool { return !r.only.MatchString(c.Group) && !r.only.MatchString(c.Name) })
	for i, c := range cases {
		r.progress("%d of %d: %s", i+1, len(cases), c.Title())
		result, err := r.plan.Run(c)
		if err != nil {
			r.progress("%v", err)
			r.page.Faults = append(r.page.Faults, err.Error())
		} else {
			r.page.Results = append(r.page.Results, result)
		}
		if i+1 == len(cases) || cases[i+1].Group != c.Group {
			for _, group := range present.Groups(r.page.Results) {
				if group[0].Case.Group == c.Group {
					fmt.Fprintln(r.stdout, present.Cases(group))
				}
			}
		}
	}
}

// budgets judges what was measured, of which all has to be there.
func (r *report) budgets() {
	verdicts, err := limits.Judge(limits.Budgets, r.page.Results)
	if err != nil {
		r.page.Faults = append(r.page.Faults, "budgets: "+err.Error())
		return
	}
	r.page.Budgets = present.Budgets(verdicts).String()
	fmt.Fprintln(r.stdout, r.page.Budgets)
}

// write writes the page, its charts and the history.
func (r *report) write(charts string) error {
	for _, d := range present.Charts(r.page.Results) {
		if err := os.WriteFile(filepath.Join(charts, d.File), []byte(d.String()), 0o644); err != nil {
			return err
		}
	}
	if r.history != "" {
		if err := r.remember(); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(r.out, "REPORT.md"), []byte(r.page.String()), 0o644)
}

// remember appends the ratios to the history.
func (r *report) remember() error {
	f, err := os.OpenFile(r.history, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && info.Size() == 0 {
		_, err = io.WriteString(f, present.Columns)
	}
	if err == nil {
		_, err = io.WriteString(f, present.History(r.start.UTC().Format("2006-01-02 15:04"), r.page.Commit, r.page.Results))
	}
	return errors.Join(err, f.Close())
}

// progress says what is being measured.
func (r *report) progress(format string, args ...any) {
	at := time.Since(r.start).Round(time.Second)
	fmt.Fprintf(r.stderr, "%5v  %s\n", at, fmt.Sprintf(format, args...))
}
