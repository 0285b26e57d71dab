package zreq

import (
	"errors"
	"io"
	"strconv"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/line"
)

// Transient reports whether the same call may succeed later, because the failure is one
// of the link or of a server that is overloaded or away, and not one of the request. It
// does not say whether the call may be made again: for a call that is not idempotent, use
// [SafeToRetry] as well.
//
//	true   no connection: refused, unreachable, reset, name not found (ErrConnect)
//	true   a connection that was cut (ErrTruncated, ErrStale), or that the system has
//	       given up as dead (ETIMEDOUT)
//	true   silence, or a rate below LowSpeed: a limit of Timeouts
//	true   the deadline of the context, if the next call has another context
//	true   status 408, 425, 429 and 5xx, except 501, 505 and 511, if a
//	       StreamCallback makes the status an error (ErrStatus)
//	true   ErrBusy, ErrOutOfRetries, and a wait for a connection that was too long
//	false  every other status, and a 2xx that is not what was asked for
//	false  a response that breaks the rules of HTTP (ErrResponse), or a redirect
//	       that is not followed (ErrRedirect)
//	false  a certificate that is not trusted, and every other error that the driver or
//	       TLS calls Permanent
//	false  a size limit (ErrTooLarge), a body whose end nothing proves (ErrUnframed)
//	false  an invalid request (ErrRequest), or one whose body fails (ErrBody)
//	false  no driver, a driver that is not started, no TLS, another origin (ErrNoDriver,
//	       netdriver.ErrNotStarted, ErrNoTLS, ErrOtherOrigin)
//	false  a context that was cancelled, an error of a callback or a writer, ErrClosed
//	false  nil, io.EOF, and every other error that is not one of a call
//
// Without a StreamCallback a 503 is a response, and the error is nil: look at
// Response.Status. A [Session] returns ErrOutOfRetries for it if it would have repeated
// the call.
//
// An error of package roundtrip may hold no [Error], because it is the one that net/http
// returns. It is transient if it is a timeout or io.ErrUnexpectedEOF, if it wraps io.EOF,
// as an *url.Error does, or if its innermost error is one of the system or of DNS inside
// a *net.OpError or an *url.Error. An error of the request's own body is judged in the
// same way, because it cannot be told apart.
func Transient(err error) bool {
	var e *Error
	switch {
	case !errors.As(err, &e):
		return netdriver.IsTimeout(err) || errors.Is(err, io.ErrUnexpectedEOF) || err != io.EOF && errors.Is(err, io.EOF) || isOfNet(err)
	case e.byCaller:
		return false
	case e.late:
		return true
	}
	switch e.kind {
	case nil:
		return e.Err == ErrBusy || e.Err == ErrStale || netdriver.IsTimeout(e.Err)
	case ErrStatus:
		status, ok := e.Err.(*statusError)
		return ok && status.transient()
	case ErrConnect, ErrStale, ErrTruncated:
		return !isLasting(e.Err) && !isOtherPart(e.Err)
	case ErrOutOfRetries:
		return true
	}
	return false
}

// statusError is a status that is not 2xx, or a 2xx that is no answer to a GET.
type statusError struct{ status int }

func (e *statusError) Error() string {
	text := "the status is " + strconv.Itoa(e.status)
	if e.status/100 == 2 {
		return text + ", which is not what a GET asks for: that comes with 200, 203 or 206"
	}
	return text + ", not 2xx"
}

func (e *statusError) transient() bool {
	switch e.status {
	case 408, 425, 429:
		return true
	case 501, 505, 511: // not implemented, version not supported, a portal wants a login
		return false
	}
	return e.status >= 500 && e.status <= 599
}

// isOtherPart reports whether a 206 came whole, but is not the part that was asked for.
func isOtherPart(err error) bool {
	return errors.Is(err, errShortRange) || errors.Is(err, errUnusable206)
}

// isOfNet reports whether the innermost error of a chain is a net.Error, by its methods,
// in another one: a syscall.Errno or a *net.DNSError in a *net.OpError. A file system's
// error is not, since no net.Error holds its number.
func isOfNet(err error) bool {
	depth, innermost := 0, false
	for ; err != nil; err = errors.Unwrap(err) {
		_, innermost = err.(interface {
			Timeout() bool
			Temporary() bool
		})
		if innermost {
			depth++
		}
	}
	return innermost && depth > 1
}

// isPassing reports whether the next attempt may succeed after an error.
func isPassing(e *Error) bool {
	if e.Phase < PhaseDial || e.Err == ErrClosed || isLasting(e.Err) || isOtherPart(e.Err) {
		return false
	}
	switch e.kind {
	case ErrConnect, ErrStale, ErrTruncated:
		return true
	}
	return e.kind == nil && netdriver.IsTimeout(e.Err)
}

// isLasting reports whether an error of a dial or a connection comes again however
// often it is tried.
func isLasting(err error) bool {
	return err == line.ErrNoConn || err == line.ErrPlainTLS || netdriver.IsPermanent(err)
}
