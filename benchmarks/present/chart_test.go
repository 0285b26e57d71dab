package present_test

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/present"
)

func drawn() present.Chart {
	return present.Chart{
		Title: "Time & space", Better: "lower is better", Unit: "µs",
		Format: func(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) },
		Groups: []present.Group{
			{Name: "small", Bars: []present.Bar{{"raw", 1}, {"zreq", 1.1}, {"net/http, a long name", 2.5}}},
			{Name: "large", Bars: []present.Bar{{"zreq", 0}}},
		},
	}
}

// TestNamesEndWhereBarsBegin, in whatever font: a name ends to the left of its bar, and a value
// begins to the right.
func TestNamesEndWhereBarsBegin(t *testing.T) {
	is := is.New(t)
	svg := drawn().String()
	is.NoErr(xml.Unmarshal([]byte(svg), new(any)))     // it is XML
	is.True(strings.Contains(svg, "Time &amp; space")) // whatever the words are
	is.Equal(strings.Count(svg, `fill="#d9480f"`), 2)  // zreq has one colour
	is.Equal(strings.Count(svg, `>net/http, a long name<`), 1)
	is.Equal(svg, drawn().String()) // the same chart is the same bytes
	number := func(text string) float64 {
		n, err := strconv.ParseFloat(text, 64)
		is.NoErr(err)
		return n
	}
	bars := regexp.MustCompile(`<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)".*\n<text x="([\d.]+)" y="[\d.]+" text-anchor="end">.*\n<text x="([\d.]+)" `).FindAllStringSubmatch(svg, -1)
	is.Equal(len(bars), 4)
	for _, b := range bars {
		left, width, name, value := number(b[1]), number(b[2]), number(b[3]), number(b[4])
		is.True(name < left && value > left+width-1)
		is.True(left+width < 700) // in the picture
	}
	is.Equal(bars[0][1], bars[3][1]) // all begin at one line
}
