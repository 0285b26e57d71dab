package zreq

import (
	"context"
	"errors"
)

// defaultRedirects is what Args.MaxRedirects is if it is zero.
const defaultRedirects = 5

var (
	errManyRedirects = errors.New("more of them than MaxRedirects")
	errRedirectLoop  = errors.New("a loop: the same was asked for before")
	errDowngrade     = errors.New("it leads from https to http")
	errLocations     = errors.New("the field Location is given twice")
	errLocationUser  = errors.New("userinfo in the Location (RFC 9110, 4.2.4)")
)

// Redirect is a response that a call has followed to another URL: 301, 302, 303,
// 307 or 308 with a Location (RFC 9110, 15.4).
//
// The next request goes where Location points from the URL that was asked for
// (RFC 3986, 5.2), with the same method, fields and body; but a 303 is followed
// by GET without a body, HEAD by HEAD, and so is a POST after 301 and 302. Params
// are not added again. On another origin, which is another scheme, host or port,
// Authorization, Cookie, Proxy-Authorization and Host of Headers are left out, and
// Auth is not asked, from then on. From https to http none is followed.
//
// A Connection is used if the origin is its own. It is kept for the caller while
// the call goes elsewhere.
type Redirect struct {
	_      incomparable
	Method string
	URL    string // that was asked for, with its query and without credentials
	Status int
}

// follow reports whether the response is a redirect that leads to another
// request, and prepares that.
func (x *exchange) follow(ctx context.Context) (bool, error) {
	r := x.resp
	location := r.Header("Location")
	if !redirects(r.Status) || location == "" || x.args.MaxRedirects < 0 {
		return false, nil
	}
	x.history = append(x.history, Redirect{Method: x.method, URL: x.url, Status: r.Status})
	method, bare := x.method, r.Status == 303
	if bare && method != "HEAD" || method == "POST" && r.Status < 303 {
		method, bare = "GET", true // RFC 9110, 15.4.2 to 15.4.4
	}
	var to target
	url := x.at.resolve(location)
	err := to.split(url)
	if err == nil {
		err = x.objection(&to, method, url)
	}
	if err == nil && !bare {
		err = x.body.rewind()
	}
	if err != nil {
		x.drain(ctx)
		x.why = x.verdict()
		return false, x.blame(ErrRedirect, err)
	}
	if x.args.OnRedirect != nil {
		if err := x.stop(x.args.OnRedirect(r, url)); err != nil {
			return false, err
		}
	}
	x.method, x.url = method, url
	if bare {
		x.body, x.bare = outgoing{}, true
	}
	return true, x.leave(ctx, &to)
}

// redirects reports whether a status asks for another request to be made.
func redirects(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// objection says why a redirect is not followed, that is the last of the history.
func (x *exchange) objection(to *target, method, url string) error {
	most := x.args.MaxRedirects
	if most == 0 {
		most = defaultRedirects
	}
	switch {
	case x.resp.count("Location") > 1:
		return errLocations
	case to.userinfo != "":
		return errLocationUser
	case x.at.https && !to.https:
		return errDowngrade
	}
	for i := range x.history {
		if h := &x.history[i]; h.URL == url && h.Method == method {
			return errRedirectLoop
		}
	}
	if len(x.history) > most {
		return errManyRedirects
	}
	return nil
}

// leave lets go of the response, and of its connection if that does not serve to.
func (x *exchange) leave(ctx context.Context, to *target) error {
	x.drain(ctx)
	why := x.verdict()
	x.before += x.sent
	same := x.at.sameOrigin(to)
	if same {
		to.userinfo = x.at.userinfo
	}
	x.at, x.challenged = *to, false
	if !same {
		x.crossed = true
		switch {
		case x.conn == x.args.Connection && why == CloseNone:
			x.home = x.conn
		case why == CloseNone:
			why = CloseRequested // it would be nobody's
		}
		x.part(why)
	} else if why != CloseNone {
		x.conn.drop()
	}
	x.closing = x.wantsClose()
	return x.restart(ctx)
}
