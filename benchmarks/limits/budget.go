// Package limits has what zreq is held to, and judges it.
//
// A [Budget] names the cases and the clients that its figure is taken from. Whoever measures
// runs what [Select] leaves of all cases, or everything, and gives the results to [Judge].
//
// A figure that is counted is the same on every machine, or nearly, and has no
// tolerance. A ratio is the median of several rounds in which both had their turn, and
// still not the same twice: it is over its budget when it is so by more than [Tolerance].
package limits

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// Tolerance is by how much of its budget a ratio may miss it: as much as it differs
// between two runs on a machine that others use, too.
const Tolerance = 0.05

// Budget is one bound that zreq is held to, in each of several cases, beside each of several
// peers.
type Budget struct {
	Name  string
	Limit float64
	How   How

	Figure bench.Figure
	Group  string
	Cases  []string
	Client string
	Peers  []string // none if How needs none
	Per    int64    // bytes of a chunk that a count is for; 0 for an operation

	// Counted says that the figure does not depend on how fast the machine is, nor on
	// what else it does.
	Counted bool
}

// How says what a figure is compared by.
type How int

// Times is how many times as much as a peer it is at most, and Speed at least how many times
// as much is done in the same time. Above is by how much it is over that of a peer at most, and
// Most what it is at most.
const (
	Times How = iota
	Speed
	Above
	Most
)

// Verdict is a budget beside its worst value.
type Verdict struct {
	Budget
	Value float64
	Where string // "4 KiB, by length: fasthttp"; empty if there is one place only
	Over  bool
}

// Judge finds the value of each budget. What was not measured is an error that says what.
func Judge(budgets []Budget, results []bench.Result) ([]Verdict, error) {
	var verdicts []Verdict
	for _, b := range budgets {
		v, err := b.judge(results)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", b.Name, err)
		}
		verdicts = append(verdicts, v)
	}
	return verdicts, nil
}

func (b Budget) judge(results []bench.Result) (Verdict, error) {
	worst := Verdict{Budget: b, Value: math.Inf(-1)}
	if b.How == Speed {
		worst.Value = math.Inf(1)
	}
	peers := b.Peers
	if len(peers) == 0 {
		peers = []string{b.Client}
	}
	for _, name := range b.Cases {
		title := bench.Case{Group: b.Group, Name: name}.Title()
		at := slices.IndexFunc(results, func(r bench.Result) bool { return r.Case.Title() == title })
		if at < 0 {
			return worst, fmt.Errorf("no case %q", title)
		}
		r := results[at]
		for _, peer := range peers {
			for _, client := range []string{b.Client, peer} {
				if !r.Has(client, b.Figure) {
					return worst, fmt.Errorf("%s: no %s of %q", title, b.Figure, client)
				}
			}
			if value := b.value(r, peer); b.worse(value, worst.Value) {
				worst.Value, worst.Where = value, name+": "+peer
			}
		}
	}
	if len(b.Cases)*len(peers) == 1 {
		worst.Where = ""
	}
	worst.Over = b.over(worst.Value)
	return worst, nil
}

// value is that of one place. Of what is counted the best of the rounds is taken, to a
// hundredth: the runtime allocates, too, once in a while, and a collection between two turns
// empties the pools of a client.
func (b *Budget) value(r bench.Result, peer string) float64 {
	switch b.How {
	case Times:
		return r.Ratio(b.Figure, b.Client, peer).Median
	case Speed:
		return r.Ratio(b.Figure, b.Client, peer).Inverse().Median
	case Above:
		if b.Counted {
			return r.Least(b.Client, b.Figure) - r.Least(peer, b.Figure)
		}
		return r.Above(b.Figure, b.Client, peer)
	}
	count := r.Least(b.Client, b.Figure)
	if b.Per > 0 {
		count /= float64(r.Case.Bytes / b.Per)
	}
	return math.Round(100*count) / 100
}

// worse reports whether a is worse than b. What is no number is the worst.
func (b *Budget) worse(value, than float64) bool {
	return math.IsNaN(value) || b.How == Speed && value < than || b.How != Speed && value > than
}

func (b *Budget) over(value float64) bool {
	switch b.How {
	case Times:
		return !(value <= b.Limit*(1+Tolerance)) // what is no number is over
	case Speed:
		return !(value >= b.Limit/(1+Tolerance))
	}
	return !(value <= b.Limit)
}

// Select returns those of all cases that budgets are about, each with the clients that they
// name.
func Select(budgets []Budget, all []bench.Case) []bench.Case {
	var cases []bench.Case
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

// Bound is the budget in words: "≤ 1.10 ×".
func (b *Budget) Bound() string {
	if b.How == Speed {
		return "≥ " + b.Text(b.Limit)
	}
	return "≤ " + b.Text(b.Limit)
}

// Text is a value in its unit.
func (b *Budget) Text(value float64) string {
	switch {
	case b.How == Times || b.How == Speed:
		return fmt.Sprintf("%.2f ×", value)
	case b.Figure == bench.Allocs || b.Figure == bench.Goroutines || b.Figure == bench.Unfair:
		return trim(value)
	case math.Abs(value) >= 10<<10:
		return trim(value/(1<<10)) + " KiB"
	}
	return trim(value) + " B"
}

// trim writes one decimal, but none that is zero.
func trim(value float64) string {
	text := strings.TrimSuffix(strconv.FormatFloat(value, 'f', 1, 64), ".0")
	if text == "-0" {
		return "0"
	}
	return text
}
