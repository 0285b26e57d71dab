package present

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"unicode/utf8"

	"github.com/dsnet/try"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// Chart has horizontal bars, and is drawn as SVG. The same chart is the same bytes.
type Chart struct {
	File   string // its name
	Title  string // what is shown
	Better string // which way: "lower is better"
	Unit   string // of the axis
	Rows   []Row
}

// Row is the bar of a client, or the name of the group of bars that follows.
type Row struct {
	Client string // of the bar
	Value  float64
	Text   string // of the value, or of the group
}

// plot says which figures a chart shows: of each of its cases a group of bars.
type plot struct {
	file, title, better, unit string
	cases                     string // an expression for their titles
	value                     func(r bench.Result, name string) float64
	all                       bool // clients, not only those as they come
}

const most = 20 // times the limit; longer bars would make the others too short to be seen

func times(r bench.Result, name string) float64 { return r.Ratio(bench.Time, name, "raw").Median }
func speed(r bench.Result, name string) float64 { return 1 / times(r, name) }

func per(f bench.Figure, unit float64) func(bench.Result, string) float64 {
	return func(r bench.Result, name string) float64 { return r.Typical(name, f) / unit }
}

func secondsPerGB(r bench.Result, name string) float64 {
	return r.Typical(name, bench.CPU) / float64(r.Case.Bytes)
}

var plots = []plot{
	{
		"keep-alive.svg", "GET of 13 bytes on a kept connection", "time for a request; lower is better",
		"time ÷ time of raw, a loop on the socket",
		`^keep-alive: GET, 13 B$`, times, false,
	},
	{
		"streaming.svg", "Streaming a body to a callback, as each client comes", "throughput, by the size of chunks; higher is better",
		"throughput ÷ throughput of raw, a loop on the socket",
		`^stream: .*, by length$`, speed, false,
	},
	{
		"cpu-stream.svg", "Processor time to stream a GB to a callback, in chunks of 4 KiB", "user and system, of the client alone; lower is better",
		"seconds for a GB",
		`^stream: 4 KiB, by length$`, secondsPerGB, false,
	},
	{
		"cpu-files.svg", "Processor time to move a GB between a file and the network", "user and system, of the client alone; lower is better",
		"seconds for a GB",
		`^(download|upload).*: (download to a file|PUT of a file)$`, secondsPerGB, false,
	},
	{
		"peak.svg", "Memory of a process that downloads 64 MiB to a file", "peak RSS, median; lower is better",
		"MiB",
		`^peak of a process: download 64 MiB$`, per(bench.RSS, 1<<20), true,
	},
	{
		"idle.svg", "Memory that a kept connection costs", "heap and stack for each, plain TCP; lower is better",
		"KiB",
		`^kept connection: 1000, plain$`, per(bench.Held, 1<<10), false,
	},
	{
		"size.svg", "The smallest program that streams a body, on linux/arm", "text and data; of those named alone to connect and no more; lower is better",
		"MiB",
		`^smallest program: linux/arm$`, per(bench.Loaded, 1<<20), true,
	},
}

// Charts are those for which there are figures.
func Charts(results []bench.Result) (all []*Chart) {
	for _, p := range plots {
		c, cases := &Chart{File: p.file, Title: p.title, Better: p.better, Unit: p.unit}, regexp.MustCompile(p.cases)
		shown := slices.DeleteFunc(slices.Clone(results), func(r bench.Result) bool { return !cases.MatchString(r.Case.Title()) })
		for _, r := range shown {
			if len(shown) > 1 {
				name, _, _ := strings.Cut(r.Case.Name, ", ")
				c.Rows = append(c.Rows, Row{Text: name})
			}
			c.add(p, r)
		}
		if len(shown) > 0 {
			all = append(all, c)
		}
	}
	return all
}

func (c *Chart) add(p plot, r bench.Result) {
	var bars []Row
	for _, name := range r.Names() {
		value := p.value(r, name)
		text := digits(value)
		if p.unit == "MiB" || p.unit == "KiB" {
			text += " " + p.unit
		}
		switch {
		case !p.all && variant(name) != "", strings.Contains(name, " a file"): // another job, or not as it comes
		case value > most && strings.Contains(p.unit, "raw"):
			c.Better += "; " + name + " (" + text + ") is not drawn"
		default:
			bars = append(bars, Row{name, max(0, value), text})
		}
	}
	slices.SortStableFunc(bars, func(a, b Row) int { return rank(a.Client) - rank(b.Client) })
	c.Rows = append(c.Rows, bars...)
}

