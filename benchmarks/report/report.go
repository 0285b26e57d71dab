package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/footprint"
	"github.com/zreq-go/zreq/benchmarks/jobs"
	"github.com/zreq-go/zreq/benchmarks/limits"
	"github.com/zreq-go/zreq/benchmarks/link"
	"github.com/zreq-go/zreq/benchmarks/machine"
	"github.com/zreq-go/zreq/benchmarks/memory"
	"github.com/zreq-go/zreq/benchmarks/origin"
	"github.com/zreq-go/zreq/benchmarks/present"
)

// peers are the modules whose versions a report gives.
var peers = []string{
	"github.com/valyala/fasthttp",
	"github.com/go-resty/resty/v2",
	"github.com/cavaliergopher/grab/v3",
}

// report is one run.
type report struct {
	stdout, stderr io.Writer
	plan           bench.Plan
	short          bool
	stream         int64
	only           *regexp.Regexp
	out            string

	start time.Time
	page  present.Page
}

// run measures all that is asked for and writes it. What cannot be measured does not
// stop the rest: it is on the page, and an error in the end.
func (r *report) run() (err error) {
	if err := os.MkdirAll(filepath.Join(r.out, "charts"), 0o777); err != nil {
		return err // now, and not when all is measured
	}
	r.start = time.Now()
	r.page = present.Page{
		Machine: machine.This(), Versions: machine.Versions(peers...), Date: r.start,
		Plan: r.plan, Stream: r.stream, Only: r.only.String(),
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

	r.cases(jobs.All(&jobs.World{Origin: server, Dir: dir, Stream: r.stream}))
	if r.only.MatchString("link") {
		r.link(dir)
	}
	if r.only.MatchString("memory") {
		r.memory(server)
	}
	if r.only.MatchString("footprint") {
		r.footprint()
	}
	if r.only.String() == "" {
		r.budgets()
	}
	r.page.Took = time.Since(r.start)
	if err := write(&r.page, r.out); err != nil {
		return err
	}
	if n := len(r.page.Faults); n > 0 {
		return fmt.Errorf("%d parts could not be measured: %s", n, filepath.Join(r.out, "REPORT.md"))
	}
	return nil
}

// cases measures those that are asked for, and prints a group when it is done.
func (r *report) cases(all []bench.Case) {
	var cases []bench.Case
	for _, c := range all {
		if r.only.MatchString(c.Group) || r.only.MatchString(c.Name) {
			cases = append(cases, c)
		}
	}
	var group []bench.Result
	for i, c := range cases {
		r.progress("%d of %d: %s: %s", i+1, len(cases), c.Group, c.Name)
		if result, err := r.plan.Run(c); err != nil {
			r.fault(c.Group+": "+c.Name, err)
		} else {
			group = append(group, result)
		}
		if last := i+1 == len(cases) || cases[i+1].Group != c.Group; last && len(group) > 0 {
			fmt.Fprintln(r.stdout, present.Cases(group))
			r.page.Results = append(r.page.Results, group...)
			group = nil
		}
	}
}

// link downloads over one that breaks, at the rate of a link, or as fast as it goes.
func (r *report) link(dir string) {
	l, size := link.Link{Every: 8 << 20, Rate: 16 << 20}, int64(64<<20)
	if r.short {
		l, size = link.Link{Every: 1 << 20}, 8<<20
	}
	r.progress("link: a download of %d MiB", size>>20)
	runs, err := l.Download(dir, size)
	if err != nil {
		r.fault("download over a link that breaks", err)
		return
	}
	r.page.Links = present.Links(l, size, runs).String()
	fmt.Fprintln(r.stdout, r.page.Links)
}

func (r *report) memory(server *origin.Origin) {
	processes := 9
	if r.short {
		processes = 3
	}
	var err error
	r.progress("memory: kept connections")
	if r.page.Idles, err = memory.Idles(server, r.short); err != nil {
		r.fault("memory of kept connections", err)
	}
	r.progress("memory: the heap while streaming")
	if r.page.Growths, err = memory.Growths(server, r.short); err != nil {
		r.fault("heap while streaming", err)
	}
	r.progress("memory: %d processes of each kind", processes)
	if r.page.Peaks, err = memory.Peaks(server, processes); err != nil {
		r.fault("peaks of memory", err)
	}
	fmt.Fprintln(r.stdout, r.page.Memory())
}

func (r *report) footprint() {
	systems := footprint.Systems
	if r.short {
		systems = []string{"linux/arm"} // the one that there is a budget for
	}
	r.progress("footprint: programs for %s", strings.Join(systems, ", "))
	var err error
	if r.page.Sizes, err = footprint.Measure(systems...); err != nil {
		r.fault("footprint", err)
		return
	}
	fmt.Fprintln(r.stdout, present.Sizes(r.page.Sizes))
}

// budgets judges what was measured, of which all has to be there.
func (r *report) budgets() {
	verdicts, err := limits.Judge(limits.Budgets, &limits.Results{
		Cases: r.page.Results, Idles: r.page.Idles, Peaks: r.page.Peaks, Growths: r.page.Growths, Sizes: r.page.Sizes,
	})
	if err != nil {
		r.fault("budgets", err)
		return
	}
	r.page.Budgets = present.Budgets(verdicts).String()
	fmt.Fprintln(r.stdout, r.page.Budgets)
}

// progress says what is being measured.
func (r *report) progress(format string, args ...any) {
	at := time.Since(r.start).Round(time.Second)
	fmt.Fprintf(r.stderr, "%5v  %s\n", at, fmt.Sprintf(format, args...))
}

// fault notes what could not be measured.
func (r *report) fault(what string, err error) {
	r.progress("%s: %v", what, err)
	r.page.Faults = append(r.page.Faults, what+": "+err.Error())
}
