package exchange

import (
	"time"

	"github.com/zreq-go/zreq/zreq/wire"
)

// Limits bound an exchange.
type Limits struct {
	Write, Expect, Head, Body time.Duration // zero or less: no limit
	LowBytes                  int64         // the least of a body that must move; zero or less: no limit
	LowTime                   time.Duration // in each period of this length; zero or less: no limit
	ReadBuffer                int           // bytes
	WideBuffer                int           // bytes, for a long body that comes quickly; if less than ReadBuffer, there is none
	Wire                      wire.Limits
}

// queue returns the limit that applies while the system holds a part of the request.
func (l *Limits) queue() (limit time.Duration, name string) {
	if l.Write > 0 {
		return l.Write, "Write"
	}
	return l.Head, "Head"
}
