package line

import (
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// A Queue is what the system still holds of a request that was written.
type Queue struct {
	queuer netdriver.Queuer
	left   int
	moved  instant
}

// Look asks how much is left, and reports whether that is nothing, or has not become less
// for as long as limit.
func (q *Queue) Look(limit time.Duration) (empty, stuck bool) {
	at := Elapsed()
	switch n := q.queuer.Queued(); {
	case n < q.left:
		q.moved, q.left = at, n
	case at-q.moved >= limit:
		return false, true
	}
	return q.left <= 0, false
}