// rank puts the limit first, and then zreq.
func rank(name string) int {
	switch {
	case limit(name):
		return 0
	case ours(name):
		return 1
	}
	return 2
}

// blues are the colours of the peers.
var blues = map[string]string{"net/http": "#2f5d8a", "fasthttp": "#5b8db8", "resty": "#8fb4d3", "grab": "#8fb4d3"}

// colour is that of a client, the same in each chart: grey for the limit, one strong colour for
// zreq, blues for the peers.
func colour(client string) string {
	name, _, _ := strings.Cut(client, ",")
	return []string{"#9aa0a6", "#d9480f", cmp.Or(blues[name], "#b7cde0")}[rank(client)]
}

// picture has its bars in a box of their own, where lengths are in percent. Where words stand
// does not depend on how wide a font is: names end where bars begin, and values begin where bars
// end, whatever font the reader has.
var picture = template.Must(template.New("chart").Funcs(template.FuncMap{"colour": colour}).Parse(
	`<svg xmlns="http://www.w3.org/2000/svg" width="700" height="{{.Height}}" font-family="Arial,Helvetica,sans-serif" font-size="14" fill="#202428">
<rect width="700" height="{{.Height}}" fill="#ffffff"/>
<text x="18" y="32" font-size="17" font-weight="bold">{{html .Title}}</text>
<text x="18" y="54" font-size="12" fill="#5f666d">{{html .Better}}</text>
<svg x="{{.Left}}" y="76" width="{{.Width}}" height="{{.Space}}" overflow="visible">
{{range .Ticks}}<line x1="{{$.At .}}" x2="{{$.At .}}" y2="100%" stroke="#e3e6e9"/>
<text x="{{$.At .}}" y="100%" dy="18" text-anchor="middle" font-size="12" fill="#5f666d">{{printf "%.4g" .}}</text>
{{end}}{{range $i, $row := .Rows}}<svg y="{{$.Y $i}}" overflow="visible">
{{if .Client}}<rect y="5" width="{{$.At .Value}}" height="17" fill="{{colour .Client}}"/>
<text x="-8" y="18" text-anchor="end">{{html .Client}}</text>
<text x="{{$.At .Value}}" dx="8" y="18">{{html .Text}}</text>
{{else}}<text x="-{{$.Left}}" dx="18" y="18" font-weight="bold">{{html .Text}}</text>
{{end}}</svg>
{{end}}<text x="50%" y="100%" dy="38" text-anchor="middle" font-size="12" fill="#5f666d">{{html .Unit}}</text>
</svg>
</svg>
`))

// drawing is a chart with its lengths, in points.
type drawing struct {
	Chart
	Left, Width float64 // of the bars
	top         float64 // the value at the right
}

// letter is more than one is wide in every common font.
const letter = 8.2

// String is the chart as SVG.
func (c Chart) String() string {
	d, names, texts := drawing{Chart: c}, 0, 0
	for _, row := range c.Rows {
		if row.Client != "" {
			names, texts = max(names, utf8.RuneCountInString(row.Client)), max(texts, utf8.RuneCountInString(row.Text))
			d.top = max(d.top, row.Value)
		}
	}
	d.top = cmp.Or(d.top, 1)
	d.Left = 18 + math.Ceil(letter*float64(names)) + 8
	d.Width = 700 - 18 - math.Ceil(letter*float64(texts)) - 8 - d.Left
	var out strings.Builder
	try.E(picture.Execute(&out, d))
	return out.String()
}

// Space is what all rows take, and Height what the picture takes.
func (d drawing) Space() int  { return d.Y(len(d.Rows)) }
func (d drawing) Height() int { return 76 + d.Space() + 64 }

// Y is where a row begins, and At where a value is on the axis.
func (d drawing) Y(row int) int           { return 27 * row }
func (d drawing) At(value float64) string { return fmt.Sprintf("%.2f%%", 100*value/d.top) }

// Ticks are round figures from 0 to the top, and few.
func (d drawing) Ticks() (all []float64) {
	step := math.Pow(10, math.Floor(math.Log10(d.top)))
	for _, part := range []float64{0.2, 0.5, 1, 2} {
		if d.top/(step*part) <= 6 {
			step *= part
			break
		}
	}
	for i := 0.0; i*step <= d.top*1.0001; i++ {
		all = append(all, i*step)
	}
	return all
}
