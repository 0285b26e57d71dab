package present

import (
	"slices"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/table"
)

// Groups cuts results into those of one group each, in order.
func Groups(results []bench.Result) [][]bench.Result {
	var groups [][]bench.Result
	for _, r := range results {
		i := slices.IndexFunc(groups, func(g []bench.Result) bool { return g[0].Case.Group == r.Case.Group })
		if i < 0 {
			groups = append(groups, nil)
			i = len(groups) - 1
		}
		groups[i] = append(groups[i], r)
	}
	return groups
}

// Cases is the table of one group of results.
func Cases(results []bench.Result) *table.Table {
	zreqs := oursIn(results)
	moves := slices.ContainsFunc(results, func(r bench.Result) bool { return r.Case.Bytes > 0 })
	t := &table.Table{Title: results[0].Case.Group, Words: 2}
	t.Heads = []string{"case", "client", "time/op"}
	if moves {
		t.Heads = append(t.Heads, "MB/s")
	}
	t.Heads = append(t.Heads, "allocs/op", "alloc. bytes/op", "CPU")
	limited := slices.ContainsFunc(results, func(r bench.Result) bool { return slices.ContainsFunc(r.Names, limit) })
	if limited {
		t.Heads = append(t.Heads, "time ÷ raw")
	}
	for _, name := range zreqs {
		t.Heads = append(t.Heads, name+" ÷ this")
	}
	for _, r := range results {
		for i, name := range r.Names {
			title := ""
			if i == 0 {
				title = r.Case.Name
			}
			cells := append([]string{title, name}, figures(r, name, moves)...)
			if limited {
				cells = append(cells, against(r, name, limitFor(r.Names, name)))
			}
			for _, zreq := range zreqs {
				cells = append(cells, against(r, zreq, name))
			}
			t.Add(cells...)
		}
	}
	return t
}

// figures are the cells of a client in a case.
func figures(r bench.Result, name string, moves bool) []string {
	s := r.Typical(name)
	cells := []string{duration(s.Time)}
	if moves {
		if r.Case.Bytes > 0 {
			cells = append(cells, rate(r.Case.Bytes, s.Time))
		} else {
			cells = append(cells, none)
		}
	}
	if kindOf(name, "curl") { // what another process allocates is not known
		cells = append(cells, none, none)
	} else {
		cells = append(cells, share(s.Allocs), bytes(s.Heap))
	}
	return append(cells, processor(r.Case, s))
}

// processor is the time of it that an operation took, or a GB where bytes count.
func processor(c bench.Case, s bench.Sample) string {
	switch {
	case s.CPU <= 0:
		return none
	case c.Bytes > 0:
		return digits(s.CPU.Seconds()*1e9/float64(c.Bytes)) + " s/GB"
	}
	return duration(s.CPU) + "/op"
}

// against is the ratio of the times of two clients, if both are there and are two.
func against(r bench.Result, a, b string) string {
	if a == b || len(r.Samples[a]) == 0 || len(r.Samples[b]) == 0 {
		return none
	}
	return spread(r.Time(a, b))
}
