package line

import (
	"math"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// BeginQueue begins to watch how much of a request the system still holds. It returns false if
// conn cannot tell.
func (m *Meter) BeginQueue(conn netdriver.Conn) bool {
	m.queued, m.drained = math.MaxInt, Elapsed()
	_, ok := conn.(netdriver.Queuer)
	return ok
}

// LookAtQueue asks how much the system still holds. empty means nothing, and stuck that it has
// not become less for limit.
func (m *Meter) LookAtQueue(conn netdriver.Conn, limit time.Duration) (empty, stuck bool) {
	at := Elapsed()
	switch n := queued(conn); {
	case n < m.queued:
		m.queued, m.drained = n, at
	case at-m.drained >= limit:
		return false, true
	}
	return m.queued <= 0, false
}

// drains reports whether the system holds less than when it was last asked. It is true as well
// if it has not been asked since something was written.
func (m *Meter) drains(conn netdriver.Conn) bool {
	n := queued(conn)
	if n <= 0 || n >= m.queued { // nothing at all while a write waits: the driver cannot tell
		return false
	}
	m.queued = n
	return true
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
