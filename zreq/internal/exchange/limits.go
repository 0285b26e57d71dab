package exchange

import (
	"time"

	"github.com/zreq-go/zreq/zreq/wire"
)

// Limits bound an exchange.
type Limits struct {
	Write, Expect, Head, Body time.Duration // zero or less: no limit
	LowBytes                  int64         // so much of a body has to move
	LowTime                   time.Duration // in each such time
	ReadBuffer                int           // bytes
	WideBuffer                int           // bytes, for a long body that comes quickly; less than ReadBuffer: there is none
	Wire                      wire.Limits
}

// queue is the limit while the system holds some of a request that was written.
func (l *Limits) queue() (limit time.Duration, name string) {
	if l.Write > 0 {
		return l.Write, "Write"
	}
	return l.Head, "Head"
}
