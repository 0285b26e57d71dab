package measure

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// A Bar shows how far a download is: on a terminal a bar in place, with rate, time left and
// link, and elsewhere a line at each tenth, or every 16 MiB if the size is not known.
type Bar struct {
	out   io.Writer
	live  bool // out is a terminal
	width int  // of what stands on the line
	rate  rate
	lines int64 // tenths, or times 16 MiB, that have their line
}

// NewBar returns a Bar on out.
func NewBar(out io.Writer) *Bar { return &Bar{out: out, live: terminal(out)} }

// Show is the Progress of a download.
func (b *Bar) Show(p download.Progress) {
	b.rate.add(p)
	switch {
	case p.Err != nil && !p.Done:
		b.Note(fmt.Sprintf("attempt %d: %v; the next one %s", p.Attempt, reason(p.Err), when(p.Wait)))
	case b.live && p.Done:
		b.clear()
	case b.live:
		b.draw(line(p, b.rate.mean))
	default:
		b.tell(p)
	}
}

// reason leaves out what the user knows: the method and the URL.
func reason(err error) error {
	var call *zreq.Error
	if errors.As(err, &call) {
		return call.Err
	}
	return err
}

// when says when the next attempt comes.
func when(wait time.Duration) string {
	if wait < time.Second {
		return "now"
	}
	return "in " + wait.Round(time.Second).String()
}

// Note writes a line of its own. The bar comes back below it.
func (b *Bar) Note(text string) {
	b.clear()
	fmt.Fprintln(b.out, text)
}

func (b *Bar) draw(text string) {
	n := len([]rune(text))
	fmt.Fprintf(b.out, "\r%s%s", text, strings.Repeat(" ", max(0, b.width-n)))
	b.width = n
}

func (b *Bar) clear() {
	if b.width > 0 {
		b.draw("")
		fmt.Fprint(b.out, "\r")
	}
}

// tell writes a line if a tenth, or 16 MiB, has passed.
func (b *Bar) tell(p download.Progress) {
	due := p.Offset / (16 << 20)
	if p.Total > 0 {
		due = tenths(p)
	}
	if due == b.lines || p.Offset == 0 {
		return
	}
	b.lines = due
	fmt.Fprintln(b.out, strings.TrimSpace(strings.Join(figures(p, b.rate.mean), "  ")))
}

// tenths returns how many tenths are there. It cannot overflow.
func tenths(p download.Progress) int64 { return int64(10 * (float64(p.Offset) / float64(p.Total))) }

const barWidth = 12

// line returns what stands on the terminal. It fits into 80 columns, unless the name of the
// link is long.
func line(p download.Progress, perSecond float64) string {
	f := figures(p, perSecond)
	if p.Total > 0 {
		full := int(barWidth * (float64(p.Offset) / float64(p.Total)))
		f[0] += " [" + strings.Repeat("=", full) + strings.Repeat(" ", barWidth-full) + "]"
	}
	return strings.Join(f, "  ")
}

// figures returns how far a download is in words: percentage, bytes, rate, time left, link.
func figures(p download.Progress, perSecond float64) []string {
	f := []string{Bytes(p.Offset)}
	if p.Total > 0 {
		percent := int(100 * (float64(p.Offset) / float64(p.Total)))
		f = []string{fmt.Sprintf("%3d %%", percent), fmt.Sprintf("%s of %s", Bytes(p.Offset), Bytes(p.Total))}
	}
	if perSecond >= 1 {
		f = append(f, Bytes(int64(perSecond))+"/s")
		if left := float64(p.Total - p.Offset); left > 0 {
			f = append(f, clock(left/perSecond)+" left")
		}
	}
	if p.Link != "" {
		f = append(f, p.Link)
	}
	return f
}

// clock shows seconds as 0:07, 12:34 or 1:02:03.
func clock(seconds float64) string {
	const most = 100 * 3600
	s := int64(min(seconds, most) + 0.5)
	if h := s / 3600; h > 0 {
		return fmt.Sprintf("%d:%02d:%02d", h, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// rate is the mean of the rates of the last seconds: the one of a tenth of a second jumps.
type rate struct {
	mean float64
	last time.Duration
}

// memory is how long a rate counts. A longer wait, such as for another link, is over when it
// is reported, and says nothing about what comes now.
const memory = 3 * time.Second

func (r *rate) add(p download.Progress) {
	took := p.Elapsed - r.last
	r.last = p.Elapsed
	switch {
	case p.Done || p.Rate == 0 && r.mean == 0:
	case r.mean == 0:
		r.mean = float64(p.Rate)
	case took <= memory:
		r.mean += float64(took) / float64(memory) * (float64(p.Rate) - r.mean)
	}
}
