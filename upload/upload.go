package upload

import (
	"context"
	"io"

	"github.com/zreq-go/zreq/internal/pacer"
	"github.com/zreq-go/zreq/zreq"
)

// Upload sends fd as the body of a POST, PUT or PATCH to url, and returns the response. url is
// an absolute http or https URL. args may be nil. If fd is an io.Seeker, it is sent from
// its offset. If it has a method Rewind() error, it is sent from its beginning.
//
// A redirect that keeps the body is followed if fd can be read again: a 308, a 307, and
// for a PUT or PATCH a 301 or 302. Any other redirect would lead to a GET. It is the response,
// because a page that is found elsewhere says nothing about the file.
//
// A status of 400 or more is not an error in itself, even if it ended the upload early.
// Response.CloseReason is zreq.CloseUnsent in that case. A 2xx that ended the upload
// early is ErrUnsent. A 2xx for a file that has changed is a *SizeError or ErrChanged.
// With each of these errors the Response is returned as well.
//
// So a nil error and a 2xx mean that the last buffer was passed to the system before the
// server answered, and that the server then accepted everything. Upload cannot know
// whether the server has read what is buffered between the two.
//
// Other errors are an ErrArgs, before anything is dialled, or a *zreq.Error. The latter
// is a zreq.ErrBody if fd fails or gives another number of bytes than its size; for a
// FileSource the cause is a *SizeError. When ctx ends, the upload fails with the cause of
// ctx.
func Upload(ctx context.Context, url string, fd Source, args *Args) (*zreq.Response, error) {
	a, err := args.withDefaults()
	if err != nil {
		return nil, &argsError{err}
	}
	if a.Resume != nil {
		return a.Resume.Resume(ctx, url, fd, &a)
	}
	body, err := open(fd)
	if err != nil {
		return nil, &argsError{err}
	}
	sending := &sender{meter{
		ctx: ctx, body: body, contentType: a.contentTypeOf(fd), progress: a.Progress, pace: pacer.New(a.BytesPerSecond),
	}}
	m, given := &sending.meter, io.Reader(sending)
	if !sends(fd) {
		given = m
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
		Retry:      a.Retry,
		Anonymous:  a.Anonymous,
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
