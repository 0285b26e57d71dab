package line

import (
	"math"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// BeginQueue begins to watch what the system still holds of a request that was written. It
// returns false if the driver cannot tell.
func (s *Socket) BeginQueue(m *Meter) bool {
	m.queued, m.drained = math.MaxInt, Elapsed()
	_, ok := s.conn.(netdriver.Queuer)
	return ok
}

// queued returns how much the system holds of what was written, as the driver says: 0 if it
// cannot tell.
func (s *Socket) queued() int {
	q, ok := s.conn.(netdriver.Queuer)
	if !ok {
		return 0
	}
	return q.Queued()
}

// LookAtQueue asks how much the system still holds, and reports whether that is nothing, or
// has not become less for as long as limit.
func (s *Socket) LookAtQueue(limit time.Duration, m *Meter) (empty, stuck bool) {
	at := Elapsed()
	switch n := s.queued(); {
	case n < m.queued:
		m.queued, m.drained = n, at
	case at-m.drained >= limit:
		return false, true
	}
	return m.queued <= 0, false
}

// drains reports whether the system holds less than when it was last asked, or is asked for
// the first time since something was written.
func (s *Socket) drains(m *Meter) bool {
	n := s.queued()
	if n <= 0 || n >= m.queued { // nothing at all while a write waits: the driver cannot tell
		return false
	}
	m.queued = n
	return true
}

// drop returns how much less the system holds than at the end of the last window: the peer
// took so much more than was written. It is 0 if the system holds more.
func (s *Socket) drop(m *Meter) int64 {
	before := m.held
	m.held = s.queued()
	return int64(max(0, before-m.held))
}
