package zlog

import (
	"github.com/rs/zerolog"
	"github.com/zreq-go/zreq/zreq"
)

// kinds are the kinds that zreq.Error.Is knows, and causes that are logged as a kind.
var kinds = [...]error{
	zreq.ErrRequest, zreq.ErrConnect, zreq.ErrResponse, zreq.ErrStatus, zreq.ErrTruncated, zreq.ErrTooLarge,
	zreq.ErrUnframed, zreq.ErrBody, zreq.ErrStale, zreq.ErrOutOfRetries, zreq.ErrBusy, zreq.ErrClosed,
	zreq.ErrOtherOrigin, zreq.ErrRedirect, zreq.ErrBodyConsumed, zreq.ErrNoTLS, zreq.ErrNoDriver,
}

// fault writes the facts of err, if there is an error.
func fault(line *zerolog.Event, err error) {
	if err == nil {
		return
	}
	of, ok := err.(*zreq.Error) // not errors.As, which may find that of another call in the cause
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

// kind returns the kind of e itself, and not that of another call whose error is its
// cause.
func kind(e *zreq.Error) error {
	for _, k := range kinds {
		if e.Is(k) || e.Err == k {
			return k
		}
	}
	return nil
}

// cause returns the cause of the failure. After several attempts it is that of the last
// one.
func cause(e *zreq.Error) error {
	if out, ok := e.Err.(*zreq.OutOfRetries); ok {
		if last, ok := out.Unwrap().(*zreq.Error); ok {
			return last.Err
		}
	}
	return e.Err
}

// method returns the method of the request, or a question mark if it was not a valid one,
// as in zreq.Error. An invalid method may contain anything.
func method(e *zreq.Event) string {
	if of, ok := e.Err.(*zreq.Error); ok {
		return of.Method
	}
	return e.Method
}
