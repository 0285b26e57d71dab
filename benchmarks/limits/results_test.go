package limits_test

import (
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/footprint"
	"github.com/zreq-go/zreq/benchmarks/limits"
	"github.com/zreq-go/zreq/benchmarks/memory"
)

// invented are results in which everything that a budget asks for is there, and every
// client is as good as the other.
func invented() *limits.Results {
	needs := limits.NeedsOf(limits.Budgets)
	r := &limits.Results{
		Idles: []memory.Idle{
			{Peer: "raw", Connections: 1000, Heap: 300},
			{Peer: "zreq", Connections: 1000, Heap: 700, Stack: 5},
			{Peer: "zreq", Connections: 1000, Heap: 30_000, TLS: true},
		},
		Growths: []memory.Growth{{Peer: "net/http", Bytes: 1 << 20}, {Peer: "zreq", Bytes: 12 << 10}},
		Sizes: []footprint.Size{
			{Program: footprint.Program{Folder: "dial"}, System: "linux/amd64", Loaded: 1},
			{Program: footprint.Program{Folder: "zreq"}, System: "linux/arm", Loaded: 2_100_000},
			{Program: footprint.Program{Folder: "dial"}, System: "linux/arm", Loaded: 2_000_000},
		},
	}
	for _, job := range []string{"download 64 MiB", "upload 64 MiB"} {
		r.Peaks = append(r.Peaks, memory.Peak{Job: job, Peer: "raw", RSS: []int64{4_000_000}},
			memory.Peak{Job: job, Peer: "zreq", RSS: []int64{4_400_000, 4_400_000, 9_000_000}})
	}
	seen := make(map[string]int)
	for _, c := range needs.Cases {
		i, ok := seen[c.Group+c.Name]
		if !ok {
			i = len(r.Cases)
			seen[c.Group+c.Name] = i
			r.Cases = append(r.Cases, bench.Result{
				Case:    bench.Case{Group: c.Group, Name: c.Name, Bytes: 1 << 20},
				Samples: make(map[string][]bench.Sample),
			})
		}
		for _, client := range c.Clients {
			if r.Cases[i].Samples[client] == nil {
				r.Cases[i].Names = append(r.Cases[i].Names, client)
				r.Cases[i].Samples[client] = samples(100, 100, 100)
			}
		}
	}
	return r
}

// samples are of rounds that took so long, and as much of a processor.
func samples(times ...time.Duration) []bench.Sample {
	var all []bench.Sample
	for _, t := range times {
		all = append(all, bench.Sample{Time: t, CPU: t})
	}
	return all
}

// set gives one client of a case other samples.
func set(r *limits.Results, group, name, client string, samples ...bench.Sample) {
	for _, c := range r.Cases {
		if c.Case.Group == group && c.Case.Name == name {
			c.Samples[client] = samples
		}
	}
}

// judged is the verdict on the budget with a name.
func judged(t *testing.T, r *limits.Results, name string) limits.Verdict {
	t.Helper()
	verdicts, err := limits.Judge(limits.Budgets, r)
	is.New(t).NoErr(err)
	for _, v := range verdicts {
		if v.Name == name {
			return v
		}
	}
	t.Fatalf("no budget %q", name)
	return limits.Verdict{}
}

