// Package limits has what zreq is held to, in budgets.txt, and judges it. Whoever measures runs
// what [Select] leaves of all cases, or everything, and gives the results to [Judge].
//
// A ratio is the median of several rounds in which both had their turn, and still not the same
// twice: it is over its budget when it is so by more than [Tolerance]. What is counted has none.
package limits

import (
	_ "embed"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dsnet/try"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// Tolerance is by how much of its budget a ratio may miss it: as much as it differs
// between two runs on a machine that others use, too.
const Tolerance = 0.05

// Budget is one bound that zreq is held to, in each of several cases, beside each of several
// peers.
type Budget struct {
	Name, Bound string
	Counted     bool
	Group       string
	Cases       []string
	Client      string
	Peers       []string // none if the figure is no comparison

	figure bench.Figure
	per    int64 // bytes; 0 for an operation
	limit  float64
	unit   string
}

//go:embed budgets.txt
var text string

// Budgets are all.
var Budgets = parse(text)

func parse(text string) (all []Budget) {
	bars := regexp.MustCompile(` *\| *`)
	list := func(cell string) []string {
		return slices.DeleteFunc(strings.Split(cell, "; "), func(s string) bool { return s == "" })
	}
	for line := range strings.Lines(text) {
		cells := bars.Split(strings.TrimSpace(line), -1)
		if len(cells) < 8 {
			continue // a comment
		}
		b := Budget{
			Name: cells[0], Bound: cells[1], Counted: cells[2] == "counted",
			Group: cells[4], Cases: list(cells[5]), Client: cells[6], Peers: list(cells[7]),
		}
		figure, per, _ := strings.Cut(cells[3], "/op/")
		if b.figure = bench.Figure(figure); per != "" {
			b.figure += "/op"
		}
		b.per, _ = strconv.ParseInt(per, 10, 64)
		number, unit, _ := strings.Cut(strings.TrimLeft(b.Bound, "≤≥ +"), " ")
		b.limit, _ = strconv.ParseFloat(number, 64)
		b.limit, b.unit = b.limit*size(unit), unit
		all = append(all, b)
	}
	return all
}

func size(unit string) float64 { return max(1, map[string]float64{"KiB": 1 << 10, "kB": 1000}[unit]) }

// Verdict is a budget beside its worst value.
type Verdict struct {
	Budget
	Value float64
	Where string // "4 KiB, by length: fasthttp"; empty if there is one place only
	Over  bool
}

// Figure is the value in the unit of the bound.
func (v Verdict) Figure() string {
	if v.unit == "×" {
		return fmt.Sprintf("%.2f ×", v.Value)
	}
	text := strings.TrimSuffix(strconv.FormatFloat(v.Value/size(v.unit), 'f', 1, 64), ".0")
	return strings.TrimSpace(strings.Replace(text, "-0", "0", 1) + " " + v.unit)
}

// Judge finds the value of each budget. What was not measured is an error that says what.
func Judge(budgets []Budget, results []bench.Result) (verdicts []Verdict, err error) {
	defer try.Handle(&err)
	for _, b := range budgets {
		verdicts = append(verdicts, b.judge(results))
	}
	return verdicts, nil
}

// least reports whether the bound is what must be reached.
func (b *Budget) least() bool { return strings.HasPrefix(b.Bound, "≥") }

func (b Budget) judge(results []bench.Result) Verdict {
	worst, peers, places := Verdict{Budget: b}, b.Peers, 0
	if len(peers) == 0 {
		peers = []string{b.Client}
	}
	for _, name := range b.Cases {
		title := bench.Case{Group: b.Group, Name: name}.Title()
		at := slices.IndexFunc(results, func(r bench.Result) bool { return r.Case.Title() == title })
		if at < 0 {
			try.E(fmt.Errorf("%s: no case %q", b.Name, title))
		}
		for _, peer := range peers {
			if r := results[at]; !r.Has(b.Client, b.figure) || !r.Has(peer, b.figure) {
				try.E(fmt.Errorf("%s: %s: no %s of %q or %q", b.Name, title, b.figure, b.Client, peer))
			}
			value := b.value(results[at], peer)
			if places++; places == 1 || math.IsNaN(value) || (value > worst.Value) != b.least() {
				worst.Value, worst.Where = value, name+": "+peer
			}
		}
	}
	if places == 1 {
		worst.Where = ""
	}
	tolerance := 1.0
	if b.unit == "×" {
		tolerance += Tolerance
	}
	if b.least() {
		worst.Over = !(worst.Value >= b.limit/tolerance) // what is no number is over
	} else {
		worst.Over = !(worst.Value <= b.limit*tolerance)
	}
	return worst
}

// value is that of one place. Of what is counted the best of the rounds is taken, to a
// hundredth: the runtime allocates, too, once in a while, and a collection between two turns
// empties the pools of a client.
func (b *Budget) value(r bench.Result, peer string) float64 {
	of := r.Typical
	if b.Counted {
		of = r.Least
	}
	switch {
	case b.least():
		return 1 / r.Ratio(b.figure, b.Client, peer).Median // of throughputs, the inverse of times
	case b.unit == "×":
		return r.Ratio(b.figure, b.Client, peer).Median
	case len(b.Peers) > 0:
		return of(b.Client, b.figure) - of(peer, b.figure)
	case b.per > 0:
		return math.Round(100*of(b.Client, b.figure)/float64(r.Case.Bytes/b.per)) / 100
	}
	return math.Round(100*of(b.Client, b.figure)) / 100
}

// Select returns those of all cases that budgets are about, each with the clients that they
// name.
func Select(budgets []Budget, all []bench.Case) (cases []bench.Case) {
	for _, c := range all {
		c = c.Only(func(client string) bool {
			return slices.ContainsFunc(budgets, func(b Budget) bool {
				return b.Group == c.Group && slices.Contains(b.Cases, c.Name) && (b.Client == client || slices.Contains(b.Peers, client))
			})
		})
		if len(c.Clients) > 0 {
			cases = append(cases, c)
		}
	}
	return cases
}
