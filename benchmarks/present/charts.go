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

// Charts are those for which there are figures.
func Charts(results []bench.Result, idles []memory.Idle, peaks []memory.Peak, sizes []footprint.Size) []Drawing {
	all := []Drawing{
		{"keep-alive.svg", small(results)},
		{"streaming.svg", streaming(results)},
		{"peak.svg", peak(peaks)},
		{"idle.svg", idle(idles)},
		{"size.svg", size(sizes)},
	}
	return slices.DeleteFunc(all, func(d Drawing) bool {
		return !slices.ContainsFunc(d.Groups, func(g chart.Group) bool { return len(g.Bars) > 0 })
	})
}

func bar(name string, value float64) chart.Bar {
	return chart.Bar{Name: name, Value: value, Colour: chart.Colour(name)}
}

// small is the time of a small request on a kept connection.
func small(results []bench.Result) chart.Chart {
	c := chart.Chart{
		Title:  "GET of 13 bytes on a kept connection",
		Better: "time for a request, raw = 1; lower is better",
		Unit:   "time ÷ time of a loop on the socket",
		Format: digits,
	}
	at := slices.IndexFunc(results, func(r bench.Result) bool {
		return strings.Contains(r.Case.Group, "keep-alive") && strings.Contains(r.Case.Name, "13 B")
	})
	if at < 0 || !slices.Contains(results[at].Names, "raw") {
		return c
	}
	r := results[at]
	var bars []chart.Bar
	for _, name := range r.Names {
		ratio := r.Time(name, "raw").Median
		if peer(name) && ratio > 20 { // it would make the others too short to be seen
			c.Better += "; " + name + " (" + digits(ratio) + ") is not drawn"
			continue
		}
		bars = append(bars, bar(name, ratio))
	}
	c.Groups = []chart.Group{{Bars: bars}}
	return c
}

// streaming is the throughput of a large body by the size of the chunks handed over.
func streaming(results []bench.Result) chart.Chart {
	c := chart.Chart{
		Title:  "Streaming a body to a callback",
		Better: "throughput, raw = 1; higher is better",
		Unit:   "throughput ÷ throughput of a loop on the socket",
		Format: digits,
	}
	for _, size := range []string{"512 B", "4 KiB", "32 KiB"} {
		at := slices.IndexFunc(results, func(r bench.Result) bool {
			return strings.HasPrefix(r.Case.Group, "stream") && strings.HasPrefix(r.Case.Name, size) &&
				!strings.Contains(r.Case.Group+r.Case.Name, "TLS") && slices.Contains(r.Names, "raw")
		})
		if at < 0 {
			continue
		}
		group := chart.Group{Name: "Chunks of " + size}
		for _, name := range results[at].Names {
			if ours(name) || limit(name) || kindOf(name, "net/http") || kindOf(name, "fasthttp") {
				group.Bars = append(group.Bars, bar(name, results[at].Time(name, "raw").Inverse().Median))
			}
		}
		c.Groups = append(c.Groups, group)
	}
	return c
}

func peak(peaks []memory.Peak) chart.Chart {
	c := chart.Chart{
		Title:  "Memory of a process that downloads 64 MiB to a file",
		Better: "peak RSS, median; lower is better",
		Unit:   "MiB",
		Format: func(v float64) string { return digits(v) + " MiB" },
	}
	var bars []chart.Bar
	for _, p := range peaks {
		if p.Job == "download 64 MiB" && len(p.RSS) > 0 {
			bars = append(bars, bar(p.Peer, float64(p.Median())/(1<<20)))
		}
	}
	c.Groups = []chart.Group{{Bars: bars}}
	return c
}

func idle(idles []memory.Idle) chart.Chart {
	c := chart.Chart{
		Title:  "Memory that a kept connection costs",
		Better: "heap and stack for each, plain TCP; lower is better",
		Unit:   "KiB",
		Format: func(v float64) string { return digits(v) + " KiB" },
	}
	most := 0
	for _, i := range idles {
		if !i.TLS {
			most = max(most, i.Connections)
		}
	}
	var bars []chart.Bar
	for _, i := range idles {
		if !i.TLS && i.Connections == most {
			bars = append(bars, bar(i.Peer, max(0, float64(held(i))/(1<<10))))
		}
	}
	c.Groups = []chart.Group{{Bars: bars}}
	return c
}

func size(sizes []footprint.Size) chart.Chart {
	c := chart.Chart{
		Title:  "The smallest program that streams a body, on linux/arm",
		Better: "text and data, of those named alone to connect and no more; lower is better",
		Unit:   "MiB",
		Format: func(v float64) string { return digits(v) + " MiB" },
	}
	var bars []chart.Bar
	for _, s := range sizes {
		if s.System == "linux/arm" && (s.Job == footprint.Stream || s.Job == footprint.Connect) {
			bars = append(bars, bar(s.Name, float64(s.Loaded)/(1<<20)))
		}
	}
	c.Groups = []chart.Group{{Bars: bars}}
	return c
}
