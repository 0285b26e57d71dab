package present_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/footprint"
	"github.com/zreq-go/zreq/benchmarks/machine"
	"github.com/zreq-go/zreq/benchmarks/memory"
	"github.com/zreq-go/zreq/benchmarks/present"
)

// client is a name and how long it takes.
type client struct {
	name string
	time time.Duration
}

// invented is a result of three rounds, in which the machine is slower each time.
func invented(group, name string, bytes int64, clients ...client) bench.Result {
	r := bench.Result{
		Case:    bench.Case{Group: group, Name: name, Bytes: bytes},
		Samples: make(map[string][]bench.Sample),
	}
	for _, c := range clients {
		r.Names = append(r.Names, c.name)
		for round := range 3 {
			took := c.time * time.Duration(10+round) / 10
			r.Samples[c.name] = append(r.Samples[c.name], bench.Sample{Time: took, CPU: took / 2, Allocs: 2, Heap: 1536})
		}
	}
	return r
}

func page() *present.Page {
	us, ms := time.Microsecond, time.Millisecond
	return &present.Page{
		Machine: machine.Machine{CPU: "a processor", Cores: 2, Memory: 4 << 30, Kernel: "linux 6", Go: "go1.25"},
		Date:    time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC),
		Plan:    bench.Short, Stream: 32 << 20, Took: 90 * time.Second,
		Results: []bench.Result{
			invented("keep-alive", "GET, 13 B", 0, client{"raw", 10 * us}, client{"zreq", 11 * us}, client{"zreq Session", 115 * us / 10},
				client{"fasthttp", 126 * us / 10}, client{"net/http", 29 * us}, client{"resty", 40 * us}, client{"curl", 400 * us}),
			invented("stream", "512 B, by length", 32<<20, client{"raw", 20 * ms}, client{"raw, 64 KiB", 10 * ms}, client{"zreq", 21 * ms},
				client{"zreq, 64 KiB", 10500 * us}, client{"net/http", 24 * ms}, client{"fasthttp", 22 * ms}),
			invented("stream", "4 KiB, by length", 32<<20, client{"raw", 15 * ms}, client{"zreq", 15 * ms}, client{"net/http", 14 * ms}, client{"fasthttp", 22 * ms}),
			invented("stream", "32 KiB, by length", 32<<20, client{"raw", 10 * ms}, client{"zreq", 10 * ms}, client{"net/http", 11 * ms}, client{"fasthttp", 12 * ms}),
		},
		Idles: []memory.Idle{
			{Peer: "raw", Connections: 1000, Heap: 700},
			{Peer: "zreq", Connections: 1000, Heap: 1100},
			{Peer: "fasthttp", Connections: 1000, Heap: 9000, Stack: 20},
			{Peer: "net/http", Connections: 1000, Heap: 10 << 10, Stack: 8 << 10, Goroutines: 2},
		},
		Peaks: []memory.Peak{
			{Job: "download 64 MiB", Peer: "raw", RSS: []int64{6 << 20, 7 << 20, 8 << 20}},
			{Job: "download 64 MiB", Peer: "zreq", RSS: []int64{6 << 20, 7 << 20, 9 << 20}},
			{Job: "download 64 MiB", Peer: "net/http", RSS: []int64{9 << 20, 10 << 20, 11 << 20}},
			{Job: "download 64 MiB", Peer: "fasthttp", RSS: []int64{260 << 20, 267 << 20, 270 << 20}},
			{Job: "download 64 MiB", Peer: "curl", RSS: []int64{5 << 20, 5 << 20, 5 << 20}},
		},
		Growths: []memory.Growth{{Peer: "zreq", Bytes: 9 << 10}},
		Sizes: []footprint.Size{
			{Program: footprint.Program{Name: "net alone", Job: footprint.Connect}, System: "linux/arm", File: 2 << 20, Loaded: 1910 << 10, Packages: 60},
			{Program: footprint.Program{Name: "zreq", Job: footprint.Stream}, System: "linux/arm", File: 2200 << 10, Loaded: 2050 << 10, Packages: 75},
			{Program: footprint.Program{Name: "zreq, TLS", Job: footprint.Stream}, System: "linux/arm", File: 4200 << 10, Loaded: 4050 << 10, Packages: 175},
			{Program: footprint.Program{Name: "fasthttp", Job: footprint.Stream}, System: "linux/arm", File: 5800 << 10, Loaded: 5450 << 10, Packages: 190},
			{Program: footprint.Program{Name: "net/http", Job: footprint.Stream}, System: "linux/arm", File: 6000 << 10, Loaded: 5610 << 10, Packages: 200},
		},
	}
}

func TestPageSaysWhereZreqIsSlower(t *testing.T) {
	is := is.New(t)
	text := page().String()
	_, rest, _ := strings.Cut(text, "## Where zreq is slower\n")
	section, _, _ := strings.Cut(rest, "\n## ")
	is.True(has(section, "| stream: 4 KiB, by length | zreq | net/http | 1.07 (1.07–1.07) |")) // the one loss, by name
	is.True(strings.Contains(section, "faster in 15, slower in 1"))                            // what it is among
	is.True(!strings.Contains(section, "fasthttp"))                                            // and no other
	is.True(strings.Contains(section, "slower in 4 of 6"))                                     // raw is no peer, but counts
	is.True(has(text, "| peak: download 64 MiB | zreq | curl | 7.00 MiB | 5.00 MiB |"))        // memory is no secret either
}

// has reports whether a line is in text, however its cells are padded.
func has(text, line string) bool {
	return strings.Contains(strings.Join(strings.Fields(text), " "), line)
}

func TestPageHasEverySection(t *testing.T) {
	is := is.New(t)
	p := page()
	p.Faults = []string{"uploads: no\nroom"}
	p.Budgets = "ok\n"
	p.Only = "a|b"
	text := p.String()
	at := 0
	for _, want := range []string{
		"# zreq beside its peers", "2026-11-21 17:00 UTC", "a processor, 2 cores, 4.0 GiB", "3 rounds", "32.0 MiB", "`a|b`", "it took 1m30s",
		"## How it was measured", "## What could not be measured", "uploads: no room", "## Where zreq is slower",
		"## Where zreq is larger", "## Charts", "](charts/keep-alive.svg)", "## Time", "### keep-alive", "### stream",
		"## Memory", "### Kept", "### Peak", "### Live heap", "## Footprint", "## Budgets\n\nok\n",
	} {
		i := strings.Index(text[at:], want)
		is.True(i >= 0) // each is there, in order
		at += i
	}
}

func TestPageWithoutFiguresHasNoSections(t *testing.T) {
	is := is.New(t)
	text := (&present.Page{}).String()
	is.Equal(strings.Count(text, "\n## "), 1) // only how it was measured
}

func TestChartsAreDrawn(t *testing.T) {
	is := is.New(t)
	folder := t.TempDir()
	drawings := page().Charts()
	is.Equal(len(drawings), 5) // there are figures for all
	for _, d := range drawings {
		f, err := os.Create(filepath.Join(folder, d.File))
		is.NoErr(err)             // there is room
		is.NoErr(d.WriteSVG(f))   // it can be drawn
		is.NoErr(f.Close())       // and was written
		is.True(d.Better != "")   // it says which way is better
		is.True(d.Unit != "")     // and what its axis counts
		is.True(len(d.Title) > 9) // and what it shows
	}
}
