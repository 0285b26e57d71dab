package jobs

import (
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/benchmarks/link"
)

// plain and secure are the origin, to ask for what is at a path.
func (w *World) plain(path string, length int64) client.Task {
	return client.Task{Address: w.Origin.Plain, Path: path, Length: length}
}

func (w *World) secure(path string, length int64) client.Task {
	return client.Task{Address: w.Origin.TLS, Roots: w.Origin.Roots, Path: path, Length: length}
}

// size is one that is in the name of a case.
type size struct {
	name  string
	bytes int
}

// smalls are bodies that come in one piece, and streamed the chunks of long ones.
var (
	smalls   = []size{{"13 B", 13}, {"1 KiB", 1 << 10}, {"16 KiB", 16 << 10}}
	streamed = []size{{"512 B", 512}, {"4 KiB", 4 << 10}, {"32 KiB", 32 << 10}}
)

func (w *World) small(s size) client.Task {
	t := w.plain(fmt.Sprintf("/bytes/%d", s.bytes), int64(s.bytes))
	t.Chunk = max(512, s.bytes)
	return t
}

// Gets are small bodies, one after the other: on one connection, and each on its own.
func Gets(w *World) []bench.Case {
	var cases []bench.Case
	for _, s := range smalls {
		clients := []string{"raw", "zreq", "zreq Session", "net/http", "fasthttp", "resty", "curl"}
		if s == smalls[0] {
			clients = append(clients, "zreq, cancellable", "zreq, without Into")
		}
		cases = append(cases, w.of("keep-alive", "GET, "+s.name, w.small(s), clients...))
	}
	fresh := w.small(smalls[0])
	fresh.Fresh = true
	return append(cases, w.of("fresh", "GET, 13 B, each on a connection of its own", fresh,
		"raw", "zreq", "net/http", "fasthttp", "resty", "curl"))
}

// Streams are bodies that nobody would hold in memory, given to a callback in chunks of one
// size. Small chunks are also read with a buffer that all have of the same size.
func Streams(w *World) []bench.Case {
	var cases []bench.Case
	for group, at := range []func(string, int64) client.Task{w.plain, w.secure} {
		for _, chunk := range streamed {
			for _, server := range []int{0, 1, 16} { // KiB of its own chunks
				name, path := ", by length", fmt.Sprintf("/bytes/%d", w.Stream)
				if server > 0 {
					name, path = fmt.Sprintf(", in chunks of %d KiB", server), fmt.Sprintf("/chunks/%d/%d", w.Stream, server<<10)
				}
				clients := []string{"raw", "zreq", "net/http", "fasthttp", "resty"}
				if chunk.bytes < 32<<10 {
					clients = append(clients, "raw"+wide, "zreq"+wide, "net/http"+wide, "fasthttp"+wide)
				} else if server == 0 { // it has no callback: once is enough
					clients = append(clients, "curl")
				}
				t := at(path, w.Stream)
				t.Chunk = chunk.bytes
				cases = append(cases, w.of([]string{"stream", "stream, TLS 1.3"}[group], chunk.name+name, t, clients...))
			}
		}
	}
	return cases
}

// Files are downloads to a file and uploads from one. A download makes a new file every time
// and removes it, so that all of them pay for its pages; none syncs it, for that is the
// disk's time and the same for all. An upload is the body of a PUT, or a part of a form, and
// is answered when all of it has come. resty has no form: it reads all of the file into
// memory for one, more than once.
func Files(w *World) []bench.Case {
	const down, up = "download to a file", "upload from a file"
	path := fmt.Sprintf("/bytes/%d", w.Stream)
	put := func(t client.Task, form bool) client.Task {
		t.Put, t.Form, t.File = true, form, filepath.Join(w.Dir, "upload")
		return t
	}
	return []bench.Case{
		w.of(down, "download to a file", w.plain(path, w.Stream),
			"raw splice", "zreq", "net/http", "fasthttp", "resty", "grab", "curl", "zreq to os.File, 64 KiB"),
		w.of(down, "download to a file, TLS", w.secure(path, w.Stream),
			"raw", "zreq", "net/http", "fasthttp", "resty", "curl", "zreq, 64 KiB"),
		w.of(up, "PUT of a file", put(w.plain("/sink", w.Stream), false),
			"raw sendfile", "zreq", "net/http", "fasthttp", "resty", "curl"),
		w.of(up, "multipart with a file", put(w.plain("/sink", w.Stream), true),
			"raw sendfile", "zreq", "net/http", "fasthttp", "curl", "zreq, 64 KiB"),
		w.of(up, "PUT of a file, TLS", put(w.secure("/sink", w.Stream), false),
			"raw", "zreq", "net/http", "fasthttp", "resty", "curl", "zreq, 64 KiB"),
	}
}

// Links are downloads over a link that breaks, at the rate of a link, or as fast as it goes.
func Links(w *World) []bench.Case {
	if w.Short {
		return []bench.Case{link.Link{Every: 1 << 20}.Case("8 MiB, cut every 1 MiB", w.Dir, 8<<20)}
	}
	return []bench.Case{link.Link{Every: 8 << 20, Rate: 16 << 20}.Case("64 MiB at 16 MiB/s, cut every 8 MiB", w.Dir, 64<<20)}
}

// Those who call at once, and the connections that they share.
const (
	callers = 64
	shared  = 8
)

// Parallel are small bodies for many goroutines on few connections.
func Parallel(w *World) []bench.Case {
	var cases []bench.Case
	for _, s := range smalls[:2] {
		t := w.small(s)
		t.Conns = shared
		cases = append(cases, w.of("parallel", fmt.Sprintf("GET, %s, %d goroutines on %d connections", s.name, callers, shared), t,
			"raw", "zreq Session", "net/http", "fasthttp", "resty"))
	}
	return append(cases, w.crowd())
}

// A crowd is a thousand goroutines that call at once, and the connections that they share.
const (
	crowd       = 1_000
	crowdShares = 100
)

// crowd is how long the last of them waits: whoever hands a connection to whoever asks first
// has callers that starve.
func (w *World) crowd() bench.Case {
	t, calls := w.small(smalls[0]), 20
	t.Conns = crowdShares
	if w.Short {
		calls = 4
	}
	c := bench.Case{Group: "crowd", Name: fmt.Sprintf("GET, 13 B, %d goroutines on %d connections", crowd, crowdShares)}
	for _, name := range []string{"raw", "zreq Session", "net/http", "fasthttp"} {
		c.Clients = append(c.Clients, bench.Maker{Name: name, Make: func() bench.Client {
			c := NewClient(name, t)
			all := workers(c, crowd)
			press(all, 1) // all connections are open
			return bench.Client{Take: func() bench.Sample { return press(all, calls) }, Close: c.Close}
		}})
	}
	return c
}

// press has all call at once, several times each.
func press(all []func(), calls int) bench.Sample {
	waits := make([]time.Duration, len(all)*calls)
	start := time.Now()
	together(all, func(i int) {
		for k := range calls {
			began := time.Now()
			all[i]()
			waits[i*calls+k] = time.Since(began)
		}
	})
	took := time.Since(start)
	slices.Sort(waits)
	return bench.Sample{
		bench.Time:   float64(took) / float64(len(waits)),
		bench.Unfair: float64(waits[len(waits)-1]) / float64(waits[len(waits)/2]),
	}
}
