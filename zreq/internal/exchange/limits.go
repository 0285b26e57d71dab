package exchange

import (
	"time"

	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/wire"
)

// queueWait is how often the system is asked, at most, what it still holds of a request.
const queueWait = 100 * time.Millisecond

// Limits bound an exchange.
type Limits struct {
	Write, Expect, Head, Body time.Duration // zero or less: no limit
	LowBytes                  int64         // so much of a body has to move
	LowTime                   time.Duration // in each such time
	ReadBuffer                int           // bytes
	Wire                      wire.Limits
}

// queue is the limit while the system holds some of a request that was written.
func (l *Limits) queue() (limit time.Duration, name string) {
	if l.Write > 0 {
		return l.Write, "Write"
	}
	return l.Head, "Head"
}

// queueWait is how long to wait until the system is asked again: so often that no limit
// fires more than an eighth late.
func (l *Limits) queueWait(limit time.Duration) time.Duration {
	return max(line.LookWait, min(limit/90, l.Head/90, queueWait))
}
