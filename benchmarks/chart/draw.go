package chart

import (
	"image/color"
	"math"
	"strconv"

	"golang.org/x/image/font"
	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Lengths, in points.
const (
	width     = vg.Length(520)
	margin    = vg.Length(14)
	headSpace = vg.Length(44) // the title and what is better
	axisSpace = vg.Length(34) // the figures and the unit
	barSpace  = vg.Length(20)
	barWidth  = vg.Length(13)
	groupHead = vg.Length(20)
	groupGap  = vg.Length(8)
	gap       = vg.Length(6) // between a bar and words
)

var (
	ink   = color.RGBA{R: 0x20, G: 0x24, B: 0x28, A: 0xff}
	faint = color.RGBA{R: 0x5f, G: 0x66, B: 0x6d, A: 0xff}
	grid  = color.RGBA{R: 0xe3, G: 0xe6, B: 0xe9, A: 0xff}
)

// layout is where things are.
type layout struct {
	height      vg.Length
	left, right vg.Length // of the bars
	end         float64   // the value at the right
	ticks       []float64 // where the lines of the grid are
	bold, plain text.Style
	small       text.Style
}

func (c Chart) layout() layout {
	fonts := text.Plain{Fonts: plotfont.NewCache(liberation.Collection())}
	style := func(size vg.Length, weight font.Weight, colour color.Color) text.Style {
		return text.Style{
			Color: colour, Handler: fonts, YAlign: text.YCenter,
			Font: plotfont.Font{Typeface: "Liberation", Variant: "Sans", Weight: weight, Size: size},
		}
	}
	l := layout{
		height: 2*margin + headSpace + axisSpace,
		bold:   style(13, font.WeightBold, ink),
		plain:  style(10.5, font.WeightNormal, ink),
		small:  style(9, font.WeightNormal, faint),
	}
	names, values := vg.Length(0), vg.Length(0)
	for i, group := range c.Groups {
		if group.Name != "" {
			l.height += groupHead
		}
		if i > 0 {
			l.height += groupGap
		}
		for _, bar := range group.Bars {
			l.height += barSpace
			names = max(names, l.plain.Width(bar.Name))
			values = max(values, l.plain.Width(c.Format(bar.Value)))
		}
	}
	l.left = margin + names + gap
	l.right = width - margin - gap - values
	l.end = c.top()
	l.ticks = ticks(l.end)
	return l
}

// ticks are round figures from 0 to the top, and few.
func ticks(top float64) []float64 {
	step := math.Pow(10, math.Floor(math.Log10(top)))
	for _, part := range []float64{0.2, 0.5, 1, 2} {
		if top/(step*part) <= 6 {
			step *= part
			break
		}
	}
	var all []float64
	for i := 0; float64(i)*step <= top*1.0001; i++ {
		all = append(all, float64(i)*step)
	}
	return all
}

func (c Chart) draw(canvas draw.Canvas, l layout) {
	canvas.SetColor(color.White)
	canvas.Fill(rectangle(0, 0, width, l.height))
	y := l.height - margin
	say(canvas, l.bold, margin, y-8, text.XLeft, c.Title)
	say(canvas, l.small, margin, y-25, text.XLeft, c.Better)
	y -= headSpace
	c.axis(canvas, l)
	for i, group := range c.Groups {
		if i > 0 {
			y -= groupGap
		}
		if group.Name != "" {
			head := l.plain
			head.Font.Weight = font.WeightBold
			say(canvas, head, margin, y-groupHead/2, text.XLeft, group.Name)
			y -= groupHead
		}
		l.lines(canvas, y-barSpace*vg.Length(len(group.Bars)), y)
		for _, bar := range group.Bars {
			middle := y - barSpace/2
			end := l.at(bar.Value)
			canvas.SetColor(bar.Colour)
			canvas.Fill(rectangle(l.left, middle-barWidth/2, max(end, l.left+0.5), middle+barWidth/2))
			say(canvas, l.plain, l.left-gap, middle+0.7, text.XRight, bar.Name)
			say(canvas, l.plain, end+gap, middle+0.7, text.XLeft, c.Format(bar.Value))
			y -= barSpace
		}
	}
}

// axis writes the figures and the unit below the bars.
func (c Chart) axis(canvas draw.Canvas, l layout) {
	for _, value := range l.ticks {
		say(canvas, l.small, l.at(value), margin+axisSpace-9, text.XCenter, short(value))
	}
	say(canvas, l.small, (l.left+l.right)/2, margin+8, text.XCenter, c.Unit)
}

// lines draws the grid behind one group of bars.
func (l layout) lines(canvas draw.Canvas, bottom, top vg.Length) {
	for _, value := range l.ticks {
		x := l.at(value)
		canvas.StrokeLine2(draw.LineStyle{Color: grid, Width: 0.75}, x, bottom, x, top)
	}
}

// at is where a value is on the axis.
func (l layout) at(value float64) vg.Length {
	return l.left + (l.right-l.left)*vg.Length(value/l.end)
}

func say(canvas draw.Canvas, style text.Style, x, y vg.Length, align text.XAlignment, words string) {
	style.XAlign = align
	canvas.FillText(style, vg.Point{X: x, Y: y}, words)
}

func rectangle(left, bottom, right, top vg.Length) vg.Path {
	var p vg.Path
	p.Move(vg.Point{X: left, Y: bottom})
	p.Line(vg.Point{X: right, Y: bottom})
	p.Line(vg.Point{X: right, Y: top})
	p.Line(vg.Point{X: left, Y: top})
	p.Close()
	return p
}

// short writes a round figure.
func short(value float64) string {
	return strconv.FormatFloat(value, 'f', -1, 32)
}
