package zreq

import (
	"errors"
	"iter"
	"strconv"
	"time"

	"github.com/zreq-go/zreq/zreq/internal/exchange"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/wire"
)

// Response is the final response of a call. It owns a copy of the head, the trailers, and
// the body if that was read into memory. It is not safe for concurrent use.
//
// A call that fails before it has read a final head returns a nil Response. On a nil
// Response, and on one that no call has filled, Close does nothing, and Fit and all
// methods that read the body return ErrRequest.
type Response struct {
	// Status is the status code, such as 200.
	Status int
	// Proto is "HTTP/1.1" or "HTTP/1.0".
	Proto string
	// Connection can be passed to the next call. The caller owns it and closes it. It is
	// nil if the connection cannot be used again, and CloseReason says why. A Connection
	// that was passed in by Args can be passed in again in any case: it is dialled again.
	// With Args.Stream, Connection is nil until the body has ended. It is always nil if a
	// Session owns the connection.
	Connection *Connection

	request  answeredRequest
	head     []byte // status line and fields
	borrowed bool   // head is a view of the read buffer: see Args.DropHead
	trailers []byte
	reason   CloseReason
	body     responseBody
}

// answeredRequest is the request that a Response answers.
type answeredRequest struct {
	method  string
	url     string // as it was sent, without credentials
	attempt int
	history []Redirect
	sent    int64 // bytes, with those of the requests before it
	read    int64 // bytes of the responses, when all was read
	link    string
}

// responseBody is the body of a Response, and how far it was taken.
type responseBody struct {
	framing  Framing
	length   int64  // by Content-Length; -1 if there is none
	encoded  string // a coding of the body that is not undone
	decoded  bool   // content is what content codings made of the body
	unfit    error  // why a callback would not get it; nil: it would
	want     admission
	unframed bool // nothing has to prove its end
	complete bool

	content []byte // what is held of it
	err     error  // why content is not the whole body
	use     use
	off     int   // of content, by Read
	taken   int64 // by a callback or a writer
	shown   bool  // a callback has had some of it

	stream *stream // what it is read from; nil: there is nothing to read
}

// Framing says how the end of a body is found.
type Framing = wire.Framing

// The framings of RFC 9112, 6.3.
const (
	FramingNone       = wire.None
	FramingLength     = wire.Length
	FramingChunked    = wire.Chunked
	FramingUntilClose = wire.UntilClose
)

// reset makes r ready for the response to another request; its memory is kept.
func (r *Response) reset(method, url string, attempt int, history []Redirect) {
	*r = Response{
		request:  answeredRequest{method: method, url: url, attempt: attempt, history: history},
		head:     r.head[:0],
		trailers: r.trailers[:0],
		body:     responseBody{content: r.body.content[:0], length: -1, use: taken},
	}
}

// fill takes in the head of a response. If it is borrowed, r has a view of it until releaseHead.
func (r *Response) fill(head exchange.Head, borrowed bool) {
	r.Status, r.Proto = head.Status, "HTTP/1.1"
	if head.Minor == 0 {
		r.Proto = "HTTP/1.0"
	}
	r.body.framing, r.body.length = head.Framing, head.Length
	if r.borrowed = borrowed; borrowed {
		r.head = head.Block
		return
	}
	r.head = append(r.head[:0], head.Block...)
}

// releaseHead drops a head that is borrowed, before the read buffer is used for anything else.
func (r *Response) releaseHead() {
	if r.borrowed {
		r.head, r.borrowed = nil, false
	}
}

var errNoResponse = errors.New("there is no Response: the call returned nil and an error, or has not been made")

// absent is the error of using a Response that no call has filled.
func (r *Response) absent() error {
	if r != nil && r.Status != 0 {
		return nil
	}
	return &Error{Phase: PhaseRequest, Method: "?", Err: errNoResponse, kind: ErrRequest}
}

// Reason returns the reason phrase. It may be empty, and it means nothing (RFC 9112, 4).
func (r *Response) Reason() string {
	reason, _ := wire.SplitHead(r.head)
	return string(reason)
}

// Method returns the method of the request that was answered. After a redirect it may
// differ from the method of the call.
func (r *Response) Method() string { return r.request.method }

// URL returns the URL that was requested, with Params and without credentials and
// fragment. If the call had no Params and its URL neither credentials, a fragment nor a
// space, it is the URL as it was given, and otherwise as it was sent.
func (r *Response) URL() string { return r.request.url }

// History returns the redirects that led to this response, in order. With an ErrRedirect,
// the response is the redirect that was not followed, and History does not include it.
func (r *Response) History() []Redirect { return r.request.history }

// Header returns the first value of the field name, or "" if there is none. It ignores
// case.
func (r *Response) Header(name string) string {
	_, fields := wire.SplitHead(r.head)
	value, _, _ := nextNamed(fields, name)
	return string(value)
}

