package zreq

import (
	"errors"
	"io"

	"github.com/zreq-go/zreq/netdriver"
)

// Transient reports whether the same call may succeed later: what failed is the link,
// or a server that is overloaded or away, and not the request. It does not say whether
// the call may be made again: if it is not idempotent, ask [SafeToRetry] as well.
//
//	true   no connection: refused, unreachable, reset, the name not found (ErrConnect)
//	true   a connection that was cut (ErrTruncated, ErrStale)
//	true   silence, or a pace below LowSpeed: a limit of Timeouts
//	true   the deadline of the context, given another context
//	true   status 408, 425, 429 and 5xx, but for 501, 505 and 511, where a
//	       StreamCallback makes a status an error (ErrStatus)
//	true   ErrBusy, ErrOutOfRetries, and a wait for a connection that was too long
//	false  every other status, and a 2xx or 206 that is not what was asked for
//	false  an answer that breaks the rules of HTTP (ErrResponse), or asks for a
//	       redirect that is not followed (ErrRedirect)
//	false  a certificate that is not trusted, and what else the driver or TLS calls
//	       Permanent
//	false  a limit of size (ErrTooLarge), a body whose end nothing proves (ErrUnframed)
//	false  a request that is not valid (ErrRequest), or whose body fails (ErrBody)
//	false  no driver or none that was started, no TLS, another origin (ErrNoDriver,
//	       netdriver.ErrNotStarted, ErrNoTLS, ErrOtherOrigin)
//	false  a context that was cancelled, an error of a callback or a writer, ErrClosed
//	false  nil, io.EOF, and what else is no error of a call
//
// Package roundtrip returns what net/http does, and that holds no [Error] where it is
// io.EOF in an *url.Error, io.ErrUnexpectedEOF, a *net.OpError or the end of a context. So
// an error that holds none is transient if it is a timeout or one of the first two, or
// ends in an error of the system or of DNS that is in a *net.OpError or an *url.Error. Where
// it is an error of the request's own body, itself, that is judged in the same way, since
// it cannot be told apart.
//
// Without a StreamCallback a 503 is a nil error: ask Response.Status. A [Session]
// makes it ErrOutOfRetries for a call that it would have repeated.
func Transient(err error) bool {
	var e *Error
	switch {
	case !errors.As(err, &e):
		return isTimeout(err) || errors.Is(err, io.ErrUnexpectedEOF) || err != io.EOF && errors.Is(err, io.EOF) || isOfNet(err)
	case e.byCaller:
		return false
	case e.late:
		return true
	}
	switch e.kind {
	case nil:
		return e.Err == ErrBusy || e.Err == ErrStale || isTimeout(e.Err)
	case &ErrStatus:
		status, ok := e.Err.(statusError)
		return ok && status.transient()
	case &ErrConnect, &ErrStale, &ErrTruncated:
		return !isLasting(e.Err) && !isOtherPart(e.Err)
	case &ErrOutOfRetries:
		return true
	}
	return false
}

// statusError is a status that is not 2xx.
type statusError int

func (s statusError) transient() bool {
	switch s {
	case 408, 425, 429:
		return true
	case 501, 505, 511: // not implemented, version not supported, a portal wants a login
		return false
	}
	return s >= 500 && s <= 599
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

// isLasting reports whether an error of a dial or a connection comes again however
// often it is tried.
func isLasting(err error) bool {
	return err == errNoConn || err == errPlainTLS || errors.Is(err, netdriver.ErrNotStarted) || isPermanent(err)
}
