package limits

import (
	"math"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// results has two cases of two clients, with one figure of each.
func results(f bench.Figure, zreq, peer float64) []bench.Result {
	r := func(name string, zreq float64) bench.Result {
		return bench.Result{
			Case:    bench.Case{Group: "group", Name: name, Bytes: 1024, Clients: []bench.Maker{{Name: "zreq"}, {Name: "peer"}}},
			Samples: map[string][]bench.Sample{"zreq": {{f: zreq}}, "peer": {{f: peer}}},
		}
	}
	return []bench.Result{r("good", peer), r("bad", zreq)}
}

// budget is one of a line.
func budget(bound, kind, figure, peer string) []Budget {
	return parse("name | " + bound + " | " + kind + " | " + figure + " | group | good; bad | zreq | " + peer)
}

func TestJudge(t *testing.T) {
	for name, tt := range map[string]struct {
		bound, kind, figure, peer string
		zreq, other               float64
		text                      string
		over                      bool
	}{
		"within the tolerance": {"≤ 1.10 ×", "timed", "time/op", "peer", 115, 100, "1.15 ×", false},
		"beyond it":            {"≤ 1.10 ×", "timed", "time/op", "peer", 116, 100, "1.16 ×", true},
		"fast enough":          {"≥ 1.00 ×", "timed", "time/op", "peer", 105, 100, "0.95 ×", false},
		"too slow":             {"≥ 1.00 ×", "timed", "time/op", "peer", 106, 100, "0.94 ×", true},
		"no number":            {"≤ 1.00 ×", "timed", "time/op", "peer", math.NaN(), 100, "NaN ×", true},
		"bytes":                {"≤ +512 B", "counted", "held", "peer", 912, 400, "512 B", false},
		"a byte more":          {"≤ +512 B", "counted", "held", "peer", 913, 400, "513 B", true},
		"thousands":            {"≤ +500 kB", "timed", "peak RSS", "peer", 900_000, 400_000, "500 kB", false},
		"KiB":                  {"≤ 32 KiB", "counted", "growth", "", 16 << 10, 0, "16 KiB", false},
		"a count":              {"≤ 3", "counted", "allocs/op", "", 3.004, 0, "3", false},
		"one more":             {"≤ 3", "counted", "allocs/op", "", 4, 0, "4", true},
		"of 1024 bytes":        {"≤ 0", "counted", "allocs/op/512", "", 4, 0, "2", true},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			b := budget(tt.bound, tt.kind, tt.figure, tt.peer)
			is.Equal(len(b), 1)
			verdicts, err := Judge(b, results(b[0].figure, tt.zreq, tt.other))
			is.NoErr(err)
			is.Equal(verdicts[0].Figure(), tt.text) // the worst of the two cases
			is.Equal(verdicts[0].Over, tt.over)
			is.True(strings.HasPrefix(verdicts[0].Where, "bad: ") || math.IsNaN(tt.zreq)) // which it names
		})
	}
}

func TestWhatWasNotMeasured(t *testing.T) {
	is := is.New(t)
	all := results(bench.Time, 1, 1)
	_, err := Judge(budget("≤ 1 ×", "timed", "time/op", "peer"), all[:1])
	is.Equal(err.Error(), `name: no case "group: bad"`)
	_, err = Judge(budget("≤ 1 ×", "timed", "CPU", "peer"), all)
	is.Equal(err.Error(), `name: group: good: no CPU of "zreq" or "peer"`)
}

func TestSelect(t *testing.T) {
	is := is.New(t)
	maker := func(names ...string) (all []bench.Maker) {
		for _, name := range names {
			all = append(all, bench.Maker{Name: name})
		}
		return all
	}
	cases := Select(budget("≤ 1 ×", "timed", "time/op", "peer"), []bench.Case{
		{Group: "group", Name: "good", Clients: maker("peer", "curl", "zreq")},
		{Group: "group", Name: "other", Clients: maker("zreq")},
		{Group: "elsewhere", Name: "good", Clients: maker("zreq")},
	})
	is.Equal(len(cases), 1)            // that a budget names
	is.Equal(len(cases[0].Clients), 2) // with the clients that it names
}

// TestBudgets: every line is read. That its cases are there is seen by package budget.
func TestBudgets(t *testing.T) {
	is := is.New(t)
	is.Equal(len(Budgets), strings.Count(text, "| timed")+strings.Count(text, "| counted"))
	names := make(map[string]bool)
	for _, b := range Budgets {
		is.True(!names[b.Name]) // each has a name of its own
		names[b.Name] = true
		is.True(b.limit > 0 || strings.HasSuffix(b.Bound, " 0"))
		is.True(len(b.Cases) > 0 && b.Client != "" && b.figure != "")
		is.True(!b.Counted || b.unit != "×") // a ratio depends on the machine
		is.True(len(b.Peers) > 0 || b.unit != "×")
	}
}
