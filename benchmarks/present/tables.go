package present

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/limits"
)

// Table has rows of cells, which are padded, so that one text does for a terminal and for a page
// of Markdown.
type Table struct {
	Title string // a heading of the third rank
	Words int    // how many columns are words; the others are figures, to the right
	Rows  [][]string
}

// Add adds a row. The first has the heads.
func (t *Table) Add(cells ...string) { t.Rows = append(t.Rows, cells) }

// String is the table as text.
func (t *Table) String() string {
	var out strings.Builder
	if t.Title != "" {
		out.WriteString("### " + t.Title + "\n\n")
	}
	widths := make([]int, len(t.Rows[0]))
	for _, row := range t.Rows {
		for i, cell := range row {
			widths[i] = max(3, widths[i], utf8.RuneCountInString(cell))
		}
	}
	rule := make([]string, len(widths))
	for i, width := range widths {
		rule[i] = strings.Repeat("-", width)
		if i >= t.Words { // the colon asks Markdown for what padding does in plain text
			rule[i] = rule[i][1:] + ":"
		}
	}
	for _, row := range slices.Insert(slices.Clone(t.Rows), 1, rule) {
		for i, cell := range row {
			width := widths[i]
			if i < t.Words {
				width = -width // to the left
			}
			fmt.Fprintf(&out, "| %*s ", width, cell)
		}
		out.WriteString("|\n")
	}
	return out.String()
}

// column is a figure as a table shows it.
type column struct {
	figure bench.Figure
	head   string
	text   func(value float64) string
}

// Where bytes count, the rate is in millions of them a second, and CPU is for a GB.
const rate, perGB = "MB/s", " s/GB"

// columns are all that a table may have, in order.
var columns = []column{
	{bench.Time, "time/op", duration},
	{bench.Time, rate, digits},
	{bench.CPU, "CPU", duration},
	{bench.Allocs, "allocs/op", share},
	{bench.Heap, "alloc. bytes/op", bytes},
	{bench.Held, "held", bytes},
	{bench.Stack, "of which stack", bytes},
	{bench.Goroutines, "goroutines", digits},
	{bench.Growth, "growth", bytes},
	{bench.RSS, "peak RSS", bytes},
	{bench.Loaded, "text and data", bytes},
	{bench.File, "file", bytes},
	{bench.Packages, "packages", whole},
	{bench.Wire, "on the wire", whole},
	{bench.Requests, "requests", whole},
	{bench.Find, "to find one", duration},
	{bench.End, "to close all", duration},
	{bench.Unfair, "longest wait ÷ median", digits},
}

// Tables are those of all groups of results, in order.
func Tables(results []bench.Result) (tables []*Table) {
	for start, i := 0, 1; start < len(results); i++ {
		if i == len(results) || results[i].Case.Group != results[start].Case.Group {
			tables = append(tables, table(results[start:i]))
			start = i
		}
	}
	return tables
}

// table is that of one group: for each case a line for each client as it comes, and then those
// with equal buffers.
func table(results []bench.Result) *Table {
	t, heads, shown := &Table{Title: results[0].Case.Group, Words: 2}, []string{"case", "client"}, []column{}
	for _, c := range columns {
		if slices.ContainsFunc(results, c.shows) {
			shown, heads = append(shown, c), append(heads, c.head)
		}
	}
	t.Add(append(heads, "÷ limit", "zreq ÷ this")...)
	for _, r := range results {
		title, names := r.Case.Name, r.Names()
		for _, name := range asTheyCome(names) {
			cells := []string{title, name}
			for _, c := range shown {
				cells = append(cells, c.cell(r, name))
			}
			cells = append(cells, against(r, name, beside(names, name, limit)), against(r, beside(names, name, ours), name))
			t.Add(cells...)
			title = ""
		}
	}
	return t
}

func (c column) shows(r bench.Result) bool {
	return slices.ContainsFunc(r.Names(), func(name string) bool { return c.cell(r, name) != none })
}

// cell is what is known of a client: what another process allocates is not.
func (c column) cell(r bench.Result, name string) string {
	if !r.Has(name, c.figure) || kindOf(name, "curl") && (c.figure == bench.Allocs || c.figure == bench.Heap) {
		return none
	}
	value, moved := r.Typical(name, c.figure), float64(r.Case.Bytes)
	switch {
	case c.head == rate && moved == 0:
		return none
	case c.head == rate:
		return c.text(moved * 1e3 / value)
	case c.figure == bench.CPU && moved > 0:
		return digits(value/moved) + perGB
	}
	return c.text(value)
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
		t.Add(map[bool]string{false: "ok", true: "over"}[v.Over], v.Name, v.Where, v.Figure(), v.Bound)
	}
	return t
}
