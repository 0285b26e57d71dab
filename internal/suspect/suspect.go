// Package suspect tells a driver with several links which one does not work.
package suspect

import (
	"context"

	"github.com/zreq-go/zreq/internal/deadline"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

// Tell reports the link over which a connection has stalled or broken, if err, the error of a
// call with ctx, says that: see [zreq.Blame]. It is reported to the Session of the call, or to
// its driver d if there is none. session may be of any type, so that a program without a
// zreq.Session links none.
func Tell(ctx context.Context, err error, session any, d netdriver.Driver) {
	s, ok := session.(interface {
		Blame(d netdriver.Driver, err error)
	})
	switch {
	case deadline.Cause(ctx) != nil:
	case ok:
		s.Blame(d, err)
	case d != nil || session == nil: // else only the session knows the driver
		zreq.Blame(d, err)
	}
}
