// Package present makes tables, sentences and charts of what was measured.
//
// It leaves nothing out and holds no figure back: where zreq is behind a peer is in a section
// of its own, at the head of the page. The text of the page is in page.md.
package present

import (
	_ "embed"
	"fmt"
	"strings"
	"text/template"
	"time"

	"github.com/dsnet/try"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/limits"
)

// Page is all of a report.
type Page struct {
	Machine string
	Commit  string
	Peers   string // with their versions
	Date    time.Time
	Took    time.Duration
	Plan    bench.Plan
	Only    string // the expression that chose the cases, if one did

	Results []bench.Result
	Faults  []string // what could not be measured, and why, in a line each
	Budgets string   // a section of its own, if there is one
}

//go:embed page.md
var source string

var text = template.Must(template.New("page").Funcs(template.FuncMap{
	"behind":    Behind,
	"charts":    Charts,
	"tables":    Tables,
	"bytes":     func(n int64) string { return bytes(float64(n)) },
	"tolerance": func() string { return fmt.Sprintf("%.0f %%", 100*limits.Tolerance) },
}).Parse(source))

// Head says what was measured on, with what and how.
func (p *Page) Head() string { return p.execute("head") }

// String is the page as Markdown. Its charts are in the folder charts.
func (p *Page) String() string { return p.execute("page") }

func (p *Page) execute(name string) string {
	var out strings.Builder
	try.E(text.ExecuteTemplate(&out, name, p))
	return out.String()
}
