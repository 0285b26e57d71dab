package zreq

import (
	"errors"

	"github.com/zreq-go/zreq/zreq/internal/ascii"
	"github.com/zreq-go/zreq/zreq/wire"
)

// Why a callback does not get a response.
var (
	errUnasked206     = errors.New("206 and no Range was sent")
	errUnusable206    = errors.New("206, but its Content-Range is missing, malformed or not the part that was asked for")
	errWhole200       = errors.New("the whole in answer to a Range: set AllowFull to take it")
	errUnusableRange  = errors.New("206 in answer to a Range that is not one plain range of bytes")
	errRangeMismatch  = errors.New("the body of the 206 is not as long as its Content-Range says")
	errMultipartRange = errors.New("206 in several parts")
	errChanged206     = errors.New("206 of another version: its ETag or Last-Modified is not the one that If-Range named")
	errShortRange     = errors.New("the server sent less than the Range asked for, or does not say whether it did")
)

// errStatus stands for a statusError, which is made only when it is returned: for most
// responses with another status it never is.
var errStatus = errors.New("another status")

// admission is what the body of a response must turn out to be.
type admission struct {
	length int64 // bytes; -1 if nothing but the framing says
	doubt  doubt
}

// doubt is why it is not known whether a part is complete.
type doubt int

const (
	sure  doubt = iota
	vague       // it does not say which part it is
	short       // the peer announced less than the Range asked for
	open        // the Range asked for the rest, and nothing says where that ends
)

// admit decides whether a callback may have the body of a response: only if the response can be
// what was asked for. It notes in r.body.want what the body must turn out to be. proven means
// that the end of the body is certain.
func admit(r *Response, args *Args, proven bool) (unfit error) {
	r.body.want, r.body.unframed = admission{length: -1}, args.AllowUnframed
	asked, ranged := args.Headers.Get("Range")
	switch {
	case args.StreamAnyStatus:
	case r.Status < 200 || r.Status > 299:
		return errStatus
	case r.request.method == "HEAD":
		return nil // there is no body to doubt, and a Range means nothing (RFC 9110, 14.2)
	case r.Status == 206 && !ranged:
		return errUnasked206
	case r.Status == 206:
		if unfit = admitPart(r, args, asked); unfit != nil {
			return unfit
		}
	case r.request.method == "GET" && r.Status != 200 && r.Status != 203:
		// 202 is a promise (RFC 9110, 15.3.3), 204 and 205 have no content (15.3.5 and
		// 15.3.6), 207 is a list of statuses (RFC 4918, 13), 226 a difference (RFC 3229).
		return errStatus
	case ranged && !args.AllowFull: // a 200, or another 2xx that is no part
		return errWhole200
	}
	switch {
	case r.body.encoded != "" && !args.AllowEncoded:
		return ErrEncoded
	case !args.AllowUnframed && !proven:
		return ErrUnframed // nothing proves its end
	}
	return nil
}

// admitPart checks a 206 against the Range that was sent (RFC 9110, 15.3.7).
func admitPart(r *Response, args *Args, asked string) (unfit error) {
	want := &r.body.want
	var part byteRange
	if !part.parse(asked) {
		return errUnusableRange
	}
	if isMultipart(r.Header("Content-Type")) {
		return errMultipartRange
	}
	got, ok := r.contentRange()
	if !ok || got.first < 0 {
		want.doubt = vague
		return errUnusable206
	}
	part.resolve(got.size)
	want.length = got.last - got.first + 1 // whoever reads it, whatever was asked for
	toEnd := part.last < 0                 // also of a whole of unknown size
	// It must begin where the Range begins, and not end after it.
	if part.first < 0 || got.first != part.first || !toEnd && got.last > part.last {
		return errUnusable206
	}
	if condition, ok := args.Headers.Get("If-Range"); ok && differs(r, condition) {
		return errChanged206
	}
	if r.body.length >= 0 && r.body.length != want.length {
		return errRangeMismatch
	}
	switch {
	case got.last != part.last && !(toEnd && args.AllowUnframed):
		want.doubt = short // a server may send less than it was asked for (RFC 9110, 15.3.7)
	case toEnd:
		want.doubt = open
	}
	return nil
}

// differs reports whether the response is of another version than If-Range named: it has an
// ETag that is strong and another one, or another Last-Modified. A server must not answer
// with a part then (RFC 9110, 13.1.5). If the response has neither, it is not known.
func differs(r *Response, condition string) bool {
	name, tag := "Last-Modified", isStrongTag(condition)
	if tag {
		name = "ETag"
	} else if !isFixdate(condition) {
		return false // no validator at all cannot be judged
	}
	_, fields := wire.SplitHead(r.head)
	for field, rest, ok := nextNamed(fields, name); ok; field, rest, ok = nextNamed(rest, name) {
		value := string(field)
		if value != condition && (tag && isStrongTag(value) || !tag && isFixdate(value)) {
			return true
		}
	}
	return false
}

// isStrongTag reports whether s has the form of a strong ETag (RFC 9110, 8.8.3).
func isStrongTag(s string) bool { return len(s) > 0 && s[0] == '"' }

// isWeakTag reports whether s has the form of a weak ETag.
func isWeakTag(s string) bool { return len(s) > 1 && s[0] == 'W' && s[1] == '/' }

// isFixdate reports whether s has the form "Sun, 06 Nov 1994 08:49:37 GMT", which every sender
// must use (RFC 9110, 5.6.7). Two such dates can be compared as strings.
func isFixdate(s string) bool {
	return len(s) == len("Sun, 06 Nov 1994 08:49:37 GMT") && s[3] == ',' && s[len(s)-4:] == " GMT"
}

// isMultipart reports whether a body is one of several ranges. A Content-Range beside it
// would not be that of the body (RFC 9110, 15.3.7.2).
func isMultipart(contentType string) bool {
	_, is := ascii.CutPrefixFold(contentType, "multipart/byteranges")
	return is
}
