package present

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// reasons say why zreq is behind a peer: the first whose pattern is found in "case | client of
// zreq | peer" counts.
var reasons = []struct {
	where *regexp.Regexp
	why   string
}{
	{regexp.MustCompile(`^(kept connection|many origins).*fasthttp`), "each keeps its deadline, its origin and its checks before reuse"},
	{regexp.MustCompile(`^heap while streaming.*net/http`), "it reads a long body with 64 KiB, net/http with 4 KiB"},
	{regexp.MustCompile(`^parallel.*fasthttp`), "each call looks at its connection before it uses it again, a fourth system call, takes its URL apart, and checks what it sends"},
	{regexp.MustCompile(`^crowd.*fasthttp`), "the same as with 64 goroutines, and a request is made and checked before the call waits, so that the cache has forgotten it"},
	{regexp.MustCompile(`^fresh.*fasthttp`), "two system calls more, to 15: one more socket option, and a look for what the server has said before the request goes out"},
	{regexp.MustCompile(`^stream(, TLS|: 32 KiB)`), "the system, and crypto/tls where there is TLS, take over 85 % of the time, alike for both"},
	{regexp.MustCompile(`^peak.*curl`), "a program of C: no runtime of Go"},
}

// noise is what is no difference, where there is no interval to tell.
const noise = 1.01

// comparison is one of a client of zreq with another one.
type comparison struct {
	result        bench.Result
	client, other string
	ratio         bench.Ratio
}

// compare has every comparison of a client of zreq with its limit, and with a peer that is alike.
func compare(results []bench.Result) []comparison {
	var all []comparison
	for _, r := range results {
		names := r.Names()
		for _, zreq := range names {
			for _, name := range names {
				if ours(zreq) && (name == beside(names, zreq, limit) || peer(name) && alike(names, zreq, name)) {
					all = append(all, comparison{r, zreq, name, r.Ratio(main(r), zreq, name)})
				}
			}
		}
	}
	return all
}

// verdict is 1 if zreq is behind, -1 if it is ahead, and 0 if that cannot be told: times by the
// interval of the ratio, and sizes by themselves.
func (c comparison) verdict() int {
	low, high := c.ratio.Low, c.ratio.High
	if main(c.result) != bench.Time {
		low, high = c.ratio.Median/noise, c.ratio.Median*noise
	}
	switch {
	case low > 1:
		return 1
	case high < 1:
		return -1
	}
	return 0
}

func (c comparison) reason() string {
	where := c.result.Case.Title() + " | " + c.client + " | " + c.other
	for _, r := range reasons {
		if r.where.MatchString(where) {
			return r.why
		}
	}
	return "not explained yet"
}

// Behind says how often zreq is ahead of its peers and behind them, and lists where it is
// behind, and why: in time, or in size, with a word for each. It is empty if there is no
// comparison.
func Behind(results []bench.Result, time bool, better, worse string) string {
	t := &Table{Words: 4}
	t.Add("case", "client of zreq", "peer", "why", "zreq ÷ peer")
	count := make(map[int]int)
	for _, c := range compare(results) {
		if !peer(c.other) || (main(c.result) == bench.Time) != time {
			continue
		}
		v := c.verdict()
		if count[v]++; v == 1 {
			t.Add(title(c.result.Case), c.client, c.other, c.reason(), spread(c.ratio))
		}
	}
	all := count[-1] + count[0] + count[1]
	if all == 0 {
		return ""
	}
	var out strings.Builder
	fmt.Fprintf(&out, "Of %d comparisons of a client of zreq with a peer, zreq is %s in %d, %s in %d, and %d are too close to tell.\n",
		all, better, count[-1], worse, count[1], count[0])
	if count[1] > 0 {
		out.WriteString("\n" + t.String())
	}
	return out.String()
}

// History is a line for each comparison of a client of zreq with a peer or with the limit, to be
// appended to a file: date, commit, case, client, the other, figure, and the ratio with its
// interval.
func History(date, commit string, results []bench.Result) string {
	var out strings.Builder
	for _, c := range compare(results) {
		fmt.Fprintf(&out, "%s\t%s\t%s\t%s\t%s\t%s\t%.3f\t%.3f\t%.3f\n",
			date, commit, c.result.Case.Title(), c.client, c.other, main(c.result), c.ratio.Median, c.ratio.Low, c.ratio.High)
	}
	return out.String()
}

// Columns is the first line of a history.
const Columns = "date\tcommit\tcase\tclient\tother\tfigure\tratio\tlow\thigh\n"