func TestFigures(t *testing.T) {
	r := invented()
	set(r, "keep-alive", "GET, 13 B", "zreq", samples(120, 110, 500)...)
	set(r, "stream", "32 KiB, by length", "zreq", samples(200, 200, 200)...)
	set(r, "download to a file", "download to a file", "zreq", bench.Sample{Time: 400, CPU: 50})
	set(r, "download to a file", "download to a file", "net/http", bench.Sample{Time: 100, CPU: 100})
	set(r, "download to a file", "download to a file", "raw splice", bench.Sample{Time: 100, CPU: 10})
	set(r, "keep-alive", "GET, 1 KiB", "zreq", bench.Sample{Time: 1, Allocs: 0.004}, bench.Sample{Time: 1, Allocs: 0.2})
	set(r, "keep-alive", "GET, 16 KiB", "zreq", bench.Sample{Time: 1, Allocs: 3.1}, bench.Sample{Time: 1, Allocs: 2.996})
	set(r, "stream", "512 B, in chunks of 1 KiB", "zreq", bench.Sample{Time: 1, Allocs: 1024})
	for name, tt := range map[string]struct {
		value float64
		unit  limits.Unit
	}{
		"GET, 13 B: time of raw":                           {1.2, limits.Times},  // the median of the rounds
		"stream by 32 KiB: speed of raw":                   {0.5, limits.Times},  // is more if it takes less
		"download to a file: speed of splice":              {0.25, limits.Times}, // time
		"download to a file: CPU of net/http":              {0.5, limits.Times},  // and not time
		"GET, 1 KiB: allocations":                          {0, limits.Count},    // those of the runtime do not count
		"GET, 16 KiB: allocations":                         {3, limits.Count},    // but others do
		"stream by 512 B, chunked: allocations of a chunk": {0.5, limits.Count},  // of 1 MiB in 2048
		"idle connection: above raw":                       {405, limits.Bytes},  // heap and stack, plain
		"streaming: growth of the heap":                    {12 << 10, limits.Bytes},
		"64 MiB down: peak RSS above raw":                  {400_000, limits.Bytes}, // the median process
		"64 MiB up: peak RSS above raw":                    {400_000, limits.Bytes},
		"program for arm: text and data above net alone":   {100_000, limits.Bytes}, // and not for others
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			v := judged(t, r, name)
			is.Equal(v.Value.Median, tt.value) // it is taken from what it should
			is.Equal(v.Figure.Unit(), tt.unit)
		})
	}
	v := judged(t, r, "GET, 13 B: time of raw").Value
	is.New(t).Equal([]float64{v.Low, v.High}, []float64{1.1, 5}) // the spread is that of the rounds
}

func TestWhatIsNotThere(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*limits.Results)
		want   string
	}{
		"case": {
			func(r *limits.Results) { r.Cases = r.Cases[1:2] },
			`GET, 13 B: time of raw: no case "keep-alive: GET, 13 B"; there is "keep-alive: GET, 1 KiB"`,
		},
		"client": {
			func(r *limits.Results) { r.Cases[0].Names = []string{"raw", "curl"} },
			`GET, 13 B: time of raw: keep-alive: GET, 13 B: no client "zreq"; there is "curl", "raw"`,
		},
		"samples": {
			func(r *limits.Results) { r.Cases[0].Samples["raw"] = nil },
			`GET, 13 B: time of raw: keep-alive: GET, 13 B: raw was not measured`,
		},
		"length of the body": {
			func(r *limits.Results) { r.Cases[3].Case.Bytes = 0 },
			`stream by 512 B: allocations of a chunk: stream: 512 B, by length: its 0 bytes are no chunk of 512`,
		},
		"idle connection": {
			func(r *limits.Results) { r.Idles = r.Idles[1:] },
			`idle connection: above raw: no idle connection of "raw"; there is "zreq"`,
		},
		"growth": {
			func(r *limits.Results) { r.Growths = r.Growths[:1] },
			`streaming: growth of the heap: no growth of "zreq"; there is "net/http"`,
		},
		"peak": {
			func(r *limits.Results) { r.Peaks = r.Peaks[:1] },
			`64 MiB down: peak RSS above raw: no peak of "zreq: download 64 MiB"; there is "raw: download 64 MiB"`,
		},
		"process": {
			func(r *limits.Results) { r.Peaks[1].RSS = nil },
			`64 MiB down: peak RSS above raw: peak of "zreq: download 64 MiB": no process was measured`,
		},
		"program": {
			func(r *limits.Results) { r.Sizes = nil },
			`program for arm: text and data above net alone: no program "linux/arm: zreq"; there is nothing`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			r := invented()
			tt.change(r)
			verdicts, err := limits.Judge(limits.Budgets, r)
			is.True(err != nil && strings.HasPrefix(err.Error(), tt.want)) // it says what is missing, and what is there
			is.Equal(len(verdicts), 0)                                     // and judges nothing
		})
	}
}
