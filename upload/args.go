package upload

import (
	"cmp"
	"context"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

// Args holds the arguments of an upload other than the URL and the body. The zero value
// and a nil *Args are a POST of application/octet-stream. An upload does not modify its
// Args.
type Args struct {
	// Method is "POST", "PUT" or "PATCH". Any other method is ErrArgs. The default is
	// "POST". Resume has methods of its own, and leaves this one aside.
	Method string

	// ContentType is the MIME type of the body. The default is the result of the method
	// ContentType() string of fd, if it has one, and otherwise application/octet-stream.
	// A Content-Type in Headers replaces it, and Omit can leave it out.
	ContentType string

	// Headers are sent as given; see zreq.Args.
	Headers zreq.Headers

	// Omit names fields that are sent by default and are to be left out, such as
	// "User-Agent", or "Content-Type" if a URL was signed without one. If it names
	// "Expect", the server is not asked, whatever ExpectFrom is. Host cannot be left out.
	Omit []string

	// OriginOnly names fields of Headers that must not leave the first origin; see
	// zreq.Args.
	OriginOnly []string

	// Params are appended to the query of the URL, percent-encoded and in order.
	Params form.Values

	// Connection, if set, is used for this upload and kept open if possible. Without it,
	// the upload dials a connection and closes it at the end, unless Headers ask for
	// Keep-Alive.
	Connection *zreq.Connection

	// Session, if set, makes the upload with its defaults and over its connections. It
	// sends fd again where that can do no harm: if the request was certainly not sent, or
	// if it is a PUT, or a POST with an Idempotency-Key in Headers. See zreq.Session.
	Session Session

	// Retry limits the attempts of the Session; see zreq.Args.
	Retry zreq.Retry

	// Resume, if set, makes the upload by a protocol that goes on where an upload was cut
	// off. It is a *tus.Args of package upload/tus, for a server that speaks tus. See
	// [Resumer].
	Resume Resumer

	// Trace, if set, receives the events of the call; see zreq.Args.
	Trace zreq.Trace

	// Progress, if set, is called with the number of bytes of the body that are known to
	// have been sent, and with the size of the body. It is called at most once for each
	// buffer that was sent, and once at the end, even after a failure. A byte counts as
	// sent when the system has taken it; the system holds some bytes until the server has
	// room.
	//
	// sent never decreases, even if the body is sent again. It equals total only in the
	// last call of an upload that succeeded. Progress is called on the caller's
	// goroutine. The time that it takes counts against no limit.
	Progress func(sent, total int64)

	// BytesPerSecond limits the rate at which the body is sent, averaged over an eighth
	// of a second. The waits that it causes count against no limit in Timeouts, but the
	// server has its own limits. The default 0 means no limit. A negative rate is
	// ErrArgs.
	BytesPerSecond int64

	// ExpectFrom is the size in bytes from which on the server is asked, before the body
	// is sent, whether it wants the body (Expect: 100-continue, RFC 9110, 10.1.1). The
	// default is 1 MiB. If negative, the server is never asked.
	ExpectFrom int64

	// Driver dials the connection. The default is the driver of the Connection, if there
	// is one, and otherwise netdriver.Default().
	Driver netdriver.Driver

	// TLS secures https connections; see zreq.Args.
	TLS netdriver.TLS

	// Auth makes the Authorization field; see zreq.Args. If it answers a challenge, fd is
	// sent twice, unless the server refuses before the body is sent: see ExpectFrom.
	Auth zreq.Auth

	// Anonymous makes the upload without saying who is asking; see zreq.Args.
	Anonymous bool

	// MaxRedirects is the largest number of redirects that an upload follows. The default
	// is 5. If negative, no redirect is followed.
	MaxRedirects int

	// OnRedirect, if set, is called before a redirect is followed that takes the body
	// along, with the response that asks for it and the URL that it leads to. If it
	// returns an error, the upload ends with that error. If it returns zreq.ErrStop, the
	// redirect is the response. It is not called for a redirect that would lead to a GET,
	// which is the response in any case. The OnRedirect of a Session is not called for an
	// upload.
	OnRedirect func(r *zreq.Response, url string) error

	// Timeouts are the time limits; see zreq.Timeouts. Each has a finite default except
	// LowSpeed, which is off. The upload as a whole is limited only by its context, and a
	// Read of fd has no limit.
	Timeouts zreq.Timeouts

	// Limits are the limits in bytes and counts. Limits.ReadBuffer is the size of the
	// buffer that the body passes through; an upload has two of that size.
	Limits zreq.Limits

	// Into, if set, is the Response that the upload fills and returns; see zreq.Args.
	Into *zreq.Response
}

// A Session is implemented by [zreq.Session]. It is an interface so that a program
// without a Session does not link one.
type Session interface {
	Do(ctx context.Context, method, url string, args *zreq.Args) (*zreq.Response, error)
}

const (
	defaultContentType = "application/octet-stream"
	defaultExpectFrom  = 1 << 20
)

// onRedirect stops at a redirect that would be followed without the body, and calls
// OnRedirect for every other.
func (a *Args) onRedirect(r *zreq.Response, url string) error {
	switch {
	case r.Status == 303 || a.Method == "POST" && r.Status < 303:
		return zreq.ErrStop
	case a.OnRedirect != nil:
		return a.OnRedirect(r, url)
	}
	return nil
}

// withDefaults checks the arguments that do not depend on the body, and fills in
// defaults.
func (a *Args) withDefaults() (Args, error) {
	var args Args
	if a != nil {
		args = *a
	}
	args.Method = cmp.Or(args.Method, "POST")
	args.ExpectFrom = cmp.Or(args.ExpectFrom, defaultExpectFrom)
	switch {
	case args.Method != "POST" && args.Method != "PUT" && args.Method != "PATCH":
		return args, errMethod
	case args.BytesPerSecond < 0:
		return args, errRate
	}
	return args, nil
}

// contentTypeOf returns the MIME type to send for fd.
func (a *Args) contentTypeOf(fd Source) string {
	if a.ContentType != "" {
		return a.ContentType
	}
	if t, ok := fd.(interface{ ContentType() string }); ok {
		if said := t.ContentType(); said != "" {
			return said
		}
	}
	return defaultContentType
}
