package upload

import (
	"context"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

// Args are the arguments of an upload beside URL and body. The zero value, and a
// nil *Args, are a POST of application/octet-stream. An upload changes none of
// them.
type Args struct {
	// Method is "POST" or "PUT". Default "POST"; anything else is ErrArgs.
	Method string

	// ContentType is the MIME type of the body. Default: what fd says by a method
	// ContentType() string, if it has one, else application/octet-stream. A
	// Content-Type in Headers replaces it, and Omit leaves it out.
	ContentType string

	// Headers are sent as given; see zreq.Args.
	Headers zreq.Headers

	// Omit names fields that would be sent by default and are left out: "User-Agent";
	// "Content-Type", where a URL was signed without one; "Expect", and then the
	// server is not asked, whatever ExpectFrom says. Not Host.
	Omit []string

	// OriginOnly names fields of Headers that a redirect does not take to another origin;
	// see zreq.Args.
	OriginOnly []string

	// Params are joined to the query of the URL, percent-encoded, in their order.
	Params form.Values

	// Connection, if set, is used for this upload, and kept if it can be. Without
	// one the upload dials, and closes the connection at its end unless Headers ask
	// for Keep-Alive.
	Connection *zreq.Connection

	// Session, if set, makes the upload, with its defaults and over its connections. It
	// sends fd again where that can do no harm: after what certainly did not leave, and
	// else a PUT, or a POST with an Idempotency-Key in Headers. See zreq.Session.
	Session Session

	// Trace, if set, is told what happens; see zreq.Args.
	Trace zreq.Trace

	// Progress, if set, is told how many bytes of the body are known to have left,
	// and how many there are: at most once for each buffer that left, and once at
	// the end, also after a failure. Left means taken by the system, which holds
	// some back until the server has room. sent never goes back, not even when the
	// body has to be sent again, and is total only in the last call, of an upload
	// that succeeded. It runs on the caller's goroutine, and the time it takes counts
	// against no limit.
	Progress func(sent, total int64)

	// BytesPerSecond bounds the rate at which the body leaves, evened out over an
	// eighth of a second. Waiting for it counts against no limit in Timeouts, but the
	// server has limits of its own. Default 0: no bound. Negative: ErrArgs.
	BytesPerSecond int64

	// ExpectFrom is the size in bytes from which on the server is asked whether it
	// wants the body before that goes out (Expect: 100-continue, RFC 9110, 10.1.1).
	// Default 1 MiB. Negative: it is never asked.
	ExpectFrom int64

	// Driver is what the upload dials with. Default: netdriver.Default(), or the
	// Connection's.
	Driver netdriver.Driver

	// TLS is what makes an https connection secure; see zreq.Args.
	TLS netdriver.TLS

	// Auth makes Authorization; see zreq.Args. If it answers a challenge, fd is sent
	// twice, unless the server refuses before the body goes out: see ExpectFrom.
	Auth zreq.Auth

	// MaxRedirects bounds how many redirects are followed. Default 5; negative: none.
	MaxRedirects int

	// OnRedirect, if set, is asked before a redirect is followed that takes the body
	// along, with the response that asks for it and the URL where it leads. An error
	// ends the upload; zreq.ErrStop makes the redirect its answer. It is not asked about
	// one that would lead to a GET, which is the answer in any case. The OnRedirect of a
	// Session is for its own verbs: an upload does not ask it.
	OnRedirect func(r *zreq.Response, url string) error

	// Timeouts are the limits in time; each but LowSpeed has a finite default. There is
	// none for the whole upload but that of the context, and none for a Read of fd: see
	// zreq.Timeouts.
	Timeouts zreq.Timeouts

	// Limits bound what can become large; each has a default. Limits.ReadBuffer is
	// the buffer that the body passes through; an upload has two of that size. Default
	// 16 KiB here, also with a Session, whatever that has: TLS makes one record of it.
	Limits zreq.Limits

	// Into, if set, is the Response that the upload fills and returns; see zreq.Args.
	Into *zreq.Response
}

// A Session is what a [zreq.Session] is to an upload. A program that has none does not
// link one.
type Session interface {
	Do(ctx context.Context, method, url string, args *zreq.Args) (*zreq.Response, error)
}

const (
	defaultContentType = "application/octet-stream"
	defaultExpectFrom  = 1 << 20
	defaultBuffer      = 16 << 10
)

// onRedirect stops at a redirect that would be followed without the body, and asks the
// caller about any other.
func (a *Args) onRedirect(r *zreq.Response, url string) error {
	switch {
	case r.Status == 303 || a.Method == "POST" && r.Status < 303:
		return zreq.ErrStop
	case a.OnRedirect != nil:
		return a.OnRedirect(r, url)
	}
	return nil
}

// withDefaults checks what does not depend on the body and fills in the rest.
func (a *Args) withDefaults() (Args, error) {
	var args Args
	if a != nil {
		args = *a
	}
	if args.Method == "" {
		args.Method = "POST"
	}
	if args.ExpectFrom == 0 {
		args.ExpectFrom = defaultExpectFrom
	}
	if args.Limits.ReadBuffer == 0 {
		args.Limits.ReadBuffer = defaultBuffer
	}
	switch {
	case args.Method != "POST" && args.Method != "PUT":
		return args, errMethod
	case args.BytesPerSecond < 0:
		return args, errRate
	}
	return args, nil
}

// contentTypeOf is the MIME type to say of fd.
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
