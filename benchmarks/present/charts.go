package present

import (
	"slices"
	"strings"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/footprint"
	"github.com/zreq-go/zreq/benchmarks/memory"
)

// plot says which figures a chart shows: of each of its cases a group of bars.
type plot struct {
	file, title, better, unit string
	group                     string
	cases                     []string // how each begins; all words before the comma name its bars
	value                     func(r bench.Result, name string) float64
	all                       bool // clients, not only those as they come
}

const most = 20 // times the limit; longer bars would make the others too short to be seen

func times(r bench.Result, name string) float64 { return r.Ratio(bench.Time, name, "raw").Median }
func speed(r bench.Result, name string) float64 { return 1 / times(r, name) }

func per(f bench.Figure, unit float64) func(bench.Result, string) float64 {
	return func(r bench.Result, name string) float64 { return r.Typical(name, f) / unit }
}

func secondsPerGB(r bench.Result, name string) float64 {
	return r.Typical(name, bench.CPU) / float64(r.Case.Bytes)
}

var plots = []plot{
	{
		"keep-alive.svg", "GET of 13 bytes on a kept connection", "time for a request; lower is better",
		"time ÷ time of raw, a loop on the socket", "keep-alive",
		[]string{"GET, 13 B"},
		times, false,
	},
	{
		"streaming.svg", "Streaming a body to a callback, as each client comes", "throughput, by the size of chunks; higher is better",
		"throughput ÷ throughput of raw, a loop on the socket", "stream",
		[]string{"512 B, by", "4 KiB, by", "32 KiB, by"},
		speed, false,
	},
	{
		"cpu-stream.svg", "Processor time to stream a GB to a callback, in chunks of 4 KiB", "user and system, of the client alone; lower is better",
		"seconds for a GB", "stream",
		[]string{"4 KiB, by"},
		secondsPerGB, false,
	},
	{
		"cpu-files.svg", "Processor time to move a GB between a file and the network", "user and system, of the client alone; lower is better",
		"seconds for a GB", "load",
		[]string{"download to a file", "PUT of a file"},
		secondsPerGB, false,
	},
	{
		"peak.svg", "Memory of a process that downloads 64 MiB to a file", "peak RSS, median; lower is better",
		"MiB", memory.Peak,
		[]string{"download 64 MiB"},
		per(bench.RSS, 1<<20), true,
	},
	{
		"idle.svg", "Memory that a kept connection costs", "heap and stack for each, plain TCP; lower is better",
		"KiB", memory.Kept,
		[]string{"1000, plain"},
		per(bench.Held, 1<<10), false,
	},
	{
		"size.svg", "The smallest program that streams a body, on linux/arm", "text and data; of those named alone to connect and no more; lower is better",
		"MiB", footprint.Group,
		[]string{"linux/arm"},
		per(bench.Loaded, 1<<20), true,
	},
}

// Charts are those for which there are figures.
func Charts(results []bench.Result) (all []*Chart) {
	for _, p := range plots {
		c := &Chart{File: p.file, Title: p.title, Better: p.better, Unit: p.unit, Format: digits}
		if p.unit == "MiB" || p.unit == "KiB" {
			c.Format = func(v float64) string { return digits(v) + " " + p.unit }
		}
		for _, r := range results {
			shown := slices.ContainsFunc(p.cases, func(begins string) bool { return strings.HasPrefix(r.Case.Name, begins) })
			if shown && strings.Contains(r.Case.Group, p.group) && !strings.Contains(r.Case.Title(), "TLS") {
				c.add(p, r)
			}
		}
		if len(c.Groups) > 0 {
			all = append(all, c)
		}
	}
	return all
}

func (c *Chart) add(p plot, r bench.Result) {
	var g Group
	if len(p.cases) > 1 {
		g.Name, _, _ = strings.Cut(r.Case.Name, ", ")
	}
	for _, name := range r.Names() {
		value := p.value(r, name)
		switch {
		case !p.all && variant(name) != "", strings.Contains(name, " a file"): // another job, or not as it comes
		case value > most && strings.Contains(p.unit, "raw"):
			c.Better += "; " + name + " (" + digits(value) + ") is not drawn"
		default:
			g.Bars = append(g.Bars, Bar{Name: name, Value: max(0, value)})
		}
	}
	slices.SortStableFunc(g.Bars, func(a, b Bar) int { return rank(a.Name) - rank(b.Name) })
	c.Groups = append(c.Groups, g)
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
