// Report measures zreq beside its peers, prints tables as it goes, and writes REPORT.md and
// charts.
//
//	cd benchmarks && go run ./report
//	cd benchmarks && go run ./report -short -only keep-alive
package main

import (
	"flag"
	"log"
	"os"
	"regexp"

	"github.com/dsnet/try"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/memory"
	"github.com/zreq-go/zreq/benchmarks/origin"
)

func main() {
	origin.Main()
	memory.Main()
	defer try.F(log.Fatal)
	r := &report{stdout: os.Stdout, stderr: os.Stderr, plan: bench.Full}
	only := flag.String("only", "", "a regular `expression`: the cases whose group or name it matches")
	flag.StringVar(&r.out, "out", ".", "the `folder` for REPORT.md and charts")
	flag.StringVar(&r.history, "history", "", "a `file` that the ratios are appended to, a line for each")
	short := flag.Bool("short", false, "fewer rounds and shorter bodies: in about a minute")
	flag.Parse()
	if *short {
		r.plan = bench.Short
	}
	r.only = try.E1(regexp.Compile(*only))
	r.run()
}
