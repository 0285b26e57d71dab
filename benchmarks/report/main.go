// Report measures zreq beside its peers, prints tables as it goes, and writes REPORT.md and
// charts.
//
//	cd benchmarks && go run ./report
//	cd benchmarks && go run ./report -short -only keep-alive
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/memory"
	"github.com/zreq-go/zreq/benchmarks/origin"
)

func main() {
	origin.Main()
	memory.Main()
	r := &report{stdout: os.Stdout, stderr: os.Stderr, plan: bench.Full}
	only := flag.String("only", "", "a regular `expression`: the cases whose group or name it matches")
	flag.StringVar(&r.out, "out", ".", "the `folder` for REPORT.md and charts")
	flag.StringVar(&r.history, "history", "", "a `file` that the ratios are appended to, a line for each")
	short := flag.Bool("short", false, "fewer rounds and shorter bodies: in about a minute")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "report: what is", flag.Args())
		os.Exit(2)
	}
	if *short {
		r.plan = bench.Short
	}
	var err error
	if r.only, err = regexp.Compile(*only); err == nil {
		err = r.run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}
