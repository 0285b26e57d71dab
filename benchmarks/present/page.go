// Package present makes tables, sentences and charts of what was measured.
//
// It leaves nothing out and holds no figure back: where zreq is behind a peer is in a section
// of its own, at the head of the page.
package present

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// Page is all of a report.
type Page struct {
	Machine  string
	Commit   string
	Versions []string
	Date     time.Time
	Took     time.Duration
	Plan     bench.Plan
	Stream   int64  // bytes of a streamed body
	Only     string // the expression that chose the cases, if one did

	Results []bench.Result
	Faults  []string // what could not be measured, and why
	Budgets string   // a section of its own, if there is one
}

// Head says what was measured on, with what and how.
func (p *Page) Head() string {
	var out strings.Builder
	out.WriteString("# zreq beside its peers\n\n")
	fmt.Fprintf(&out, "- date: %s\n- commit: %s\n- machine: %s\n", p.Date.UTC().Format("2006-01-02 15:04 MST"), p.Commit, p.Machine)
	fmt.Fprintf(&out, "- peers: %s\n", strings.Join(p.Versions, ", "))
	fmt.Fprintf(&out, "- plan: %d rounds, a turn of about %v for each client in each; bodies of %s are streamed\n",
		p.Plan.Rounds, p.Plan.Turn, bytes(float64(p.Stream)))
	if p.Only != "" {
		fmt.Fprintf(&out, "- only what matches `%s`\n", p.Only)
	}
	return out.String()
}

const how = `## How to read this

Each client does each job, and checks that every byte came. Those without a size in their
name are as they come: that is what users meet. Those with one, "zreq, 64 KiB", all read with a
buffer of that size. "raw" is the limit and no peer: a loop on the socket that makes the same
callback, sets an idle limit before each read and write, and checks next to nothing.

"÷ limit" is how many times as much as the limit a client takes. "zreq ÷ this" is how many times
as much zreq takes as the client of the line: **below 1 zreq is better**. A ratio is the median
of the ratios of single rounds, in which each client has one turn, in an order that changes;
with a probability of 95 % the true median lies within the brackets. CPU is the time of
processors, user and system, that the client used. The server is a process of its own, on the
same machine.
`

// String is the page as Markdown. Its charts are in the folder charts.
func (p *Page) String() string {
	var out strings.Builder
	section := func(name string) { out.WriteString("\n## " + name + "\n\n") }
	out.WriteString(p.Head())
	fmt.Fprintf(&out, "- it took %v\n\n", p.Took.Round(time.Second))
	out.WriteString(how)
	if len(p.Faults) > 0 {
		section("What could not be measured")
		for _, fault := range p.Faults {
			out.WriteString("- " + strings.ReplaceAll(fault, "\n", " ") + "\n")
		}
	}
	for _, part := range []struct {
		title string
		time  bool
	}{{"Where zreq is slower", true}, {"Where zreq is larger", false}} {
		some := slices.ContainsFunc(p.Results, func(r bench.Result) bool { return (main(r) == bench.Time) == part.time })
		if some {
			section(part.title)
			out.WriteString(Behind(p.Results, part.time))
		}
	}
	if drawings := Charts(p.Results); len(drawings) > 0 {
		section("Charts")
		for _, d := range drawings {
			fmt.Fprintf(&out, "![%s: %s](charts/%s)\n", d.Title, d.Better, d.File)
		}
	}
	if p.Budgets != "" {
		section("Budgets")
		out.WriteString(p.Budgets)
	}
	if len(p.Results) > 0 {
		section("All figures")
		for i, group := range Groups(p.Results) {
			if i > 0 {
				out.WriteString("\n")
			}
			out.WriteString(Cases(group).String())
		}
	}
	return out.String()
}
