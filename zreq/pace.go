package zreq

import (
	"errors"
	"time"
)

var errSlow = errors.New("fewer than LowSpeed.Bytes came or went")

// pace measures a body against Timeouts.LowSpeed, window after window. Only the time
// that is spent waiting for the peer is in them.
type pace struct {
	LowSpeed
	waited time.Duration // in this window
	bytes  int64         // that moved in it
	idle   time.Duration // since the last byte
	since  time.Time     // this wait began
}

// restart begins with another body.
func (p *pace) restart() { p.waited, p.bytes, p.idle = 0, 0, 0 }

func (p *pace) on() bool { return p.Bytes > 0 && p.In > 0 }

// limit returns how long the next wait may be, and for the sake of which limit: what
// is left of that on silence, if there is one, or of the window.
func (p *pace) limit(silence time.Duration, name string) (wait, limit time.Duration, _ string) {
	left := p.In - p.waited
	if silence > 0 && silence-p.idle < left {
		return max(1, silence-p.idle), silence, name
	}
	return left, p.In, "LowSpeed"
}

// add takes in what a wait has brought. An error says that the window is over, and
// too little has moved in it.
func (p *pace) add(n int, waited time.Duration) error {
	p.waited += waited
	p.bytes += int64(n)
	p.idle += waited
	if n > 0 {
		p.idle = 0
	}
	if p.waited < p.In {
		return nil
	}
	enough := p.bytes >= p.Bytes
	p.waited, p.bytes = 0, 0
	if enough {
		return nil
	}
	return &timeoutError{limit: p.In, name: "LowSpeed", err: errSlow}
}

// maxPaced is how much of a body one write is given where what it has moved is not
// known before its end: a window has to see several.
func (p *pace) maxPaced() int { return int(min(maxWrite, max(64, p.Bytes/16))) }

// paced notes what a read or write of the body has moved, and says whether that was
// too little.
func (x *exchange) paced(n int) error {
	if !x.pacing() {
		return nil
	}
	return x.pace.add(n, x.pace.ended())
}

// pacing reports whether a body moves that is measured. Not inlined: its copies cost
// 0.4 KB.
//
//go:noinline
func (x *exchange) pacing() bool {
	return x.pace.on() && (x.phase == PhaseBody || x.phase == PhaseSend && x.body.r != nil)
}

// windowOver reports whether err is only the end of a window.
func (x *exchange) windowOver(err error) bool {
	t, ok := err.(*timeoutError)
	return ok && t.name == "LowSpeed" && t.err != errSlow
}
