package limits_test

import (
	"math"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/limits"
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

func budget(how limits.How, f bench.Figure, limit float64) limits.Budget {
	b := limits.Budget{Name: "name", Limit: limit, How: how, Figure: f, Group: "group", Cases: []string{"good", "bad"}, Client: "zreq"}
	if how != limits.Most {
		b.Peers = []string{"peer"}
	}
	return b
}

func TestJudge(t *testing.T) {
	for name, tt := range map[string]struct {
		budget     limits.Budget
		zreq, peer float64
		value      float64
		over       bool
	}{
		"within the tolerance": {budget(limits.Times, bench.Time, 1.10), 115, 100, 1.15, false},
		"beyond it":            {budget(limits.Times, bench.Time, 1.10), 116, 100, 1.16, true},
		"fast enough":          {budget(limits.Speed, bench.Time, 1.0), 105, 100, 1 / 1.05, false},
		"too slow":             {budget(limits.Speed, bench.Time, 1.0), 106, 100, 1 / 1.06, true},
		"no number":            {budget(limits.Times, bench.Time, 1.0), math.NaN(), 100, math.NaN(), true},
		"bytes":                {budget(limits.Above, bench.Held, 512), 912, 400, 512, false},
		"a byte more":          {budget(limits.Above, bench.Held, 512), 913, 400, 513, true},
		"a count":              {budget(limits.Most, bench.Allocs, 3), 3.004, 0, 3, false},
		"one more":             {budget(limits.Most, bench.Allocs, 3), 4, 0, 4, true},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			verdicts, err := limits.Judge([]limits.Budget{tt.budget}, results(tt.budget.Figure, tt.zreq, tt.peer))
			is.NoErr(err)
			v := verdicts[0]
			is.Equal(v.Over, tt.over)
			is.True(math.Abs(v.Value-tt.value) < 1e-9 || math.IsNaN(tt.value) && math.IsNaN(v.Value)) // the worst of the two cases
			is.True(strings.HasPrefix(v.Where, "bad: "))                                              // which it names
		})
	}
	is := is.New(t)
	b := budget(limits.Most, bench.Allocs, 0)
	b.Per = 512
	verdicts, err := limits.Judge([]limits.Budget{b}, results(bench.Allocs, 4, 0))
	is.NoErr(err)
	is.Equal(verdicts[0].Value, 2.0) // of 1024 bytes in chunks of 512
}

func TestWhatWasNotMeasured(t *testing.T) {
	is := is.New(t)
	all := results(bench.Time, 1, 1)
	_, err := limits.Judge([]limits.Budget{budget(limits.Times, bench.Time, 1)}, all[:1])
	is.Equal(err.Error(), `name: no case "group: bad"`)
	_, err = limits.Judge([]limits.Budget{budget(limits.Times, bench.CPU, 1)}, all)
	is.Equal(err.Error(), `name: group: good: no CPU of "zreq"`)
}

func TestSelect(t *testing.T) {
	is := is.New(t)
	maker := func(names ...string) (all []bench.Maker) {
		for _, name := range names {
			all = append(all, bench.Maker{Name: name})
		}
		return all
	}
	cases := limits.Select([]limits.Budget{budget(limits.Times, bench.Time, 1)}, []bench.Case{
		{Group: "group", Name: "good", Clients: maker("peer", "curl", "zreq")},
		{Group: "group", Name: "other", Clients: maker("zreq")},
		{Group: "elsewhere", Name: "good", Clients: maker("zreq")},
	})
	is.Equal(len(cases), 1)            // that a budget names
	is.Equal(len(cases[0].Clients), 2) // with the clients that it names
}

func TestBudgets(t *testing.T) {
	is := is.New(t)
	names := make(map[string]bool)
	for _, b := range limits.Budgets {
		is.True(!names[b.Name]) // each has a name of its own
		names[b.Name] = true
		is.True(len(b.Cases) > 0 && b.Client != "" && b.Group != "")
		is.Equal(len(b.Peers) == 0, b.How == limits.Most)
		is.True(!b.Counted || b.How == limits.Above || b.How == limits.Most) // a ratio depends on the machine
		switch b.Name {
		case "GET, 13 B: time of raw":
			is.Equal(b.Bound(), "≤ 1.10 ×")
		case "stream, TLS: speed of raw":
			is.Equal(b.Bound(), "≥ 0.98 ×")
		case "kept connection: heap and stack above raw":
			is.Equal(b.Bound(), "≤ 512 B")
		case "stream: growth of the heap":
			is.Equal(b.Bound(), "≤ 32 KiB")
		case "GET: allocations without Into":
			is.Equal(b.Bound(), "≤ 3")
		}
	}
}
