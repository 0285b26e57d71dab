package present

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Chart has horizontal bars, in groups, and is drawn as SVG. Where words stand does not depend
// on how wide a font is: names end where bars begin, and values begin where bars end, by
// text-anchor, whatever font the reader has. The same chart is the same bytes.
type Chart struct {
	File   string // its name
	Title  string // what is shown
	Better string // which way: "lower is better"
	Unit   string // of the axis
	Format func(float64) string
	Groups []Group
}

// Group is a few bars that belong together.
type Group struct {
	Name string // empty if it is the only one
	Bars []Bar
}

// Bar is a figure of a client.
type Bar struct {
	Name  string
	Value float64
}

// blues are the colours of the peers.
var blues = map[string]string{"net/http": "#2f5d8a", "fasthttp": "#5b8db8", "resty": "#8fb4d3", "grab": "#8fb4d3"}

// colour is that of a client, the same in each chart: one strong colour for zreq, grey for the
// limit, blues for the peers.
func colour(client string) string {
	switch {
	case ours(client):
		return "#d9480f"
	case limit(client):
		return "#9aa0a6"
	}
	name, _, _ := strings.Cut(client, ",")
	return cmp.Or(blues[name], "#b7cde0")
}

// Lengths, in points. A letter is less wide than that in every common font.
const (
	width, margin, gap  = 700.0, 18.0, 8.0
	headSpace           = 58.0 // the title and what is better
	axisSpace           = 46.0 // the figures and the unit
	barSpace, barWidth  = 27.0, 17.0
	groupHead, groupGap = 27.0, 11.0
	letter              = 8.2
	quiet, bold         = `font-size="12" fill="#5f666d"`, `font-weight="bold"`
)

// String is the chart as SVG.
func (c Chart) String() string {
	d := drawing{y: margin + headSpace}
	names, values := 0, 0
	for _, group := range c.Groups {
		for _, bar := range group.Bars {
			names, values = max(names, utf8.RuneCountInString(bar.Name)), max(values, utf8.RuneCountInString(c.Format(bar.Value)))
			d.top = max(d.top, bar.Value)
		}
	}
	d.top = cmp.Or(d.top, 1)
	d.left, d.right = margin+letter*float64(names)+gap, width-margin-gap-letter*float64(values)
	d.text(margin, margin+14, `font-size="17" `+bold, c.Title)
	d.text(margin, margin+36, quiet, c.Better)
	for i, group := range c.Groups {
		if i > 0 {
			d.y += groupGap
		}
		d.group(group, c.Format)
	}
	for _, tick := range d.ticks() {
		d.text(d.at(tick), d.y+18, quiet+` text-anchor="middle"`, strconv.FormatFloat(tick, 'f', -1, 32))
	}
	d.text((d.left+d.right)/2, d.y+38, quiet+` text-anchor="middle"`, c.Unit)
	height := d.y + axisSpace + margin
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%g" height="%g" viewBox="0 0 %g %g" font-family="Arial,Helvetica,sans-serif" font-size="14" fill="#202428">
<rect width="%g" height="%g" fill="#ffffff"/>
%s</svg>
`, width, height, width, height, width, height, &d.out)
}

// drawing is what has been drawn, down to y.
type drawing struct {
	out         strings.Builder
	y           float64
	left, right float64 // of the bars
	top         float64 // the value at the right
}

func (d *drawing) group(g Group, format func(float64) string) {
	if g.Name != "" {
		d.text(margin, d.y+groupHead/2+5, bold, g.Name)
		d.y += groupHead
	}
	for _, tick := range d.ticks() {
		fmt.Fprintf(&d.out, `<path d="M%.1f %.1fv%.1f" stroke="#e3e6e9"/>`+"\n", d.at(tick), d.y, barSpace*float64(len(g.Bars)))
	}
	for _, bar := range g.Bars {
		middle := d.y + barSpace/2
		fmt.Fprintf(&d.out, `<rect x="%.1f" y="%.1f" width="%.1f" height="%g" fill="%s"/>`+"\n",
			d.left, middle-barWidth/2, max(0.5, d.at(bar.Value)-d.left), barWidth, colour(bar.Name))
		d.text(d.left-gap, middle+5, `text-anchor="end"`, bar.Name)
		d.text(d.at(bar.Value)+gap, middle+5, "", format(bar.Value))
		d.y += barSpace
	}
}

// at is where a value is on the axis.
func (d *drawing) at(value float64) float64 { return d.left + (d.right-d.left)*value/d.top }

func (d *drawing) text(x, y float64, style, words string) {
	fmt.Fprintf(&d.out, `<text x="%.1f" y="%.1f" %s>`, x, y, style)
	_ = xml.EscapeText(&d.out, []byte(words)) // into memory
	d.out.WriteString("</text>\n")
}

// ticks are round figures from 0 to the top, and few.
func (d *drawing) ticks() (all []float64) {
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
