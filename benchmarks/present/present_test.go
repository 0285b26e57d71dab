package present_test

import (
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/footprint"
	"github.com/zreq-go/zreq/benchmarks/memory"
	"github.com/zreq-go/zreq/benchmarks/present"
)

// clients and what each has of a figure.
type figures []struct {
	name  string
	value float64
}

// invented is a result of six rounds, in which the machine is slower each time.
func invented(group, name string, bytes int64, f bench.Figure, clients figures) bench.Result {
	r := bench.Result{Case: bench.Case{Group: group, Name: name, Bytes: bytes}, Samples: make(map[string][]bench.Sample)}
	for _, c := range clients {
		r.Case.Clients = append(r.Case.Clients, bench.Maker{Name: c.name})
		for i := range 6 {
			round := float64(i)
			s := bench.Sample{f: c.value}
			if f == bench.Time {
				s = bench.Sample{f: c.value * (1 + round/10), bench.CPU: c.value / 2, bench.Allocs: 2, bench.Heap: 1536}
			}
			r.Samples[c.name] = append(r.Samples[c.name], s)
		}
	}
	return r
}

func page() *present.Page {
	const us, ms, kib, mib = 1e3, 1e6, 1 << 10, 1 << 20
	return &present.Page{
		Machine: "a processor, 2 cores", Commit: "1234567", Peers: "curl 8",
		Date: time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC), Plan: bench.Short, Took: 90 * time.Second,
		Results: []bench.Result{
			invented("keep-alive", "GET, 13 B", 0, bench.Time, figures{
				{"raw", 10 * us}, {"zreq", 11 * us}, {"zreq Session", 11.5 * us}, {"fasthttp", 12.6 * us}, {"net/http", 29 * us}, {"curl", 400 * us},
			}),
			invented("stream", "512 B, by length", 32<<20, bench.Time, figures{
				{"raw", 20 * ms}, {"zreq", 21 * ms}, {"net/http", 24 * ms}, {"zreq, 64 KiB", 10.5 * ms}, {"net/http, 64 KiB", 12 * ms}, {"raw, 64 KiB", 10 * ms},
			}),
			invented("stream", "4 KiB, by length", 32<<20, bench.Time, figures{{"raw", 15 * ms}, {"zreq", 15 * ms}, {"net/http", 14 * ms}, {"fasthttp", 22 * ms}}),
			invented("download to a file", "download to a file", 32<<20, bench.Time, figures{{"raw splice", 15 * ms}, {"zreq", 15 * ms}, {"grab", 22 * ms}}),
			invented(memory.Kept, "1000, plain", 0, bench.Held, figures{{"raw", 400}, {"zreq", 800}, {"fasthttp", 500}, {"net/http", 18 * kib}}),
			invented(memory.Peak, "download 64 MiB", 0, bench.RSS, figures{{"raw", 7 * mib}, {"zreq", 7.1 * mib}, {"net/http", 10 * mib}, {"fasthttp, buffered", 267 * mib}}),
			invented(footprint.Group, "linux/arm", 0, bench.Loaded, figures{{"net alone", 2 * mib}, {"zreq", 2.2 * mib}, {"zreq, TLS", 4 * mib}, {"net/http", 6 * mib}}),
		},
	}
}

// section is that of a page, with all blanks made one.
func section(text, title string) string {
	_, rest, _ := strings.Cut(text, "\n## "+title+"\n")
	section, _, _ := strings.Cut(rest, "\n## ")
	return strings.Join(strings.Fields(section), " ")
}

func TestPageSaysWhereZreqIsBehind(t *testing.T) {
	is := is.New(t)
	slower := section(page().String(), "Where zreq is slower")
	is.True(strings.Contains(slower, "faster in 10, slower in 1, and 0 are too close"))                            // what it is among
	is.True(strings.Contains(slower, "| stream: 4 KiB, by length | zreq | net/http | not explained yet | 1.07 |")) // the one loss, by name
	is.True(!strings.Contains(slower, "fasthttp") && !strings.Contains(slower, "raw"))                             // and no other; raw is no peer
	larger := section(page().String(), "Where zreq is larger")
	is.True(strings.Contains(larger, "| kept connection: 1000, plain | zreq | fasthttp | each keeps its deadline")) // memory is no secret either, and has a reason
}

func TestPageHasEverySection(t *testing.T) {
	is := is.New(t)
	p := page()
	p.Faults, p.Budgets, p.Only = []string{"uploads: no room"}, "ok\n", "a|b"
	text := p.String()
	at := 0
	for _, want := range []string{
		"# zreq beside its peers", "2026-11-21 17:00 UTC", "1234567", "a processor", "curl 8", "6 rounds", "4.00 MiB", "`a|b`", "it took 1m30s",
		"## How to read this", "## What could not be measured", "uploads: no room", "## Where zreq is slower",
		"## Where zreq is larger", "## Charts", "](charts/keep-alive.svg)", "## Budgets", "more than 5 %", "\n\nok\n", "## All figures", "### keep-alive", "### stream",
		"### kept", "### peak", "### smallest",
	} {
		i := strings.Index(text[at:], want)
		is.True(i >= 0) // each is there, in order
		at += i
	}
	is.Equal(strings.Count((&present.Page{}).String(), "\n## "), 1) // without figures only how to read it
}

// TestLinesAsTheyCome: of each case those as they come are first, and each is compared with the
// client of zreq that reads as it does.
func TestLinesAsTheyCome(t *testing.T) {
	is := is.New(t)
	table := strings.Join(strings.Fields(present.Tables(page().Results[1:2])[0].String()), " ")
	at := 0
	for _, want := range []string{
		"| case | client | time/op | MB/s | CPU | allocs/op | alloc. bytes/op | ÷ limit | zreq ÷ this |",
		"| 512 B, by length | raw | 25.0 ms | 1342 | 0.30 s/GB | 2.0 | 1.50 KiB | – | 1.05 |", "| | zreq | 26.2 ms", "| | net/http | 30.0 ms",
		"| | zreq, 64 KiB | 13.1 ms", "| 1.05 | – |", "| | net/http, 64 KiB |", "| 1.20 | 0.88 (0.87–0.88) |", "| | raw, 64 KiB |",
	} {
		i := strings.Index(table[at:], want)
		if i < 0 {
			t.Fatalf("no %q in %s", want, table[at:])
		}
		at += i
	}
	is.True(at > 0)
}

func TestCharts(t *testing.T) {
	is := is.New(t)
	drawings := present.Charts(page().Results)
	is.Equal(len(drawings), 7) // there are figures for all
	for _, d := range drawings {
		is.True(strings.HasPrefix(d.String(), "<svg "))
		is.True(strings.Contains(d.Better, "better") && d.Unit != "" && len(d.Title) > 9) // it says what it shows
		is.True(len(d.Rows) > 1)
	}
	is.True(strings.Contains(drawings[0].Better, "curl (40.0) is not drawn")) // it would make the others too short
}

func TestHistory(t *testing.T) {
	is := is.New(t)
	text := present.History("today", "1234567", page().Results)
	is.True(strings.Contains(text, "today\t1234567\tstream: 4 KiB, by length\tzreq\tnet/http\ttime/op\t1.071\t1.071\t1.071\n"))
	is.True(strings.Contains(text, "\tkeep-alive: GET, 13 B\tzreq\traw\ttime/op\t1.100\t")) // with the limit, too
	for line := range strings.Lines(present.Columns + text) {
		is.Equal(strings.Count(line, "\t"), 8) // a field for each column
	}
}
