package measure

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
)

// Progress shows how far a transfer is: a bar on a terminal, elsewhere a line at
// each tenth, or every 16 MiB if the end is not known.
type Progress struct {
	out   io.Writer
	bar   *progressbar.ProgressBar // nil if out is no terminal
	total int64                    // -1 if unknown
	done  int64
	lines int64 // tenths, or times 16 MiB, that have their line
}

// NewProgress returns a Progress that shows nothing before Start.
func NewProgress(out io.Writer) *Progress { return &Progress{out: out} }

// Start begins a transfer of total bytes, -1 if unknown.
func (p *Progress) Start(total int64) {
	p.total, p.done, p.lines = total, 0, 0
	if !terminal(p.out) {
		return
	}
	p.bar = progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(p.out),
		progressbar.OptionShowBytes(true),
		progressbar.OptionUseIECUnits(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetSpinnerChangeInterval(0), // no goroutine of its own
		progressbar.OptionClearOnFinish(),
	)
}

// Add notes n more bytes.
func (p *Progress) Add(n int) { p.reach(p.done + int64(n)) }

// Show notes that done of total bytes are there. It starts by itself, and can be
// the Progress of an upload.
func (p *Progress) Show(done, total int64) {
	if p.done == 0 {
		p.Start(total)
	}
	p.reach(done)
}

func (p *Progress) reach(done int64) {
	p.done = done
	if p.bar != nil {
		_ = p.bar.Set64(done) // a bar that cannot be drawn stops nothing
		return
	}
	due := p.done / (16 << 20)
	if p.total > 0 {
		due = 10 * p.done / p.total
	}
	if due == p.lines {
		return
	}
	p.lines = due
	if p.total > 0 {
		fmt.Fprintf(p.out, "%3d %% ", 10*due)
	}
	fmt.Fprintf(p.out, "%.1f MiB\n", MiB(p.done))
}

// Finish clears the bar, so that what is printed next starts on a clean line.
func (p *Progress) Finish() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}

// MiB turns a number of bytes into MiB.
func MiB[N int64 | float64](bytes N) float64 { return float64(bytes) / (1 << 20) }

// terminal reports whether w is a terminal that can go back to the beginning of a line.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
