package present

import (
	"slices"
	"strconv"

	"github.com/zreq-go/zreq/benchmarks/footprint"
	"github.com/zreq-go/zreq/benchmarks/memory"
	"github.com/zreq-go/zreq/benchmarks/table"
)

// Idles is the table of kept connections.
func Idles(idles []memory.Idle) *table.Table {
	t := &table.Table{
		Title: "Kept connections, per connection", Words: 2,
		Heads: []string{"connections", "client", "heap", "stack", "together", "above raw", "goroutines"},
	}
	for _, i := range idles {
		above := none
		at := slices.IndexFunc(idles, func(o memory.Idle) bool {
			return limit(o.Peer) && o.TLS == i.TLS && o.Connections == i.Connections
		})
		if at >= 0 {
			above = bytes(float64(held(i) - held(idles[at])))
		}
		t.Add(connections(i), i.Peer, bytes(float64(i.Heap)), bytes(float64(i.Stack)),
			bytes(float64(held(i))), above, digits(i.Goroutines))
	}
	return t
}

func held(i memory.Idle) int64 { return i.Heap + i.Stack }

func connections(i memory.Idle) string {
	if i.TLS {
		return strconv.Itoa(i.Connections) + ", TLS"
	}
	return strconv.Itoa(i.Connections) + ", plain"
}

// Peaks is the table of processes that did one job each.
func Peaks(peaks []memory.Peak) *table.Table {
	t := &table.Table{
		Title: "Peak of memory of a process (RSS)", Words: 2,
		Heads: []string{"job", "client", "median", "middle half", "above raw", "processes"},
	}
	for _, p := range peaks {
		if len(p.RSS) == 0 {
			continue
		}
		above := none
		at := slices.IndexFunc(peaks, func(o memory.Peak) bool {
			return limit(o.Peer) && o.Job == p.Job && len(o.RSS) > 0
		})
		if at >= 0 {
			above = bytes(float64(p.Median() - peaks[at].Median()))
		}
		n, sizes := len(p.RSS), slices.Sorted(slices.Values(p.RSS))
		half := bytes(float64(sizes[n/4])) + " – " + bytes(float64(sizes[n-1-n/4]))
		t.Add(p.Job, p.Peer, bytes(float64(p.Median())), half, above, strconv.Itoa(n))
	}
	return t
}

// Growths is the table of them.
func Growths(growths []memory.Growth) *table.Table {
	t := &table.Table{
		Title: "Live heap while a body is streamed, above the level before",
		Heads: []string{"client", "growth"},
	}
	for _, g := range growths {
		t.Add(g.Peer, bytes(float64(g.Bytes)))
	}
	return t
}

// Sizes is the table of the smallest programs.
func Sizes(sizes []footprint.Size) *table.Table {
	t := &table.Table{
		Title: "The smallest program for a job, stripped", Words: 3,
		Heads: []string{"system", "program", "job", "file", "loaded", "above net alone", "packages"},
	}
	for _, s := range sizes {
		above := none
		at := slices.IndexFunc(sizes, func(o footprint.Size) bool { return o.Name == "net alone" && o.System == s.System })
		if at >= 0 {
			above = bytes(float64(s.Loaded - sizes[at].Loaded))
		}
		t.Add(s.System, s.Name, s.Job, bytes(float64(s.File)), bytes(float64(s.Loaded)), above, strconv.Itoa(s.Packages))
	}
	return t
}
