package present

import (
	"slices"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/limits"
)

// column is a figure as a table shows it.
type column struct {
	figure bench.Figure
	head   string
	text   func(c bench.Case, value float64) string
}

func plainly(text func(float64) string) func(bench.Case, float64) string {
	return func(_ bench.Case, value float64) string { return text(value) }
}

// columns are all that a table may have, in order.
var columns = []column{
	{bench.Time, "time/op", plainly(duration)},
	{bench.Time, "MB/s", rate},
	{bench.CPU, "CPU", processor},
	{bench.Allocs, "allocs/op", plainly(share)},
	{bench.Heap, "alloc. bytes/op", plainly(bytes)},
	{bench.Held, "held", plainly(bytes)},
	{bench.Stack, "of which stack", plainly(bytes)},
	{bench.Goroutines, "goroutines", plainly(digits)},
	{bench.Growth, "growth", plainly(bytes)},
	{bench.RSS, "peak RSS", plainly(bytes)},
	{bench.Loaded, "text and data", plainly(bytes)},
	{bench.File, "file", plainly(bytes)},
	{bench.Packages, "packages", plainly(digits)},
	{bench.Wire, "on the wire", plainly(whole)},
	{bench.Requests, "requests", plainly(digits)},
	{bench.Find, "to find one", plainly(duration)},
	{bench.End, "to close all", plainly(duration)},
	{bench.Unfair, "longest wait ÷ median", plainly(digits)},
}

// rate is in millions of bytes a second, where bytes count.
func rate(c bench.Case, ns float64) string {
	if c.Bytes == 0 {
		return none
	}
	return digits(float64(c.Bytes) * 1e3 / ns)
}

// processor is the time of it that an operation took, or a GB where bytes count.
func processor(c bench.Case, ns float64) string {
	if c.Bytes > 0 {
		return digits(ns/float64(c.Bytes)) + " s/GB"
	}
	return duration(ns)
}

// Groups cuts results into those of one group each, in order.
func Groups(results []bench.Result) (groups [][]bench.Result) {
	for i, r := range results {
		if i == 0 || results[i-1].Case.Group != r.Case.Group {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], r)
	}
	return groups
}

// Cases is the table of one group of results: for each case a line for each client as it comes,
// and then those with equal buffers.
func Cases(results []bench.Result) *Table {
	t, heads, shown := &Table{Title: results[0].Case.Group, Words: 2}, []string{"case", "client"}, []column{}
	for _, c := range columns {
		if slices.ContainsFunc(results, c.shows) {
			shown, heads = append(shown, c), append(heads, c.head)
		}
	}
	t.Add(append(heads, "÷ limit", "zreq ÷ this")...)
	for _, r := range results {
		title := r.Case.Name
		for _, name := range asTheyCome(r.Names()) {
			cells := []string{title, name}
			for _, c := range shown {
				cells = append(cells, c.cell(r, name))
			}
			t.Add(append(cells, against(r, name, limitFor(r.Names(), name)), against(r, oursFor(r.Names(), name), name))...)
			title = ""
		}
	}
	return t
}

func (c column) shows(r bench.Result) bool {
	return (c.head != "MB/s" || r.Case.Bytes > 0) &&
		slices.ContainsFunc(r.Names(), func(name string) bool { return r.Has(name, c.figure) })
}

// cell is what is known of a client: what another process allocates is not.
func (c column) cell(r bench.Result, name string) string {
	if !r.Has(name, c.figure) || kindOf(name, "curl") && (c.figure == bench.Allocs || c.figure == bench.Heap) {
		return none
	}
	return c.text(r.Case, r.Typical(name, c.figure))
}

// asTheyCome puts those first who have no variant.
func asTheyCome(names []string) []string {
	slices.SortStableFunc(names, func(a, b string) int { return min(1, len(variant(a))) - min(1, len(variant(b))) })
	return names
}

// against is the ratio of two clients, if both are there.
func against(r bench.Result, a, b string) string {
	if a == "" || b == "" {
		return none
	}
	return spread(r.Ratio(main(r), a, b))
}

// Budgets is the table of what zreq is held to.
func Budgets(verdicts []limits.Verdict) *Table {
	t := &Table{Words: 3}
	t.Add("", "what", "worst in", "figure", "budget")
	for _, v := range verdicts {
		t.Add(v.Word(), v.Name, v.Where, v.Figure(), v.Bound)
	}
	return t
}
