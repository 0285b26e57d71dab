package zreq

import (
	"errors"
	"iter"

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

	method   string
	url      string
	history  []Redirect
	head     []byte // status line and fields
	trailers []byte
	content  []byte
	cut      error // why content is not all of it
	framing  Framing
	length   int64
	complete bool
	decoded  bool   // content is what content codings made of the body
	encoded  string // a coding of the body that is not undone
	reason   CloseReason

	use   use
	off   int    // of content, by Read
	took  int64  // of it, by a writer
	sent  int64  // of the request
	made  int    // attempts
	unfit *error // why a callback would not get the body; as kind of Error
	pull  *pull  // the body, with Stream
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

// reset makes r ready for another response; its memory is kept.
func (r *Response) reset() {
	*r = Response{head: r.head[:0], trailers: r.trailers[:0], content: r.content[:0], length: -1, use: taken}
}

var errNoResponse = errors.New("there is no Response: the call returned nil and an error, or has not been made")

// absent is the error of using a Response that no call has filled.
func (r *Response) absent() error {
	if r != nil && r.Status != 0 {
		return nil
	}
	return &Error{Phase: PhaseRequest, Method: "?", Err: errNoResponse, kind: &ErrRequest}
}

// Reason returns the reason phrase. It may be empty, and it means nothing (RFC 9112, 4).
func (r *Response) Reason() string {
	reason, _ := wire.SplitHead(r.head)
	return string(reason)
}

// Method returns the method of the request that was answered. After a redirect it may
// differ from the method of the call.
func (r *Response) Method() string { return r.method }

// URL returns the URL that was requested, with Params and without credentials and
// fragment. If the call had no Params and its URL neither credentials, a fragment nor a
// space, it is the URL as it was given, and otherwise as it was sent.
func (r *Response) URL() string { return r.url }

// History returns the redirects that led to this response, in order. With an ErrRedirect,
// the response is the redirect that was not followed, and History does not include it.
func (r *Response) History() []Redirect { return r.history }

// Header returns the first value of the field name, or "" if there is none. It ignores
// case.
func (r *Response) Header(name string) string {
	value, _ := r.field(name, 1)
	return value
}

// field returns the first value of the field name, and how many lines have that, of
// which it looks for most.
func (r *Response) field(name string, most int) (value string, count int) {
	_, fields := wire.SplitHead(r.head)
	first, count := find(fields, name, most)
	return string(first), count
}

// Values returns all values of the field name in order, one for each field line. They are
// never joined, because Set-Cookie cannot be.
func (r *Response) Values(name string) []string {
	_, fields := wire.SplitHead(r.head)
	var values []string
	for n, v, rest, ok := wire.NextField(fields); ok; n, v, rest, ok = wire.NextField(rest) {
		if wire.EqualName(n, name) {
			values = append(values, string(v))
		}
	}
	return values
}

// All yields the names and values of the head in order.
func (r *Response) All() iter.Seq2[string, string] {
	_, fields := wire.SplitHead(r.head)
	return pairs(fields)
}

// Trailer returns the first value of the trailer field name, or "" if there is none.
// Trailers follow a chunked body. They are never merged into the head (RFC 9110, 6.5.1).
func (r *Response) Trailer(name string) string {
	value, _ := find(r.trailers, name, 1)
	return string(value)
}

// Trailers yields the names and values of the trailers in order.
func (r *Response) Trailers() iter.Seq2[string, string] { return pairs(r.trailers) }

// Len returns the Content-Length. It returns -1 if there is none, and if the body is
// Decoded, because the length is that of the coded body. For HEAD and 304 it is the
// length of the body that was not sent.
func (r *Response) Len() int64 {
	if r.decoded {
		return -1
	}
	return r.length
}

// Decoded reports whether the body was in one or more content codings that zreq undoes.
// It is false for a body in no coding, and for one that is returned as it came; see
// [ErrEncoded]. Content-Encoding and Content-Length stay in the head as they came.
func (r *Response) Decoded() bool { return r.decoded }

// Framing returns how the end of the body was found.
func (r *Response) Framing() Framing { return r.framing }

// Complete reports whether the body was read to an end that its framing proves.
func (r *Response) Complete() bool { return r.complete }

// CloseReason says why the connection was closed. It is CloseNone if it was kept.
func (r *Response) CloseReason() CloseReason { return r.reason }

// find returns the first value of the field name, and how many there are, of which it
// looks for most.
func find(fields []byte, name string, most int) (value []byte, n int) {
	for n < most {
		key, v, rest, ok := wire.NextField(fields)
		if !ok {
			break
		}
		fields = rest
		if !wire.EqualName(key, name) {
			continue
		}
		if n == 0 {
			value = v
		}
		n++
	}
	return value, n
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
