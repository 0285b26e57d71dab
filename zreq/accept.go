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
	errShortRange     = errors.New("the server sent less than the Range asked for, or does not say whether it did")
)

// errNot2xx stands for a statusError until somebody asks: most who get a 304 do not.
var errNot2xx = errors.New("not 2xx")

// statusError is a status that is not 2xx.
type statusError struct {
	_      incomparable
	status int
}

func (e *statusError) Error() string {
	return "the status is " + strconv.Itoa(e.status) + ", not 2xx"
}

// told is why a callback does not get the response, in words.
func (r *Response) told(refusal error) error {
	if refusal == errNot2xx {
		return &statusError{status: r.Status}
	}
	return refusal
}

// admission is what the callback's body must turn out to be.
type admission struct {
	_      incomparable
	length int64 // bytes; -1 if nothing but the framing says
	short  bool  // the peer announced less than the Range asked for
	open   bool  // the Range asked for the rest, and nothing says where that ends
}

// admit decides whether the callback may have the body of this response: only
// if it can be trusted to be the thing that was asked for.
func (x *exchange) admit() (admission, error) {
	r, any := x.resp, admission{length: -1}
	asked, ranged := x.args.Headers.Get("Range")
	switch {
	case x.args.StreamAnyStatus:
		return any, x.admitFraming()
	case r.Status < 200 || r.Status > 299:
		return any, errNot2xx
	case x.method == "HEAD":
		return any, nil // there is no body to doubt, and a Range means nothing (RFC 9110, 14.2)
	case r.Status == 206 && !ranged:
		return any, errUnasked206
	case r.Status == 206:
		part, err := x.admitPart(asked)
		if err != nil {
			return any, err
		}
		return part, x.admitFraming()
	case ranged && !x.args.AllowFull: // a 200, or another 2xx that is no part
		return any, errWhole200
	}
	return any, x.admitFraming()
}

// admitFraming refuses a body whose end nothing proves.
func (x *exchange) admitFraming() error {
	if x.resp.framing == FramingUntilClose && !x.args.AllowUnframed && !x.provesEnd() {
		return ErrUnframed
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
func (x *exchange) admitPart(asked string) (a admission, err error) {
	want, ok := parseRange(asked)
	if !ok {
		return a, errUnusableRange
	}
	if hasPrefixFold(x.resp.Header("Content-Type"), "multipart/byteranges") {
		return a, errMultipartRange // its Content-Range, if any, is not the body's
	}
	got, ok := parseContentRange(x.resp.Header("Content-Range"))
	if !ok || !want.startsAs(got) || x.resp.count("Content-Range") != 1 {
		return a, errUnusable206
	}
	a = admission{
		length: got.last - got.first + 1,
		short:  !want.endsAs(got),
		open:   got.size < 0 && want.last < 0,
	}
	if a.open && x.args.AllowUnframed {
		a.short = false
	}
	if x.resp.length >= 0 && x.resp.length != a.length {
		return a, errRangeMismatch
	}
	return a, nil
}
