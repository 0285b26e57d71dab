package upload

import (
	"context"
	"io"

	"github.com/zreq-go/zreq/zreq"
)

// Upload sends fd as the body of a POST or PUT to url, which is absolute, http or
// https, and returns the answer. args may be nil. Of an fd that is an io.Seeker,
// what is left from its offset is sent; one with a method Rewind() error begins at
// its beginning.
//
// A redirect that takes the body along is followed (308, 307, and of a PUT 301 and
// 302), with an fd that can be read again. One that would lead to a GET is the
// answer: a page that is found elsewhere says nothing of the file.
//
// A status of 400 or more is no error in itself, nor is one that ended the upload
// early: Response.CloseReason is zreq.CloseUnsent then. A 2xx that did is
// ErrUnsent, with the Response, and so is a *SizeError or ErrChanged of a file that
// is another one by then. So a nil error and a 2xx say that the server had not
// answered yet when the last buffer went to the system, and then said that it took
// all. What it has read of what lies in the systems between, nobody can tell.
//
// Other errors are an ErrArgs, before anything is dialled, or a *zreq.Error. It
// is zreq.ErrBody if fd fails or does not keep to its size; for a FileSource that
// is a *SizeError. When ctx ends, so does the upload, with the cause of ctx.
func Upload(ctx context.Context, url string, fd Source, args *Args) (*zreq.Response, error) {
	a, err := args.withDefaults()
	if err != nil {
		return nil, &argsError{err}
	}
	body, err := open(fd)
	if err != nil {
		return nil, &argsError{err}
	}
	sending := &sender{meter{body: body, contentType: a.contentTypeOf(fd), progress: a.Progress}}
	m, given := &sending.meter, io.Reader(sending)
	if !sends(fd) {
		given = m
	}
	if a.BytesPerSecond > 0 && ctx != nil {
		m.pace = newPacer(ctx, a.BytesPerSecond)
	}
	do := zreq.Do
	if a.Session != nil {
		do = a.Session.Do
	}
	resp, err := do(ctx, a.Method, url, &zreq.Args{
		Params:     a.Params,
		Headers:    a.Headers,
		Omit:       a.Omit,
		OriginOnly: a.OriginOnly,
		Body:       given,
		Expect100:  a.ExpectFrom > 0 && body.size >= a.ExpectFrom,
		Connection: a.Connection,
		Driver:     a.Driver,
		TLS:        a.TLS,
		Auth:       a.Auth,
		Timeouts:   a.Timeouts,
		Limits:     a.Limits,
		Trace:      a.Trace,
		Into:       a.Into,

		MaxRedirects: a.MaxRedirects,
		OnRedirect:   a.onRedirect,
	})
	whole := err == nil && resp.CloseReason() != zreq.CloseUnsent && m.ended
	m.finish(whole)
	switch {
	case err != nil || resp.Status/100 != 2:
		return resp, err
	case !whole:
		return resp, &UnsentError{Sent: m.most, Total: body.size}
	}
	return resp, body.unchanged()
}
