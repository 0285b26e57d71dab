package present_test

import (
	"encoding/xml"
	"regexp"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/present"
)

func drawn() present.Chart {
	return present.Chart{
		Title: "Time & space", Better: "lower is better", Unit: "µs",
		Rows: []present.Row{
			{Text: "small"},
			{"raw", 1, "1.00"},
			{"zreq", 1.1, "1.10"},
			{"net/http, a long name", 2.5, "2.50"},
			{Text: "large"},
			{"zreq", 0, "0.00"},
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
	bars := regexp.MustCompile(`<rect y="5" width="([\d.]+%)".*\n<text x="-8" y="18" text-anchor="end">.*\n<text x="([\d.]+%)" dx="8" `).FindAllStringSubmatch(svg, -1)
	is.Equal(len(bars), 4)
	for _, b := range bars {
		is.Equal(b[1], b[2]) // a value begins where its bar ends
	}
	is.Equal([]string{bars[0][1], bars[2][1], bars[3][1]}, []string{"40.00%", "100.00%", "0.00%"}) // by the longest
}
