package roundtrip

import (
	"context"
	"net/http"
	"time"
)

// lifetime is the time of a call, until its response has been read. It ends with the
// context of the request, and when Request.Cancel is closed, by which
// http.Client.Timeout reaches a RoundTripper that it does not know.
type lifetime struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	gone   <-chan struct{} // Request.Cancel; may be nil
}

// begin begins the lifetime of a call. Somebody has to call its cancel.
func begin(req *http.Request) *lifetime {
	l := &lifetime{}
	l.ctx, l.cancel = context.WithCancelCause(req.Context())
	//lint:ignore SA1019 http.Client sets it
	l.gone = req.Cancel
	if l.gone != nil {
		go l.watch()
	}
	return l
}

// watch ends the call when Request.Cancel is closed.
func (l *lifetime) watch() {
	select {
	case <-l.gone:
		if l.overdue() {
			l.cancel(context.DeadlineExceeded) // of Client.Timeout, which is the deadline of the context as well
		} else {
			l.cancel(errCancelled)
		}
	case <-l.ctx.Done():
	}
}

// overdue reports whether the deadline of the context has passed, which its own timer
// may not have noticed yet.
func (l *lifetime) overdue() bool {
	by, ok := l.ctx.Deadline()
	return ok && !time.Now().Before(by)
}

// clientGrace bounds the wait for http.Client to notice its own timeout.
const clientGrace = 100 * time.Millisecond

// cause returns why the call had to end, as net/http tells it: the cause of the
// context. It is nil if the call failed for another reason.
//
// A Client with a Timeout has two timers for the same moment: the deadline of the
// context, and another that notes the timeout and closes Request.Cancel. An error
// that is returned before that second one has run is not told as the Client's. So it
// is waited for, though not for long: the deadline may be the caller's own, and
// Client.Timeout longer.
func (l *lifetime) cause() error {
	if l.gone != nil && l.overdue() {
		timer := time.NewTimer(clientGrace)
		defer timer.Stop()
		select {
		case <-l.gone:
		case <-timer.C:
		}
	}
	return context.Cause(l.ctx)
}
