package zlog

import (
	"github.com/rs/zerolog"
	"github.com/zreq-go/zreq/zreq"
)

// kinds are what zreq.Error.Is knows, and causes of which the same can be said.
var kinds = [...]error{
	zreq.ErrRequest, zreq.ErrConnect, zreq.ErrResponse, zreq.ErrStatus, zreq.ErrTruncated, zreq.ErrTooLarge,
	zreq.ErrUnframed, zreq.ErrBody, zreq.ErrStale, zreq.ErrOutOfRetries, zreq.ErrBusy, zreq.ErrClosed,
	zreq.ErrOtherOrigin, zreq.ErrRedirect, zreq.ErrBodyConsumed, zreq.ErrNoTLS, zreq.ErrNoDriver,
}

// fault writes the facts of err, if there is one.
func fault(line *zerolog.Event, err error) {
	if err == nil {
		return
	}
	of, ok := err.(*zreq.Error) // and no errors.As: it may be the cause, of another call
	if !ok {
		line.Str("cause", scrub(err.Error()))
		return
	}
	line.Str("phase", of.Phase.String())
	if k := kind(of); k != nil {
		line.Str("kind", k.Error())
	}
	line.Str("cause", scrub(cause(of).Error()))
	if of.Timeout() {
		line.Bool("timeout", true)
	}
	if of.Taken > 0 {
		line.Int64("taken", of.Taken)
	}
	if out, ok := of.Err.(*zreq.OutOfRetries); ok {
		line.Str("why", out.Why).Array("tries", tries(out.Attempts))
	}
}

// kind is the kind of e itself, and not that of a call whose error is its cause.
func kind(e *zreq.Error) error {
	for _, k := range kinds {
		if e.Is(k) || e.Err == k {
			return k
		}
	}
	return nil
}

// cause is what the call failed of. That of several attempts is the last one's.
func cause(e *zreq.Error) error {
	if out, ok := e.Err.(*zreq.OutOfRetries); ok {
		if last, ok := out.Unwrap().(*zreq.Error); ok {
			return last.Err
		}
	}
	return e.Err
}

// method is that of the request, or a question mark if it was none, which may be
// anything: zreq.Error does not have that either.
func method(e *zreq.Event) string {
	if of, ok := e.Err.(*zreq.Error); ok {
		return of.Method
	}
	return e.Method
}
