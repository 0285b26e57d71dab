package roundtrip

import (
	"context"
	"net/http"
	"time"
)

// lifetime is the time of a call, until its response has been read. It ends with the
// context of the request, and when Request.Cancel is closed. The latter is how
// http.Client.Timeout reaches a RoundTripper other than that of net/http.
type lifetime struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	gone   <-chan struct{} // Request.Cancel; may be nil
}

// begin begins the lifetime of a call. The caller must call cancel in the end.
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
			l.cancel(context.DeadlineExceeded) // of Client.Timeout, which is also the deadline of the context
		} else {
			l.cancel(errCancelled)
		}
	case <-l.ctx.Done():
	}
}

// overdue reports whether the deadline of the context has passed. Its own timer may not
// have noticed that yet.
func (l *lifetime) overdue() bool {
	by, ok := l.ctx.Deadline()
	return ok && !time.Now().Before(by)
}

// clientGrace limits the wait for http.Client to notice its own timeout.
const clientGrace = 100 * time.Millisecond

// cause returns why the call had to end, as net/http reports it: the cause of the
// context. It is nil if the call failed for another reason.
//
// A Client with a Timeout has two timers for the same moment: the deadline of the
// context, and one that records the timeout and closes Request.Cancel. If an error is
// returned before the second one has run, the Client does not report it as its own
// timeout. So cause waits for that one, but not for long: the deadline may be the
// caller's own, and Client.Timeout longer.
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
