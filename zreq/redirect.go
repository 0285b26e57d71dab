package zreq

import (
	"context"
	"errors"

	"github.com/zreq-go/zreq/zreq/wire"
)

// defaultRedirects is what Args.MaxRedirects is if it is zero.
const defaultRedirects = 5

var (
	errManyRedirects = errors.New("more of them than MaxRedirects")
	errDowngrade     = errors.New("it leads from https to http")
	errLocations     = errors.New("two fields Location that differ")
	errLocationUser  = errors.New("userinfo in the Location (RFC 9110, 4.2.4)")
)

// Redirect is a response that a call has followed to another URL: a 301, 302, 303, 307 or
// 308 with a Location (RFC 9110, 15.4).
//
// The Location is resolved against the URL that was requested (RFC 3986, 5.2). The next
// request has the same method, fields and body, with two exceptions. After a 303 the
// method is GET, or HEAD if it was HEAD, and there is no body. After a 301 or 302 in
// answer to a POST the method is GET, and there is no body. Params are not added again.
//
// Another origin is another scheme, host or port. If a redirect leads to one, the next
// request does not say who is asking:
//
//   - Authorization, Cookie, Proxy-Authorization, Host and the fields that OriginOnly
//     names are left out of Headers.
//   - Auth is not asked for credentials.
//   - The TLS shows no client certificate; see [netdriver.Anonymizer].
//
// This holds for the rest of the call, even if another redirect leads back. What the TLS
// demands of the peer, such as a pinned key, applies there as well. A redirect from https
// to http is not followed.
//
// A URL that the call has requested before is followed like any other; MaxRedirects
// bounds a loop. The same Location sent twice counts once. Two different ones are
// ErrRedirect. A space in a Location is sent as %20, and a '%' that begins no escape as
// %25, unless it is in the query and AllowPercent is set.
//
// A Connection is used again if its origin is that of the next URL. It is kept for the
// caller while the call goes elsewhere.
type Redirect struct {
	_      incomparable
	Method string
	URL    string // that was requested, as it was sent, without credentials
	Status int
}

// follow reports whether the response is a redirect that leads to another
// request, and prepares that.
func (x *exchange) follow(ctx context.Context) (bool, error) {
	r := x.resp
	if !redirects(r.Status) || x.args.MaxRedirects < 0 {
		return false, nil // as nearly always: no field is looked for
	}
	location, err := r.location()
	if location == "" && err == nil {
		return false, nil
	}
	method, bare := x.method, r.Status == 303
	if bare && method != "HEAD" || method == "POST" && r.Status < 303 {
		method, bare = "GET", true // RFC 9110, 15.4.2 to 15.4.4
	}
	here, bad := x.appendTarget(x.at.text(len(x.at.path) + len(x.at.query)))
	if err == nil {
		err = bad
	}
	url := string(here) // also where a fragment alone leads (RFC 3986, 4.4)
	x.history = append(x.history, Redirect{Method: x.method, URL: url, Status: r.Status})
	var to target
	switch {
	case err != nil:
	case location[0] == '#':
		err = to.split(url)
	default:
		url, err = x.locate(&to, location)
	}
	if err == nil {
		err = x.objection(&to, bare)
	}
	if err != nil {
		x.drain(ctx) // it is the last response of the call
		x.why = x.verdict()
		return false, x.blame(&ErrRedirect, err)
	}
	if x.args.OnRedirect != nil {
		if err := x.stop(x.args.OnRedirect(r, url)); err != nil {
			return false, err
		}
	}
	was := x.method
	x.method, x.url = method, url
	if bare {
		x.body, x.bare = outgoing{}, true
	}
	if err := x.leave(ctx, &to); err != nil {
		x.method = was
		return false, err
	}
	return true, nil
}

// redirects reports whether a status asks for another request to be made.
func redirects(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// location returns the Location of a response, "" if it has none. The same one twice is
// one; two that differ are an error.
func (r *Response) location() (string, error) {
	first, count := r.field("Location", 2)
	if count < 2 {
		return first, nil
	}
	for _, other := range r.Values("Location") {
		if other != first {
			return first, errLocations
		}
	}
	return first, nil
}

// locate takes apart where location leads, and returns that as it will be sent. What
// servers write into a Location and no URL has is encoded: a space, and a '%' that
// begins no escape.
func (x *exchange) locate(to *target, location string) (string, error) {
	err := to.split(x.at.resolve(location))
	if err == nil && !to.plain {
		err = errLocationUser
	}
	if err == nil {
		err = to.inheritZone(&x.at)
	}
	if err != nil {
		return "", err
	}
	query := wire.PercentEncoded
	if x.args.AllowPercent {
		query = wire.PercentKept
	}
	sent, err := to.appendOwnTarget(to.text(len(to.path)+len(to.query)), wire.PercentEncoded, query)
	if err != nil {
		return "", err
	}
	url := string(sent)
	return url, to.split(url) // so that no error quotes what a server made up
}

// objection says why a redirect is not followed, that is the last of the history, or
// why the body cannot go along.
func (x *exchange) objection(to *target, bare bool) error {
	if x.at.https && !to.https {
		return errDowngrade
	}
	most := x.args.MaxRedirects
	if most == 0 {
		most = defaultRedirects
	}
	if len(x.history) > most {
		return errManyRedirects
	}
	if x.crossed || !x.at.same(&to.origin) {
		if _, err := newRoute(to, x.args, true); err == errNotAnonymous {
			return err
		}
	}
	if bare {
		return nil
	}
	if x.body.chunked() && x.conn.http10 && x.at.same(&to.origin) {
		return errChunked10
	}
	return x.body.rewind()
}

// leave lets go of the response, and of its connection if that does not serve to.
func (x *exchange) leave(ctx context.Context, to *target) error {
	from, same, home := x.at, x.at.same(&to.origin), x.conn == x.args.Connection
	if same || home || x.conn.owner != nil {
		x.drain(ctx)
	}
	why := x.verdict()
	x.at, x.challenged = *to, false
	if x.spy != nil {
		x.spy.url = ""
	}
	if same {
		x.at.userinfo = from.userinfo
	} else {
		x.crossed = true
	}
	x.closing = x.wantsClose()
	if err := x.restart(ctx); err != nil {
		x.at, x.why = from, why
		return x.blame(&ErrRedirect, err)
	}
	switch {
	case !same && home && why == CloseNone:
		x.home = x.conn
	case !same && why == CloseNone && x.conn.owner == nil:
		why = CloseRequested // it would be nobody's
	}
	if !same {
		x.part(why)
	} else if why != CloseNone {
		x.discard(why)
	}
	x.tell(EventRedirect, why, nil)
	return nil
}
