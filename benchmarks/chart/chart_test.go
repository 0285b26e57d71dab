package chart_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/chart"
)

func bars() chart.Chart {
	bar := func(name string, value float64) chart.Bar {
		return chart.Bar{Name: name, Value: value, Colour: chart.Colour(name)}
	}
	return chart.Chart{
		Title: "Streaming", Better: "higher is better", Unit: "throughput",
		Format: func(v float64) string { return fmt.Sprintf("%.2f", v) },
		Groups: []chart.Group{
			{Name: "512 B", Bars: []chart.Bar{bar("raw", 1), bar("zreq", 0.97), bar("a<b", 0.5)}},
			{Name: "4 KiB", Bars: []chart.Bar{bar("net/http", 0)}},
		},
	}
}

func draw(t *testing.T, c chart.Chart) string {
	t.Helper()
	var out bytes.Buffer
	is.New(t).NoErr(c.WriteSVG(&out)) // a Buffer takes all
	return out.String()
}

func TestChartHasItsWords(t *testing.T) {
	is := is.New(t)
	svg := draw(t, bars())
	for _, word := range []string{
		"Streaming", "higher is better", "throughput", "512 B", "4 KiB", "raw", "zreq", "a&lt;b", "net/http", "0.97", "0.00",
	} {
		is.True(strings.Contains(svg, ">"+word+"<")) // what is shown, and what each bar is worth
	}
	is.Equal(strings.Count(svg, "font-family:"), strings.Count(svg, ",sans-serif;")) // who has not the font has another
}

func TestChartIsXMLAndTheSameEachTime(t *testing.T) {
	is := is.New(t)
	svg := draw(t, bars())
	is.Equal(svg, draw(t, bars())) // a report changes where figures do
	is.True(len(svg) < 16<<10)     // it is small
	for decoder := xml.NewDecoder(strings.NewReader(svg)); ; {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		is.NoErr(err) // it is XML, whatever names hold
	}
}

func TestChartOfNothing(t *testing.T) {
	is := is.New(t)
	c := bars()
	c.Groups = []chart.Group{{Bars: []chart.Bar{{Name: "zreq", Colour: chart.Ours}}}}
	is.True(!strings.Contains(draw(t, c), "NaN")) // bars of 0 are drawn, too
}

func TestColourIsOursForZreqOnly(t *testing.T) {
	is := is.New(t)
	is.Equal(chart.Colour("zreq, 64 KiB"), chart.Colour("zreq Session")) // one colour for all of zreq
	is.Equal(chart.Colour("raw splice"), chart.Colour("net alone"))      // and one for limits
	is.True(chart.Colour("net/http") != chart.Colour("fasthttp"))        // peers are told apart
	for _, peer := range []string{"net/http", "fasthttp", "resty", "grab", "curl", "raw"} {
		is.True(chart.Colour(peer) != chart.Colour("zreq")) // none is taken for zreq
	}
}
