package line

import (
	"errors"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

var errSlow = errors.New("fewer than LowSpeed.Bytes came or went")

// A Rate is the lowest rate of a body. It looks at one window after the other, and counts only
// the time that is spent waiting for the peer.
type Rate struct {
	Bytes int64         // the least that must move in a window; zero or less: no limit
	In    time.Duration // the length of a window

	waited time.Duration // in this window
	bytes  int64         // that moved in it
	idle   time.Duration // since the last byte
	held   int           // bytes that the system held, of what was written, when the window began
}

// Restart begins to measure another body.
func (r *Rate) Restart() { r.waited, r.bytes, r.idle, r.held = 0, 0, 0, 0 }

// On reports whether there is a lowest rate.
func (r *Rate) On() bool { return r.Bytes > 0 }

// add counts a wait in which n bytes have moved. It returns an error if the window is over and
// too little has moved in it. to is the connection that the bytes were written to, or nil if
// they were read.
func (r *Rate) add(n int, waited time.Duration, to netdriver.Conn) error {
	if !r.On() {
		return nil
	}
	r.waited += waited
	r.bytes += int64(n)
	r.idle += waited
	if n > 0 {
		r.idle = 0
	}
	if r.waited < r.In {
		return nil
	}
	if to != nil {
		before := r.held
		r.held = queued(to)
		r.bytes += int64(max(0, before-r.held)) // the peer took so much more than was written
	}
	enough := r.bytes >= r.Bytes
	r.waited, r.bytes = 0, 0
	if enough {
		return nil
	}
	return &TimeoutError{Limit: r.In, Name: "LowSpeed", Err: errSlow}
}

// windowIsOver reports whether err is only the end of a window in which enough has moved.
func windowIsOver(err error) bool {
	t, ok := err.(*TimeoutError)
	return ok && t.Name == "LowSpeed" && t.Err != errSlow
}
