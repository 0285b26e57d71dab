package line

import (
	"errors"
	"math"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

var errSlow = errors.New("fewer than LowSpeed.Bytes came or went")

// A Meter measures how a body moves: whether it keeps up the lowest rate, in one window after
// the other, and how quickly writes are taken. It counts only the time that is spent waiting
// for the peer. It belongs to a call, and not to the Socket, which an idle connection keeps.
type Meter struct {
	Bytes int64         // the least that must move in a window
	In    time.Duration // the length of a window; if either is zero or less, there is no limit

	waited time.Duration // in this window
	bytes  int64         // that moved in it
	idle   time.Duration // since the last byte
	since  instant       // this wait began
	held   int           // bytes that the system held, of what was written, when the window began

	// Of writes.
	movedAt instant // when the first write since the last progress began; 0: there is none
	lookAt  instant // when to look for an answer, on a connection that cannot look without waiting
	empty   int     // how many in a row returned (0, nil)
	quick   uint32  // bytes of the quick writes in a row; if it wraps, a few small writes follow
	queued  int     // bytes that the system held when it was last asked
	drained instant // when queued last became less
}

// Restart begins to measure another body.
func (m *Meter) Restart() { m.waited, m.bytes, m.idle, m.held = 0, 0, 0, 0 }

// Reconnect forgets how quick the last connection was.
func (m *Meter) Reconnect() { m.quick, m.movedAt, m.held = 0, 0, 0 }

// Resume notes that the time until the next write is not the peer's.
func (m *Meter) Resume() { m.movedAt = 0 }

// On reports whether there is a lowest rate.
func (m *Meter) On() bool { return m.Bytes > 0 && m.In > 0 }

// left returns how long the next wait may be, and the limit that it comes from: the rest of
// silence or the rest of the window, whichever is shorter.
func (m *Meter) left(silence time.Duration, name string) (wait, limit time.Duration, _ string) {
	left := m.In - m.waited
	if silence > 0 && silence-m.idle < left {
		return max(1, silence-m.idle), silence, name
	}
	return left, m.In, "LowSpeed"
}

// begin notes that a wait begins.
func (m *Meter) begin() { m.since = Elapsed() }

// moved ends a wait in which n bytes have moved, and returns how long it was. slow is not nil
// if the window is over and too little has moved in it. to is the connection that the bytes
// were written to, or nil if they were read.
func (m *Meter) moved(n int, to netdriver.Conn) (waited time.Duration, slow error) {
	waited = Elapsed() - m.since
	if !m.On() {
		return waited, nil
	}
	m.waited += waited
	m.bytes += int64(n)
	m.idle += waited
	if n > 0 {
		m.idle = 0
	}
	if m.waited < m.In {
		return waited, nil
	}
	if to != nil {
		before := m.held
		m.held = queued(to)
		m.bytes += int64(max(0, before-m.held)) // the peer took so much more than was written
	}
	if m.bytes < m.Bytes {
		slow = &TimeoutError{Limit: m.In, Name: "LowSpeed", Err: errSlow}
	}
	m.waited, m.bytes = 0, 0
	return waited, slow
}

// windowIsOver reports whether err is only the end of a window in which enough has moved.
func windowIsOver(err error) bool {
	t, ok := err.(*TimeoutError)
	return ok && t.Name == "LowSpeed" && t.Err != errSlow
}

// LookIsDue reports whether it is time to look for an answer on a connection that cannot
// look without waiting.
func (m *Meter) LookIsDue() bool { return Elapsed() >= m.lookAt }

// LookNow makes the next look due.
func (m *Meter) LookNow() { m.lookAt = math.MinInt64 }

// LookLater notes that the connection was just looked at.
func (m *Meter) LookLater() { m.lookAt = Elapsed() + sliceWait }
