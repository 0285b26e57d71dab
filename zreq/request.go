package zreq

import (
	"errors"
	"io"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/ascii"
	"github.com/zreq-go/zreq/zreq/internal/exchange"
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
	errTrace         = errors.New("a TRACE carries no body and no credentials (RFC 9110, 9.3.8): leave them out")
	errIfRange       = errors.New("If-Range needs a Range, and its ETag must not be weak (RFC 9110, 13.1.5)")
	errRequestHead   = &limitError{text: "the head of the request is larger than Limits.RequestBytes"}
)

// headBuffer is the size of the buffer for the head of a request without a body. It grows for
// a longer head.
const headBuffer = 2 << 10

// request is the part of a request that redirects and challenges change. Its method and URL
// are in asked, and the rest in Args.
type request struct {
	url            string // as it is sent, without credentials
	body           exchange.Body
	acceptEncoding string // the Accept-Encoding that zreq sends; "" if it sends none
	history        []Redirect
	anonymous      bool            // it does not say who is asking: see Redirect and Args.Anonymous
	bodyDropped    bool            // by a redirect
	trace          bool            // a TRACE, which shows what it has been sent
	challenged     bool            // credentials are an answer to a challenge
	credentials    string          // of Args.Auth
	path           *netdriver.Path // for whose connections the head was made; nil: for none yet
}

// open opens the body. If it is encoded first, the text may have at most limit bytes. A body
// that can rewind is sent from its beginning, and one that can seek from its offset.
func (r *request) open(args *Args, method string, limit int64) error {
	r.trace = method == "TRACE"
	r.acceptEncoding = chooseCodings(method, args)
	content, err := args.content()
	if err != nil || content == nil {
		return err
	}
	if e, ok := content.(encoder); ok {
		if err := e.Encode(); err != nil {
			return err
		}
		if form.SizeOf(content) > limit {
			return errEncoded
		}
	}
	rewinder, rewinds := content.(exchange.Rewinder)
	if rewinds {
		if err := rewinder.Rewind(); err != nil {
			return err
		}
	}
	size := form.SizeOf(content)
	if s, ok := content.(io.Seeker); ok && size >= 0 {
		offset, err := s.Seek(0, io.SeekCurrent)
		if err != nil {
			return err
		}
		if size -= offset; size < 0 || offset < 0 {
			return errBodySize
		}
	}
	if r.trace {
		return errTrace
	}
	r.body.Open(content, size, rewinds || size >= 0)
	return nil
}

// identity is the Accept-Encoding of a request that asks for no content coding.
const identity = "identity"

// chooseCodings returns the Accept-Encoding that zreq sends, or "" for none. A callback cannot
// undo a coding, and a Range is a range of the coded body (RFC 9110, 14.2): both ask for none,
// whatever codings are registered.
func chooseCodings(method string, args *Args) string {
	_, ranged := args.Headers.Get("Range")
	switch {
	case !args.sends("Accept-Encoding"):
		return ""
	case ranged || args.StreamCallback != nil:
		return identity
	case method == "HEAD":
		return ""
	}
	return acceptEncoding
}

// setURL sets the URL for Response.URL: as it was given if it is sent in that form, and
// otherwise as the head has it.
func (r *request) setURL(to *asked, url string, head []byte, args *Args) {
	r.url = url
	if !to.at.AsGiven || len(args.Params) > 0 {
		r.url = to.at.String() + string(requestTarget(head, to.method))
	}
}

// head is the head of a request while it is made. After an error it does not change.
type head struct {
	text []byte
	err  error
}

// put sets the results of an Append function of package wire.
func (h *head) put(text []byte, err error) {
	if h.err == nil {
		h.text, h.err = text, err
	}
}

// field appends a field line.
func (h *head) field(name, value string) { h.put(wire.AppendField(h.text, name, value)) }

