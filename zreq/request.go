package zreq

import (
	"errors"

	"github.com/zreq-go/zreq/zreq/wire"
)

// Version is the version of zreq. Requests carry it as User-Agent: zreq/<version>.
const Version = "0.1.0"

var (
	errReservedField = errors.New("Content-Length and Transfer-Encoding are set by zreq alone")
	errBadHost       = errors.New("the Host that was given is not a host and a port (RFC 9112, 3.2)")
	errTwoHosts      = errors.New("the field Host is given twice")
	errOmitHost      = errors.New("the field Host cannot be left out (RFC 9112, 3.2)")
	errConnectMethod = errors.New("CONNECT opens a tunnel, which zreq does not do")
	errUserinfo      = errors.New("bad percent-encoding or control character in the userinfo of the URL")
	errRequestHead   = &limitError{text: "the head of the request is larger than Limits.RequestBytes"}
)

// appendHead appends the request line and fields. All of the caller's input
// that goes on the wire passes through here and is checked before a dial.
//
// The order is fixed: Host first (RFC 9110, 7.2), then what zreq says of
// itself, the caller's fields as given, Connection, and the framing last.
func (x *exchange) appendHead(dst []byte) ([]byte, error) {
	if x.method == "CONNECT" {
		return dst, errConnectMethod
	}
	if err := checkMethodCase(x.method); err != nil {
		return dst, err
	}
	dst, err := wire.AppendMethod(dst, x.method)
	if err != nil {
		return dst, err
	}
	if dst, err = x.appendTarget(dst); err != nil {
		return dst, err
	}
	dst = wire.AppendVersion(dst)
	if dst, err = x.appendOwn(dst); err != nil {
		return dst, err
	}
	for _, field := range x.args.Headers {
		switch {
		case equalFold(field[0], "Content-Length"), equalFold(field[0], "Transfer-Encoding"):
			return dst, errReservedField
		case x.withholds(field[0]):
			continue
		}
		if dst, err = wire.AppendField(dst, field[0], field[1]); err != nil {
			return dst, err
		}
	}
	if x.sends("Connection") {
		value := "keep-alive"
		if x.closing {
			value = "close"
		}
		dst, _ = wire.AppendField(dst, "Connection", value)
	}
	if dst, err = x.appendFraming(dst); err != nil {
		return dst, err
	}
	if x.expects {
		dst = appendText(dst, expectation)
	}
	return wire.AppendEnd(dst), nil
}

// withholds reports whether a field of the caller's does not go out where it
// stands, or not at all.
func (x *exchange) withholds(name string) bool {
	switch {
	case equalFold(name, "Host"):
		return true // it went first
	case equalFold(name, "Authorization"):
		return x.crossed || x.args.Auth != nil
	case equalFold(name, "Cookie"), equalFold(name, "Proxy-Authorization"):
		return x.crossed
	case x.crossed && named(name, nil, x.args.OriginOnly):
		return true
	case !x.bare:
		return false
	}
	for _, of := range ofContent {
		if equalFold(name, of) {
			return true
		}
	}
	return hasPrefixFold(name, "Content-")
}

// ofContent are fields that go when the content does, as all do that begin with
// Content- (RFC 9110, 15.4 and 10.1.1).
var ofContent = [...]string{"Expect", "Digest", "Repr-Digest", "Last-Modified", "Trailer"}

// appendFraming appends what the body says of itself.
func (x *exchange) appendFraming(dst []byte) (_ []byte, err error) {
	if kind := x.body.contentType(); kind != "" && x.sends("Content-Type") {
		if dst, err = wire.AppendField(dst, "Content-Type", kind); err != nil {
			return dst, err
		}
	}
	switch {
	case x.body.chunked():
		return wire.AppendField(dst, "Transfer-Encoding", "chunked") // RFC 9112, 6.1
	case x.body.r == nil && x.method != "POST" && x.method != "PUT" && x.method != "PATCH":
		return dst, nil
	}
	// Also of a body that is empty or not there, where the method expects one
	// (RFC 9110, 8.6).
	dst = wire.AppendUint(appendText(dst, "Content-Length: "), x.body.left)
	return appendText(dst, "\r\n"), nil
}

// appendOwnTarget appends path and query of the URL, as they are sent. The two
// arguments say what becomes of a '%' that begins no escape.
func (t *target) appendOwnTarget(dst []byte, inPath, inQuery wire.Percent) ([]byte, error) {
	path := t.path
	if path == "" {
		path = "/" // RFC 9112, 3.2.1
	}
	dst, err := wire.AppendLooseTarget(dst, path, inPath)
	if err != nil {
		return dst, percentError(path, err)
	}
	if dst, err = wire.AppendLooseTarget(dst, t.query, inQuery); err != nil {
		return dst, percentError(t.query, err)
	}
	return dst, nil
}

