package line

import (
	"math"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// A Meter has the limits of a body and measures how it moves. It belongs to a call, and not to
// the Socket, which an idle connection keeps.
type Meter struct {
	Body, Write time.Duration // how long nothing may come, or go; zero or less: no limit
	Rate

	since   instant // this wait began
	movedAt instant // when something last went; 0: when the next write begins
	queued  int     // bytes that the system held then, or fewer, of what was written
	empty   int     // how many writes in a row returned (0, nil)
	quick   uint32  // bytes of the quick writes in a row; if it wraps, a few small writes follow
}

// Reconnect forgets how quick the last connection was.
func (m *Meter) Reconnect() { m.quick, m.movedAt, m.held = 0, 0, 0 }

// Resume notes that the time until the next write is not the peer's.
func (m *Meter) Resume() { m.movedAt = 0 }

// BeginQueue begins to watch how much of a request the system still holds. It returns false if
// conn cannot tell.
func (m *Meter) BeginQueue(conn netdriver.Conn) bool {
	m.queued, m.movedAt = math.MaxInt, Elapsed()
	_, ok := conn.(netdriver.Queuer)
	return ok
}

// LookAtQueue asks how much the system still holds. empty means nothing, and stuck that it has
// not become less for limit.
func (m *Meter) LookAtQueue(conn netdriver.Conn, limit time.Duration) (empty, stuck bool) {
	at := Elapsed()
	switch n := queued(conn); {
	case n < m.queued:
		m.queued, m.movedAt = n, at
	case at-m.movedAt >= limit:
		return false, true
	}
	return m.queued <= 0, false
}

// queued returns how many of the bytes that were written the system still holds, or 0 if the
// driver cannot tell.
func queued(conn netdriver.Conn) int {
	q, ok := conn.(netdriver.Queuer)
	if !ok {
		return 0
	}
	return q.Queued()
}
