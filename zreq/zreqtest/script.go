package zreqtest

import (
	"strings"
	"time"
)

// Script turns a Dialogue into steps, section by section. A section "C:" is what the
// request must begin with, and "S:" is what the peer sends. "pause 50ms", "close",
// "closewrite", "reset" and "hold" are the steps of these names. Other sections, and text
// after the colon, are for human readers.
func Script(d *Dialogue) []Step {
	var steps []Step
	for _, s := range d.Sections {
		word, rest, _ := strings.Cut(s.Name, " ")
		switch word {
		case "C:":
			steps = append(steps, Expect(s.Wire()))
		case "S:":
			steps = append(steps, Send(s.Wire()))
		case "pause":
			pause, err := time.ParseDuration(rest)
			if err != nil {
				steps = append(steps, invalid(err))
				continue
			}
			steps = append(steps, Pause(pause))
		case "close":
			steps = append(steps, Close())
		case "closewrite":
			steps = append(steps, CloseWrite())
		case "reset":
			steps = append(steps, Reset())
		case "hold":
			steps = append(steps, Hold())
		}
	}
	return steps
}

// invalid returns a step that fails the test.
func invalid(err error) Step {
	return Step{play: func(p *player) error {
		p.fail("%v", err)
		return errGone
	}}
}
