package zreq

import (
	"errors"
	"strconv"

	"github.com/zreq-go/zreq/netdriver"
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

// errNot2xx and errOther2xx stand for a text that names the status, which is made when
// somebody asks: most who get a 304 do not.
var (
	errNot2xx   = errors.New("not 2xx")
	errOther2xx = errors.New("another 2xx")
)

func (s statusError) Error() string {
	return "the status is " + strconv.Itoa(int(s)) + ", not 2xx"
}

// told is why a callback does not get the response, in words.
func (r *Response) told() error {
	switch r.unfit {
	case &ErrEncoded:
		return &encodedError{name: r.encoded, cure: "set AllowEncoded to take it as it came"}
	case &errNot2xx:
		return statusError(r.Status)
	case &errOther2xx:
		return errors.New("the status is " + strconv.Itoa(r.Status) + ", which is not what a GET asks for: that comes with 200, 203 or 206")
	}
	return *r.unfit
}

// admission is what the callback's body must turn out to be.
type admission struct {
	_      incomparable
	length int64 // bytes; -1 if nothing but the framing says
	vague  bool  // a part that does not say which, so that nobody knows whether it is whole
	short  bool  // the peer announced less than the Range asked for
	open   bool  // the Range asked for the rest, and nothing says where that ends
}

// admit decides whether the callback may have the body of this response: only
// if it can be trusted to be the thing that was asked for.
func (x *exchange) admit() *error {
	x.want = admission{length: -1}
	r := x.resp
	asked, ranged := x.args.Headers.Get("Range")
	switch {
	case x.args.StreamAnyStatus:
	case r.Status < 200 || r.Status > 299:
		return &errNot2xx
	case x.method == "HEAD":
		return nil // there is no body to doubt, and a Range means nothing (RFC 9110, 14.2)
	case r.Status == 206 && !ranged:
		return &errUnasked206
	case r.Status == 206:
		if unfit := x.admitPart(asked); unfit != nil {
			return unfit
		}
	case x.method == "GET" && r.Status != 200 && r.Status != 203:
		// 202 is a promise (RFC 9110, 15.3.3), 204 and 205 have no content (15.3.5 and
		// 15.3.6), 207 is a list of statuses (RFC 4918, 13), 226 a difference (RFC 3229).
		return &errOther2xx
	case ranged && !x.args.AllowFull: // a 200, or another 2xx that is no part
		return &errWhole200
	}
	if r.encoded != "" && !x.args.AllowEncoded {
		return &ErrEncoded
	}
	return x.admitFraming()
}

// admitFraming refuses a body whose end nothing proves.
func (x *exchange) admitFraming() *error {
	if x.resp.framing == FramingUntilClose && !x.args.AllowUnframed && !x.provesEnd() {
		return &ErrUnframed
	}
	return nil
}

// provesEnd reports whether the end of the connection is the peer's own word:
// close_notify of TLS (RFC 9112, 9.8). Not inlined: its copies cost 0.2 KB.
//
//go:noinline
func (x *exchange) provesEnd() bool {
	p, ok := x.sock.conn.(netdriver.EndProver)
	return ok && p.ProvesEnd()
}

// admitPart checks a 206 against the Range that was sent (RFC 9110, 15.3.7).
func (x *exchange) admitPart(asked string) *error {
	want, ok := parseRange(asked)
	if !ok {
		return &errUnusableRange
	}
	if x.resp.inParts() {
		return &errMultipartRange
	}
	field, count := x.resp.field("Content-Range", 2)
	got, ok := parseContentRange(field)
	want.settle(got.size)
	if !ok || count != 1 || got.first < 0 {
		x.want.vague = true
		return &errUnusable206
	}
	open := want.last < 0
	length := got.last - got.first + 1
	x.want.length = length // whoever reads it, whatever was asked for
	// It begins where it was asked for, and does not go on behind that.
	if want.first < 0 || got.first != want.first || !open && got.last > want.last {
		return &errUnusable206
	}
	if condition, ok := x.args.Headers.Get("If-Range"); ok && x.resp.differs(condition) {
		return &errChanged206
	}
	if x.resp.length >= 0 && x.resp.length != length {
		return &errRangeMismatch
	}
	// A server may send less than it was asked for (RFC 9110, 15.3.7).
	x.want = admission{
		length: length,
		short:  got.last != want.last && !(open && x.args.AllowUnframed),
		open:   open,
	}
	return nil
}

// differs reports whether the response names another version than an If-Range did: an
// ETag that is strong and another one, or another Last-Modified. A server must not
// answer with a part then (RFC 9110, 13.1.5). Where the response names none, nothing
// says so.
func (r *Response) differs(condition string) bool {
	if hasPrefixFold(condition, `"`) {
		for _, tag := range r.Values("ETag") {
			if hasPrefixFold(tag, `"`) && tag != condition {
				return true
			}
		}
		return false
	}
	for _, modified := range r.Values("Last-Modified") {
		// Else one is a weak ETag, or no validator at all: neither can be judged.
		if isFixdate(condition) && isFixdate(modified) && modified != condition {
			return true
		}
	}
	return false
}

// isFixdate reports whether s has the form of a date that every sender uses, of which
// each moment has one: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7). To read it
// with package time is 38 KB, and not needed to compare two.
func isFixdate(s string) bool {
	return len(s) == len("Sun, 06 Nov 1994 08:49:37 GMT") && s[3] == ',' && s[len(s)-4:] == " GMT"
}
