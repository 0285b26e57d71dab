package zreq

import (
	"errors"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/ascii"
	"github.com/zreq-go/zreq/zreq/internal/exchange"
	"github.com/zreq-go/zreq/zreq/internal/target"
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
	errTrace         = errors.New("a TRACE has no body (RFC 9110, 9.3.8)")
	errRequestHead   = &limitError{text: "the head of the request is larger than Limits.RequestBytes"}
)

// headBuffer is what the head of a request without a body is made in, in bytes. It grows
// to a longer one.
const headBuffer = 2 << 10

// request is the part of a request that redirects and challenges change. Its method and URL
// are in asked, and the rest in Args.
type request struct {
	url         string // as it is sent, without credentials
	body        exchange.Body
	accepts     codingChoice
	history     []Redirect
	crossed     bool            // a redirect led to another origin
	bodyDropped bool            // by a redirect
	challenged  bool            // credentials are an answer to a challenge
	credentials string          // of Args.Auth
	formed      *netdriver.Path // that the head has the form for
}

// codingChoice is what a request says of content codings.
type codingChoice uint8

const (
	unsaidCodings     codingChoice = iota // what the caller says, or nothing
	noCodings                             // none
	registeredCodings                     // those that are registered
)

// open opens the body, of which at most limit bytes are held in memory.
func (r *request) open(args *Args, method string, limit int64) error {
	content, err := args.content()
	if err != nil {
		return err
	}
	if content != nil {
		size, ready, err := openBody(content, limit)
		if err != nil {
			return err
		}
		r.body = exchange.NewBody(content, size, ready)
	}
	if method == "TRACE" && r.body.Exists() {
		return errTrace
	}
	r.accepts = chooseCodings(method, args)
	return nil
}

// chooseCodings decides what a request says of content codings. A callback cannot undo one,
// and a Range is a range of the coded body (RFC 9110, 14.2): both ask for none, whatever
// codings are registered.
func chooseCodings(method string, args *Args) codingChoice {
	_, ranged := args.Headers.Get("Range")
	switch {
	case !args.sends("Accept-Encoding"):
		return unsaidCodings
	case ranged || args.StreamCallback != nil:
		return noCodings
	case acceptEncoding != "" && method != "HEAD":
		return registeredCodings
	}
	return unsaidCodings
}

// name sets the URL for Response.URL: as it was given, or, if that is not how it is sent, as
// the head has it.
func (r *request) name(to *asked, url string, head []byte, args *Args) {
	r.url = url
	if !to.at.AsGiven || len(args.Params) > 0 {
		r.url = to.at.String() + string(requestTarget(head))
	}
}

// appendHead appends the request line and fields. All of the caller's input that goes on
// the wire passes through here and is checked before a dial.
//
// The order is fixed: Host first (RFC 9110, 7.2), then what zreq says of itself, the
// caller's fields as given, Connection, and the framing last.
func (r *request) appendHead(dst []byte, args *Args, to *asked, closes bool) (_ []byte, expects bool, err error) {
	if to.method == "CONNECT" {
		return dst, false, errConnectMethod
	}
	if err := checkMethodCase(to.method); err != nil {
		return dst, false, err
	}
	if dst, err = wire.AppendMethod(dst, to.method); err != nil {
		return dst, false, err
	}
	if dst, err = r.appendTarget(dst, args, to); err != nil {
		return dst, false, err
	}
	dst = wire.AppendVersion(dst)
	if dst, err = r.appendOwn(dst, args, to); err != nil {
		return dst, false, err
	}
	if dst, err = r.appendGiven(dst, args); err != nil {
		return dst, false, err
	}
	if args.sends("Connection") {
		value := "keep-alive"
		if closes {
			value = "close"
		}
		dst, _ = wire.AppendField(dst, "Connection", value)
	}
	if dst, err = r.appendFraming(dst, args, to.method); err != nil {
		return dst, false, err
	}
	if expects = args.Expect100 && r.body.Exists() && r.body.Size() != 0 && args.sends("Expect"); expects {
		dst = append(dst, exchange.Expectation...)
	}
	return wire.AppendEnd(dst), expects, nil
}

// appendTarget appends the path and the query: the URL's own, then Params.
func (r *request) appendTarget(dst []byte, args *Args, to *asked) ([]byte, error) {
	query, percent := to.at.Query, wire.PercentRefused
	if args.AllowPercent {
		percent = wire.PercentKept
	}
	dst, err := to.at.AppendRequestTarget(dst, wire.PercentRefused, percent)
	if err != nil || len(args.Params) == 0 || len(r.history) > 0 {
		return dst, err
	}
	switch {
	case query == "":
		dst = append(dst, '?')
	case query != "?" && query[len(query)-1] != '&':
		dst = append(dst, '&')
	}
	return args.Params.AppendQuery(dst), nil
}