// Values returns all values of the field name in order, one for each field line. They are
// never joined, because Set-Cookie cannot be.
func (r *Response) Values(name string) []string {
	_, fields := wire.SplitHead(r.head)
	var values []string
	for {
		value, rest, ok := nextNamed(fields, name)
		if !ok {
			return values
		}
		values = append(values, string(value))
		fields = rest
	}
}

// All yields the names and values of the head in order.
func (r *Response) All() iter.Seq2[string, string] {
	_, fields := wire.SplitHead(r.head)
	return pairs(fields)
}

// Trailer returns the first value of the trailer field name, or "" if there is none.
// Trailers follow a chunked body. They are never merged into the head (RFC 9110, 6.5.1).
func (r *Response) Trailer(name string) string {
	value, _, _ := nextNamed(r.trailers, name)
	return string(value)
}

// Trailers yields the names and values of the trailers in order.
func (r *Response) Trailers() iter.Seq2[string, string] { return pairs(r.trailers) }

// Len returns the Content-Length. It returns -1 if there is none, and if the body is
// Decoded, because the length is that of the coded body. For HEAD and 304 it is the
// length of the body that was not sent.
func (r *Response) Len() int64 {
	if r.body.decoded {
		return -1
	}
	return r.body.length
}

// Decoded reports whether the body was in one or more content codings that zreq undoes.
// It is false for a body in no coding, and for one that is returned as it came; see
// [ErrEncoded]. Content-Encoding and Content-Length stay in the head as they came.
func (r *Response) Decoded() bool { return r.body.decoded }

// Framing returns how the end of the body was found.
func (r *Response) Framing() Framing { return r.body.framing }

// Complete reports whether the body was read to an end that its framing proves.
func (r *Response) Complete() bool { return r.body.complete }

// CloseReason says why the connection was closed. It is CloseNone if it was kept.
func (r *Response) CloseReason() CloseReason { return r.reason }

// ContentRange returns the numbers in the Content-Range of a 206 or a 416: the first and
// the last byte of the part, counted from 0, and the size of the whole. size is -1 if the
// server does not know it ("bytes 0-9/*"). For a 416, which has no part ("bytes */10"),
// first and last are -1.
//
// ok is false if there is no Content-Range or more than one, or if it is malformed, in
// another unit, or too large for an int64. It is also false for a 206 in several parts,
// and for every other status, where the field has no meaning (RFC 9110, 14.4). With
// [Args.DropHead] call ContentRange in OnHead. [Response.Fit] reports whether the part is
// the one that was asked for.
func (r *Response) ContentRange() (first, last, size int64, ok bool) {
	c, ok := r.contentRange()
	switch {
	case !ok, isMultipart(r.Header("Content-Type")):
		return 0, 0, 0, false
	case r.Status == 206 && c.first >= 0, r.Status == 416 && c.first < 0:
		return c.first, c.last, c.size, true
	}
	return 0, 0, 0, false
}

// contentRange returns the Content-Range, if there is one and no more.
func (r *Response) contentRange() (c contentRange, ok bool) {
	_, fields := wire.SplitHead(r.head)
	field, rest, _ := nextNamed(fields, "Content-Range")
	_, _, another := nextNamed(rest, "Content-Range")
	ok = c.parse(string(field)) && !another
	return c, ok
}

// String returns the version and the status, as in "HTTP/1.1 200". It hides the head and
// the body.
func (r *Response) String() string {
	if r == nil {
		return "<nil>"
	}
	return r.Proto + " " + strconv.Itoa(r.Status)
}

// GoString returns the type and the status.
func (r *Response) GoString() string { return "zreq.Response(" + r.String() + ")" }

// nextNamed returns the value of the first field name, and the lines behind it. ok is false
// if there is none.
func nextNamed(fields []byte, name string) (value, rest []byte, ok bool) {
	for {
		n, value, rest, ok := wire.NextField(fields)
		if !ok || wire.EqualName(n, name) {
			return value, rest, ok
		}
		fields = rest
	}
}

func pairs(fields []byte) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for n, v, rest, ok := wire.NextField(fields); ok; n, v, rest, ok = wire.NextField(rest) {
			if !yield(string(n), string(v)) {
				return
			}
		}
	}
}

// Traffic returns how many bytes the call has sent and read so far: heads, framing and
// bodies, those of redirects and challenges included. What TLS adds is not counted. While
// the body of a Stream is read, read grows.
func (r *Response) Traffic() (sent, read int64) {
	if s := r.body.stream; s != nil {
		return r.request.sent, s.readSoFar()
	}
	return r.request.sent, r.request.read
}

// Link returns the name of the link that the connection of the response went over, or ""
// if the driver has no names. See netdriver.Path.
func (r *Response) Link() string { return r.request.link }

// RetryAfter returns how long the server asks to be left alone (RFC 9110, 10.2.3). ok is
// false if it does not ask, or not in a valid form. A date is compared with the Date of
// the response, and with the clock only if there is none.
func (r *Response) RetryAfter() (wait time.Duration, ok bool) {
	return retryAfter(r.Header("Retry-After"), r.Header("Date"), line.Now())
}
