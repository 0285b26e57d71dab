package present

import (
	"fmt"
	"strings"
	"time"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/footprint"
	"github.com/zreq-go/zreq/benchmarks/machine"
	"github.com/zreq-go/zreq/benchmarks/memory"
)

// Page is all of a report.
type Page struct {
	Machine  machine.Machine
	Versions []machine.Version
	Date     time.Time
	Took     time.Duration
	Plan     bench.Plan
	Stream   int64  // bytes of a streamed body
	Only     string // the expression that chose the cases, if one did

	Results []bench.Result
	Idles   []memory.Idle
	Peaks   []memory.Peak
	Growths []memory.Growth
	Sizes   []footprint.Size
	Faults  []string // what could not be measured, and why
	Links   string   // a section of its own, if there is one
	Budgets string   // likewise
}

// Head says what was measured on, with what and how.
func (p *Page) Head() string {
	var out strings.Builder
	out.WriteString("# zreq beside its peers\n\n")
	fmt.Fprintf(&out, "- date: %s\n", p.Date.UTC().Format("2006-01-02 15:04 MST"))
	fmt.Fprintf(&out, "- machine: %s\n", p.Machine)
	for _, v := range p.Versions {
		fmt.Fprintf(&out, "- %s: %s\n", v.Name, v.Version)
	}
	fmt.Fprintf(&out, "- plan: %d rounds, a turn of about %v for each client in each; bodies of %s are streamed\n",
		p.Plan.Rounds, p.Plan.Turn, bytes(float64(p.Stream)))
	if p.Only != "" {
		fmt.Fprintf(&out, "- only what matches `%s`\n", p.Only)
	}
	return out.String()
}

const method = `## How it was measured

The server is a process of its own, on the same machine. In each round every client of a
case has one turn, in an order that changes, so that what else the machine does hits them
alike. A time is the median of the rounds. A ratio is the median of the
ratios of the two turns of a round; the middle half of these lies within the brackets.

"raw" is the limit and no peer: a loop on the socket that makes the same callback, sets an
idle limit before each read and write, and checks next to nothing. (One that moved the limit
only now and then, as zreq does, would be faster by some 3 % where reads are small.) A client with a size in its name reads with a buffer
of that size, and is held to the raw one that does too. "time ÷ raw" is how many times as
long as that a client takes. "zreq ÷ this" is how many times as long zreq takes as the client
of the line: below 1 zreq is faster, above 1 it is slower. The tables set every client of
zreq beside every peer; what is said of them below, only those that read with buffers of the
same size, where a peer has a choice.

Allocations are those of the process that measures. CPU is the time of processors, of user
and system, that the client used, not the server; for curl it is that of its process, and of
this one, which starts it and reads what it says.
`

// String is the page as Markdown. Its charts are in the folder charts.
func (p *Page) String() string {
	var out strings.Builder
	section := func(name string) { out.WriteString("\n## " + name + "\n\n") }
	out.WriteString(p.Head())
	fmt.Fprintf(&out, "- it took %v\n\n", p.Took.Round(time.Second))
	out.WriteString(method)
	if len(p.Faults) > 0 {
		section("What could not be measured")
		for _, fault := range p.Faults {
			out.WriteString("- " + strings.ReplaceAll(fault, "\n", " ") + "\n")
		}
	}
	if len(p.Results) > 0 {
		section("Where zreq is slower")
		out.WriteString(Slower(p.Results))
	}
	if len(p.Idles)+len(p.Peaks)+len(p.Growths)+len(p.Sizes) > 0 {
		section("Where zreq is larger")
		out.WriteString(Larger(p.Idles, p.Peaks, p.Growths, p.Sizes))
	}
	if drawings := p.Charts(); len(drawings) > 0 {
		section("Charts")
		for _, d := range drawings {
			fmt.Fprintf(&out, "![%s: %s](charts/%s)\n", d.Title, d.Better, d.File)
		}
	}
	if len(p.Results) > 0 {
		section("Time")
		for i, group := range Groups(p.Results) {
			if i > 0 {
				out.WriteString("\n")
			}
			out.WriteString(Cases(group).String())
		}
	}
	if p.Links != "" {
		section("A link that breaks")
		out.WriteString(p.Links)
	}
	if memory := p.Memory(); memory != "" {
		section("Memory")
		out.WriteString(memory)
	}
	if len(p.Sizes) > 0 {
		section("Footprint")
		out.WriteString(Sizes(p.Sizes).String())
	}
	if p.Budgets != "" {
		section("Budgets")
		out.WriteString(p.Budgets)
	}
	return out.String()
}

// Memory has the tables of it.
func (p *Page) Memory() string {
	var tables []string
	if len(p.Idles) > 0 {
		tables = append(tables, Idles(p.Idles).String())
	}
	if len(p.Peaks) > 0 {
		tables = append(tables, Peaks(p.Peaks).String())
	}
	if len(p.Growths) > 0 {
		tables = append(tables, Growths(p.Growths).String())
	}
	return strings.Join(tables, "\n")
}

// Charts are those of the page.
func (p *Page) Charts() []Drawing { return Charts(p.Results, p.Idles, p.Peaks, p.Sizes) }
