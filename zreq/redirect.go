package zreq

import (
	"errors"
	"strconv"

	"github.com/zreq-go/zreq/zreq/internal/ascii"
	"github.com/zreq-go/zreq/zreq/internal/target"
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
	Method string
	URL    string // that was requested, as it was sent, without credentials
	Status int
}

// String returns the method, the URL and the status, as in "GET http://fleet.test/image
// 302". It hides the query, which may be a signature.
func (r Redirect) String() string {
	url := r.URL
	if i := ascii.IndexByte(url, '?'); i >= 0 {
		url = url[:i+1] + hidden
	}
	return r.Method + " " + url + " " + strconv.Itoa(r.Status)
}

// GoString returns the type and String.
func (r Redirect) GoString() string { return "zreq.Redirect(" + r.String() + ")" }

// redirect is the request that a response leads to.
type redirect struct {
	method    string
	at        target.Target
	url       string // as it will be sent, without credentials
	dropsBody bool   // as for a 303
}

// redirect fills in next from the response, and adds the response to the history. ok is false
// if the response has no Location. An error says why the redirect is not followed.
func (r *request) redirect(args *Args, from *asked, resp *Response, next *redirect) (ok bool, err error) {
	location, err := locationOf(resp)
	if location == "" && err == nil {
		return false, nil
	}
	next.method, next.dropsBody = from.method, resp.Status == 303
	if next.dropsBody && from.method != "HEAD" || from.method == "POST" && resp.Status < 303 {
		next.method, next.dropsBody = "GET", true // RFC 9110, 15.4.2 to 15.4.4
	}
	next.url = r.url
	r.history = append(r.history, Redirect{Method: from.method, URL: r.url, Status: resp.Status})
	if err == nil && location[0] != '#' { // a fragment alone leads to the same URL (RFC 3986, 4.4)
		next.url, err = locate(&from.at, location, args.AllowPercent)
	}
	if err == nil {
		next.at, err = target.Parse(next.url) // so that no error quotes what a server made up
	}
	if err == nil {
		err = r.objection(args, from, resp, next)
	}
	return true, err
}

// isRedirect reports whether a status asks for another request to be made.
func isRedirect(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// locationOf returns the Location of a response, or "" if it has none. The same one twice
// counts once. Two that differ are an error.
func locationOf(r *Response) (string, error) {
	_, fields := wire.SplitHead(r.head)
	first, rest, ok := nextNamed(fields, "Location")
	for other := first; ok; other, rest, ok = nextNamed(rest, "Location") {
		if string(other) != string(first) {
			return string(first), errLocations
		}
	}
	return string(first), nil
}

// locate returns the URL that location means in a response to a request for from, as it will be
// sent. It encodes what servers put into a Location although no URL may have it: a space, and
// a '%' that begins no escape. percent keeps such a '%' in the query.
func locate(from *target.Target, location string, percent bool) (string, error) {
	to, err := target.Parse(from.Resolve(location))
	if err == nil && to.HasUserinfo {
		err = errLocationUser
	}
	if err == nil {
		err = to.InheritZone(from)
	}
	if err != nil {
		return "", err
	}
	query := wire.PercentEncoded
	if percent {
		query = wire.PercentKept
	}
	sent, err := to.AppendRequestTarget([]byte(to.String()), wire.PercentEncoded, query)
	return string(sent), err
}

// objection returns why the redirect that was added to the history last is not followed, or why
// the body cannot be sent again.
func (r *request) objection(args *Args, from *asked, resp *Response, next *redirect) error {
	if from.at.HTTPS && !next.at.HTTPS {
		return errDowngrade
	}
	most := args.MaxRedirects
	if most == 0 {
		most = defaultRedirects
	}
	if len(r.history) > most {
		return errManyRedirects
	}
	same := from.at.Same(&next.at.Origin)
	if r.anonymous || !same {
		if _, err := newRoute(&next.at, args, true); err == errNotAnonymous {
			return err
		}
	}
	switch {
	case next.dropsBody:
		return nil
	case r.body.Chunked() && resp.Proto == "HTTP/1.0" && same:
		return errChunked10
	}
	return r.body.Rewind()
}

// become makes r and to the request that a redirect leads to. withholds decides which fields are
// not sent to another origin.
func (r *request) become(next *redirect, to *asked) {
	if next.dropsBody {
		r.body.Drop()
		r.bodyDropped, r.trace = true, false
	}
	userinfo := to.at.Userinfo
	if !to.at.Same(&next.at.Origin) {
		r.anonymous, userinfo = true, ""
	}
	r.url, r.challenged = next.url, false
	to.method, to.at = next.method, next.at
	to.at.Userinfo = userinfo
}