// appendTarget appends the path and the query: the URL's own, then Params.
func (x *exchange) appendTarget(dst []byte) ([]byte, error) {
	query, percent := x.at.query, wire.PercentRefused
	if x.args.AllowPercent {
		percent = wire.PercentKept
	}
	dst, err := x.at.appendOwnTarget(dst, wire.PercentRefused, percent)
	if err != nil || len(x.args.Params) == 0 || len(x.history) > 0 {
		return dst, err
	}
	switch {
	case query == "":
		dst = appendText(dst, "?")
	case query != "?" && query[len(query)-1] != '&':
		dst = appendText(dst, "&")
	}
	return x.args.Params.AppendQuery(dst), nil
}

// requestTarget cuts the target out of the head that was made.
func requestTarget(head []byte) []byte {
	_, rest := cutSpace(head)
	target, _ := cutSpace(rest)
	return target
}

// cutSpace cuts p around its first space.
func cutSpace(p []byte) (before, after []byte) {
	for i, c := range p {
		if c == ' ' {
			return p[:i], p[i+1:]
		}
	}
	return p, nil
}

// appendOwn appends the fields that zreq makes itself, unless the caller
// replaced or omitted them.
func (x *exchange) appendOwn(dst []byte) ([]byte, error) {
	if named("Host", nil, x.args.Omit) {
		return dst, errOmitHost
	}
	given := false
	for _, field := range x.args.Headers {
		if x.crossed || !equalFold(field[0], "Host") {
			continue
		}
		if given {
			return dst, errTwoHosts // a server must refuse it (RFC 9112, 3.2)
		}
		var host target
		if host.splitAuthority(field[1]) != nil || host.userinfo != "" || host.zone != "" {
			return dst, errBadHost
		}
		var err error
		if dst, err = wire.AppendField(dst, field[0], field[1]); err != nil {
			return dst, err
		}
		given = true
	}
	if !given {
		dst = appendText(x.at.appendAuthority(appendText(dst, "Host: ")), "\r\n")
	}
	if x.sends("User-Agent") {
		dst = appendText(dst, "User-Agent: zreq/"+Version+"\r\n")
	}
	switch {
	case x.decodes:
		dst, _ = wire.AppendField(dst, "Accept-Encoding", acceptEncoding)
	case x.identity:
		dst = appendText(dst, "Accept-Encoding: identity\r\n")
	}
	switch {
	case x.args.Auth != nil && !x.crossed:
		if !x.challenged {
			if err := x.authorize(requestTarget(dst), nil); err != nil {
				return dst, err
			}
		}
		if x.credentials != "" {
			return wire.AppendField(dst, "Authorization", x.credentials)
		}
	case x.at.userinfo != "" && x.sends("Authorization"):
		return appendBasic(dst, x.at.userinfo)
	}
	return dst, nil
}

// sends reports whether zreq's own field of that name goes out. Not inlined: its copies
// cost 0.2 KB.
//
//go:noinline
func (x *exchange) sends(name string) bool {
	return !named(name, x.args.Headers, x.args.Omit)
}

// appendBasic makes Basic credentials of the userinfo of a URL (RFC 7617, 2).
func appendBasic(dst []byte, userinfo string) ([]byte, error) {
	pair := make([]byte, len(userinfo)+1)
	n, colon := 0, false
	for i := 0; i < len(userinfo); i++ {
		c := userinfo[i]
		colon = colon || c == ':'
		if c == '%' {
			var ok bool
			// A user name has no colon (RFC 7617, 2).
			if c, ok = unescape(userinfo[i:]); !ok || c == ':' && !colon {
				return dst, errUserinfo
			}
			i += 2
		}
		if c < ' ' || c == 0x7f {
			return dst, errUserinfo
		}
		pair[n] = c
		n++
	}
	if !colon {
		pair[n] = ':'
		n++
	}
	dst = appendBase64(appendText(dst, "Authorization: Basic "), pair[:n])
	return appendText(dst, "\r\n"), nil
}

// unescape reads the %XX at the front of s (RFC 3986, 2.1).
func unescape(s string) (c byte, ok bool) {
	if len(s) < 3 {
		return 0, false
	}
	high, low := unhex(s[1]), unhex(s[2])
	return byte(high<<4 | low), high >= 0 && low >= 0
}

// limitError is the text of a limit of zreq that was reached.
type limitError struct {
	_    incomparable
	text string
}

func (e *limitError) Error() string        { return e.text }
func (e *limitError) Is(target error) bool { return target == ErrTooLarge }
