package zlog

import (
	"github.com/rs/zerolog"
	"github.com/zreq-go/zreq/zreq"
)

// log is the Trace that New returns. It has no state, so any number of calls may use it
// at the same time if the writer of its logger allows that.
type log struct{ logger zerolog.Logger }

var _ zreq.Trace = (*log)(nil)

// New returns a Trace that logs events with l. Use it as the Trace of [zreq.Args] or
// [zreq.Session]. It is safe for concurrent use if the writer of l is.
func New(l zerolog.Logger) zreq.Trace { return &log{l} }

// Trace implements zreq.Trace.
func (l *log) Trace(e zreq.Event) {
	if e.Kind == zreq.EventDone {
		l.call(&e)
		return
	}
	l.detail(&e)
}