// requestTarget cuts the target out of the head that was made.
func requestTarget(head []byte) []byte {
	_, rest := cutSpace(head)
	sent, _ := cutSpace(rest)
	return sent
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

// appendOwn appends the fields that zreq makes itself, unless the caller replaced or
// omitted them.
func (r *request) appendOwn(dst []byte, args *Args, to *asked) (_ []byte, err error) {
	if dst, err = r.appendHost(dst, args, to); err != nil {
		return dst, err
	}
	if args.sends("User-Agent") {
		dst = append(dst, "User-Agent: zreq/"+Version+"\r\n"...)
	}
	switch r.accepts {
	case registeredCodings:
		dst, _ = wire.AppendField(dst, "Accept-Encoding", acceptEncoding)
	case noCodings:
		dst = append(dst, "Accept-Encoding: identity\r\n"...)
	}
	switch {
	case args.Auth != nil && !r.crossed:
		if !r.challenged {
			if err := r.authorize(args, to, requestTarget(dst), nil); err != nil {
				return dst, err
			}
		}
		if r.credentials != "" {
			return wire.AppendField(dst, "Authorization", r.credentials)
		}
	case to.at.Userinfo != "" && args.sends("Authorization"):
		return appendBasic(dst, to.at.Userinfo)
	}
	return dst, nil
}

// appendHost appends the field Host: the caller's on the first origin, if there is one.
func (r *request) appendHost(dst []byte, args *Args, to *asked) (_ []byte, err error) {
	if listed("Host", args.Omit) {
		return dst, errOmitHost
	}
	given := false
	for _, field := range args.Headers {
		if r.crossed || !ascii.EqualFold(field[0], "Host") {
			continue
		}
		if given {
			return dst, errTwoHosts // a server must refuse it (RFC 9112, 3.2)
		}
		if !target.IsHost(field[1]) {
			return dst, errBadHost
		}
		if dst, err = wire.AppendField(dst, field[0], field[1]); err != nil {
			return dst, err
		}
		given = true
	}
	if !given {
		dst = append(to.at.AppendAuthority(append(dst, "Host: "...)), "\r\n"...)
	}
	return dst, nil
}

// appendGiven appends the fields of the caller's.
func (r *request) appendGiven(dst []byte, args *Args) (_ []byte, err error) {
	for _, field := range args.Headers {
		switch {
		case ascii.EqualFold(field[0], "Content-Length"), ascii.EqualFold(field[0], "Transfer-Encoding"):
			return dst, errReservedField
		case r.withholds(field[0], args):
			continue
		}
		if dst, err = wire.AppendField(dst, field[0], field[1]); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// withholds reports whether appendGiven leaves a field of the caller's out: Host, which went
// first; credentials, when a redirect led to another origin or Auth makes them; and what
// describes a body that a redirect dropped.
func (r *request) withholds(name string, args *Args) bool {
	switch {
	case ascii.EqualFold(name, "Host"):
		return true // it went first
	case ascii.EqualFold(name, "Authorization"):
		return r.crossed || args.Auth != nil
	case ascii.EqualFold(name, "Cookie"), ascii.EqualFold(name, "Proxy-Authorization"):
		return r.crossed
	case r.crossed && listed(name, args.OriginOnly):
		return true
	}
	_, describes := ascii.CutPrefixFold(name, "Content-")
	return r.bodyDropped && (describes || listed(name, ofContent))
}

// ofContent are fields that go when the content does, as all do that begin with Content-
// (RFC 9110, 15.4 and 10.1.1).
var ofContent = []string{"Expect", "Digest", "Repr-Digest", "Last-Modified", "Trailer"}

// appendFraming appends what the body says of itself.
func (r *request) appendFraming(dst []byte, args *Args, method string) (_ []byte, err error) {
	if kind := contentType(&r.body); kind != "" && args.sends("Content-Type") {
		if dst, err = wire.AppendField(dst, "Content-Type", kind); err != nil {
			return dst, err
		}
	}
	switch {
	case r.body.Chunked():
		return wire.AppendField(dst, "Transfer-Encoding", "chunked") // RFC 9112, 6.1
	case !r.body.Exists() && method != "POST" && method != "PUT" && method != "PATCH":
		return dst, nil
	}
	// Also of a body that is empty or not there, where the method expects one
	// (RFC 9110, 8.6).
	dst = wire.AppendUint(append(dst, "Content-Length: "...), r.body.Size())
	return append(dst, "\r\n"...), nil
}
