package present

import (
	"slices"
	"strings"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/chart"
	"github.com/zreq-go/zreq/benchmarks/footprint"
	"github.com/zreq-go/zreq/benchmarks/memory"
)

// Drawing is a chart and the name of its file.
type Drawing struct {
	File string
	chart.Chart
}

// plot says which figures a chart shows: of each of its cases a group of bars.
type plot struct {
	file, title, better, unit string
	group                     string
	cases                     map[string]string // the name of the group of bars, by how the case begins; of the only one ""
	value                     func(r bench.Result, name string) float64
	format                    func(float64) string
	leaves                    func(name string) bool // clients out
}

const most = 20 // times the limit; longer bars would make the others too short to be seen

func perMiB(f bench.Figure) func(bench.Result, string) float64 {
	return func(r bench.Result, name string) float64 { return r.Typical(name, f) / (1 << 20) }
}

func mebibytes(v float64) string { return digits(v) + " MiB" }

func secondsPerGB(r bench.Result, name string) float64 {
	return r.Typical(name, bench.CPU) / float64(r.Case.Bytes)
}

// wide leaves out what is not as it comes.
func wide(name string) bool { return variant(name) != "" }

func none3(name string) bool { return wide(name) || kindOf(name, "resty") || kindOf(name, "curl") }

var plots = []plot{
	{
		"keep-alive.svg", "GET of 13 bytes on a kept connection", "time for a request; lower is better", "time ÷ time of raw, a loop on the socket",
		"keep-alive",
		map[string]string{"GET, 13 B": ""},
		func(r bench.Result, name string) float64 { return r.Ratio(bench.Time, name, "raw").Median }, digits, wide,
	},
	{
		"streaming.svg", "Streaming a body to a callback, as each client comes", "throughput; higher is better", "throughput ÷ throughput of raw, a loop on the socket",
		"stream",
		map[string]string{"512 B, by": "Chunks of 512 B", "4 KiB, by": "Chunks of 4 KiB", "32 KiB, by": "Chunks of 32 KiB"},
		func(r bench.Result, name string) float64 { return r.Ratio(bench.Time, name, "raw").Inverse().Median }, digits, none3,
	},
	{
		"cpu-stream.svg", "Processor time to stream a GB to a callback of 4 KiB", "user and system, of the client alone; lower is better", "seconds for a GB",
		"stream",
		map[string]string{"4 KiB, by": ""},
		secondsPerGB, digits, wide,
	},
	{
		"cpu-files.svg", "Processor time to move a GB between a file and the network", "user and system, of the client alone; lower is better", "seconds for a GB",
		"load",
		map[string]string{"download to a file": "Download to a file", "PUT of a file": "Upload from a file"},
		secondsPerGB, digits, wide,
	},
	{
		"peak.svg", "Memory of a process that downloads 64 MiB to a file", "peak RSS, median; lower is better", "MiB",
		memory.Peak,
		map[string]string{"download 64 MiB": ""},
		perMiB(bench.RSS), mebibytes, func(string) bool { return false },
	},
	{
		"idle.svg", "Memory that a kept connection costs", "heap and stack for each, plain TCP; lower is better", "KiB",
		memory.Kept,
		map[string]string{"1000, plain": ""},
		func(r bench.Result, name string) float64 { return max(0, r.Least(name, bench.Held)/(1<<10)) },
		func(v float64) string { return digits(v) + " KiB" }, wide,
	},
	{
		"size.svg", "The smallest program that streams a body, on linux/arm", "text and data; of those named alone to connect and no more; lower is better", "MiB",
		footprint.Group,
		map[string]string{"linux/arm": ""},
		perMiB(bench.Loaded), mebibytes, func(name string) bool { return strings.Contains(name, " file") },
	},
}

// Charts are those for which there are figures.
func Charts(results []bench.Result) []Drawing {
	var all []Drawing
	for _, p := range plots {
		d := Drawing{p.file, chart.Chart{Title: p.title, Better: p.better, Unit: p.unit, Format: p.format}}
		for _, r := range results {
			for begins, name := range p.cases {
				if strings.Contains(r.Case.Group, p.group) && strings.HasPrefix(r.Case.Name, begins) && !strings.Contains(r.Case.Title(), "TLS") {
					d.group(p, r, name)
				}
			}
		}
		if len(d.Groups) > 0 {
			all = append(all, d)
		}
	}
	return all
}

func (d *Drawing) group(p plot, r bench.Result, title string) {
	g := chart.Group{Name: title}
	for _, name := range r.Names() {
		if p.leaves(name) {
			continue
		}
		if value := p.value(r, name); value < most || p.unit == "MiB" || p.unit == "KiB" {
			g.Bars = append(g.Bars, chart.Bar{Name: name, Value: value})
		} else {
			d.Better += "; " + name + " (" + digits(value) + ") is not drawn"
		}
	}
	slices.SortStableFunc(g.Bars, func(a, b chart.Bar) int { return rank(a.Name) - rank(b.Name) })
	d.Groups = append(d.Groups, g)
}

// rank puts the limit first, and then zreq.
func rank(name string) int {
	switch {
	case limit(name):
		return 0
	case ours(name):
		return 1
	}
	return 2
}
