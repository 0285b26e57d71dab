// Package chart draws bars, as SVG.
//
// It draws on the canvas of gonum's plot and not by its plots, since these parse a dozen
// fonts before main begins: memory that a program which measures memory had rather not
// hold. The same chart is the same bytes.
package chart

import (
	"bytes"
	"cmp"
	"image/color"
	"io"
	"strings"

	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Chart has horizontal bars, in groups.
type Chart struct {
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
	Name   string
	Value  float64
	Colour color.Color
}

// The palette: one strong colour for zreq, greys for the limit, blues for the peers.
var (
	Ours  = color.RGBA{R: 0xd9, G: 0x48, B: 0x0f, A: 0xff}
	Limit = color.RGBA{R: 0x9a, G: 0xa0, B: 0xa6, A: 0xff}
	peers = []color.Color{
		color.RGBA{R: 0x2f, G: 0x5d, B: 0x8a, A: 0xff},
		color.RGBA{R: 0x5b, G: 0x8d, B: 0xb8, A: 0xff},
		color.RGBA{R: 0x8f, G: 0xb4, B: 0xd3, A: 0xff},
		color.RGBA{R: 0xb7, G: 0xcd, B: 0xe0, A: 0xff},
	}
)

// Colour is that of a client, the same in each chart.
func Colour(client string) color.Color {
	name, _, _ := strings.Cut(client, ",")
	switch {
	case strings.HasPrefix(name, "zreq"):
		return Ours
	case strings.HasPrefix(name, "raw"), strings.HasSuffix(name, " alone"):
		return Limit
	case strings.HasPrefix(name, "net/http"):
		return peers[0]
	case strings.HasPrefix(name, "fasthttp"):
		return peers[1]
	case strings.HasPrefix(name, "resty"), strings.HasPrefix(name, "grab"):
		return peers[2]
	}
	return peers[3]
}

// WriteSVG writes the chart.
func (c Chart) WriteSVG(w io.Writer) error {
	l := c.layout()
	svg := vgsvg.NewWith(vgsvg.UseWH(width, l.height))
	c.draw(draw.New(svg), l)
	var out bytes.Buffer
	if _, err := svg.WriteTo(&out); err != nil {
		return err
	}
	// Liberation Sans is as wide as Arial and Helvetica: who has not the one has another.
	text := bytes.ReplaceAll(out.Bytes(), []byte("font-family:Liberation Sans;"),
		[]byte("font-family:'Liberation Sans',Arial,Helvetica,sans-serif;"))
	_, err := w.Write(text)
	return err
}

// top is the longest bar, or 1 if there is none.
func (c Chart) top() float64 {
	top := 0.0
	for _, group := range c.Groups {
		for _, bar := range group.Bars {
			top = max(top, bar.Value)
		}
	}
	return cmp.Or(top, 1)
}