// appendHead appends the request line and fields. All of the caller's input that goes on
// the wire passes through here and is checked before a dial.
//
// The order is fixed: Host first (RFC 9110, 7.2), then what zreq says of itself, the
// caller's fields as given, Connection, and the framing last.
func (r *request) appendHead(dst []byte, args *Args, to *asked, closes bool) (_ []byte, expects bool, err error) {
	h := head{text: dst}
	h.put(wire.AppendMethod(h.text, to.method))
	h.put(r.appendTarget(h.text, args, to))
	h.text = wire.AppendVersion(h.text)
	r.putHost(&h, args, to)
	r.putOwn(&h, args, to)
	r.putGiven(&h, args)
	if args.sends("Connection") {
		value := "keep-alive"
		if closes {
			value = "close"
		}
		h.field("Connection", value)
	}
	r.putFraming(&h, args, to.method)
	expects = args.Expect100 && r.hasContent() && args.sends("Expect")
	if expects {
		h.text = append(h.text, exchange.Expectation...)
	}
	return wire.AppendEnd(h.text), expects, h.err
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

// requestTarget returns the request target in a head.
func requestTarget(head []byte, method string) []byte {
	sent := head[len(method)+len(" "):]
	for i, c := range sent {
		if c == ' ' {
			return sent[:i]
		}
	}
	return sent
}

// putHost appends the field Host: that of the caller, if there is one and the request is not
// anonymous.
func (r *request) putHost(h *head, args *Args, to *asked) {
	for _, field := range args.Headers {
		if !r.anonymous && ascii.EqualFold(field[0], "Host") {
			h.field(field[0], field[1])
			return
		}
	}
	h.text = append(to.at.AppendAuthority(append(h.text, "Host: "...)), "\r\n"...)
}

// putOwn appends the fields that zreq makes itself, unless the caller replaced or omitted
// them.
func (r *request) putOwn(h *head, args *Args, to *asked) {
	if args.sends("User-Agent") {
		h.field("User-Agent", "zreq/"+Version)
	}
	if r.acceptEncoding != "" {
		h.field("Accept-Encoding", r.acceptEncoding)
	}
	credentials := ""
	switch {
	case h.err != nil: // Auth is asked only for what will be sent
	case args.Auth != nil && !r.anonymous:
		if !r.challenged {
			h.err = r.authorize(args, to, requestTarget(h.text, to.method), nil)
		}
		credentials = r.credentials
	case to.at.Userinfo != "" && args.sends("Authorization"):
		credentials, h.err = basicOf(to.at.Userinfo)
	}
	if credentials == "" {
		return
	}
	if r.trace {
		h.put(h.text, errTrace)
	}
	h.field("Authorization", credentials)
}

// putGiven appends the caller's fields. Those of a TRACE must not say who is asking, because the
// response shows them (RFC 9110, 9.3.8).
func (r *request) putGiven(h *head, args *Args) {
	for _, field := range args.Headers {
		if r.withholds(field, args, r.anonymous) {
			continue
		}
		if r.trace && r.withholds(field, args, true) {
			h.put(h.text, errTrace)
		}
		h.field(field[0], field[1])
	}
}

// withholds reports whether putGiven leaves a field out: Host, which goes first, credentials if
// the request is anonymous or Auth makes them, an expectation without content, and what
// describes a body that a redirect has dropped.
func (r *request) withholds(field [2]string, args *Args, anonymous bool) bool {
	switch name := field[0]; {
	case ascii.EqualFold(name, "Host"):
		return true
	case ascii.EqualFold(name, "Authorization"):
		return anonymous || args.Auth != nil
	case ascii.EqualFold(name, "Cookie"), ascii.EqualFold(name, "Proxy-Authorization"):
		return anonymous
	case anonymous && listed(name, args.OriginOnly):
		return true
	case ascii.EqualFold(name, "Expect") && ascii.EqualFold(field[1], "100-continue"):
		return !r.hasContent() // MUST NOT be sent then (RFC 9110, 10.1.1)
	}
	_, describes := ascii.CutPrefixFold(field[0], "Content-")
	return r.bodyDropped && (describes || listed(field[0], ofContent))
}

// ofContent are fields that describe the content, besides those that begin with Content-
// (RFC 9110, 15.4 and 10.1.1).
var ofContent = []string{"Expect", "Digest", "Repr-Digest", "Last-Modified", "Trailer"}

// hasContent reports whether there is a body that is not empty.
func (r *request) hasContent() bool { return r.body.Exists() && r.body.Size() != 0 }

// putFraming appends the fields that describe the body.
func (r *request) putFraming(h *head, args *Args, method string) {
	if kind := contentType(&r.body); kind != "" && args.sends("Content-Type") {
		h.field("Content-Type", kind)
	}
	switch {
	case r.body.Chunked():
		h.field("Transfer-Encoding", "chunked") // RFC 9112, 6.1
	case r.body.Exists() || method == "POST" || method == "PUT" || method == "PATCH":
		// Also for an empty body, and for none if the method expects one
		// (RFC 9110, 8.6).
		var digits [20]byte
		h.field("Content-Length", string(wire.AppendUint(digits[:0], r.body.Size())))
	}
}
