package zreq

import (
	"errors"
	"io"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/ascii"
	"github.com/zreq-go/zreq/zreq/internal/target"
	"github.com/zreq-go/zreq/zreq/wire"
)

// Args holds the arguments of a call other than the method and the URL. The zero value
// and a nil *Args make a plain request whose response body is read into memory.
//
// A call does not modify its Args, except that it reads JSON, Files and Body. So one Args
// can serve many calls. It can serve calls at the same time if JSON, Files, Body,
// Connection, Into and the callbacks allow it.
type Args struct {
	// Params are appended to the query of the URL, percent-encoded and in order.
	Params form.Values

	// Headers are sent as given and in order, except that Host goes first. A field that
	// zreq would send by itself is replaced by one of the same name here: Host,
	// User-Agent, Accept-Encoding, Authorization, Connection, Content-Type, Expect.
	//
	// Content-Length and Transfer-Encoding are set by zreq alone. Here they are
	// ErrRequest, and so is an If-Range without a Range or with a weak ETag (RFC 9110,
	// 13.1.5). "Expect: 100-continue" is left out if there is no content (RFC 9110,
	// 10.1.1). "Connection: Keep-Alive" asks for Response.Connection.
	Headers Headers

	// Omit names fields that zreq would send by itself and that are left out, such as
	// "User-Agent". Host cannot be left out.
	Omit []string

	// OriginOnly names fields of Headers that must not leave the first origin, such as
	// "X-Api-Key". If a redirect leads to another scheme, host or port, these fields are
	// left out for the rest of the call, even if another redirect leads back.
	// Authorization, Cookie, Proxy-Authorization and Host need not be named. A name that
	// is not a valid field name is ErrRequest.
	OriginOnly []string

	// Data, if not nil, is sent as a form (application/x-www-form-urlencoded). If Files
	// is set, Data are fields of the same form. If JSON is set as well, it is ignored.
	Data form.Values

	// JSON, if set, is sent if Data is nil. It is form.JSON(v), or form.Bytes for text
	// that is JSON already. The value is encoded once, before the call dials. Its text
	// may have up to Limits.Content bytes. JSON together with Files is ErrRequest.
	JSON form.Body

	// Files, if set, are sent as multipart/form-data, after the fields in Data. See
	// form.Files.
	Files form.Parts

	// Body, if set, is sent as it is. Every verb sends a body if it has one, even GET.
	// Body together with Data, JSON or Files is ErrRequest.
	//
	// If [form.SizeOf] knows the size, Body is sent with that Content-Length. It knows
	// the size of a bytes.Reader, a strings.Reader, an io.SectionReader, and an *os.File
	// that is a regular file. A Body that is an io.Seeker as well is sent from its
	// offset, and its Content-Length is the rest. If the size is not known, as for a
	// pipe, Body is sent in chunks.
	//
	// Body is read until io.EOF. If it gives fewer or more bytes than its size, as a file
	// does that shrinks or grows, the call fails with ErrBody. No limit and no context
	// ends a Read of Body; [Timeouts] says how to bound it. Body is not closed. If it has
	// a method ContentType() string, the result is sent as Content-Type, unless Headers
	// have one or Omit names it.
	//
	// A Body with a method Size() or Rewind() is assumed to be ready, and its first bytes
	// are sent in one write with the head. For any other Body the head is sent before the
	// first Read.
	//
	// If the response arrives before all of Body was sent, the sending ends. That is not
	// an error, even if the status is 2xx. Response.CloseReason is CloseUnsent then.
	//
	// A Body with the method Rewind() error, such as those of package form, is sent from
	// its beginning by every call that it is passed to. Any other Body is sent from where
	// it is, so it serves one call. Within a call, a Body is sent a second time only if
	// Rewind or Seek can take it back. If the call fails before it has sent anything,
	// Rewind or Seek takes Body back to where it was. See also [Sender].
	Body io.Reader

	// Auth, if set, makes the Authorization field: [Basic], [Bearer] or the Auth of
	// package digest. It replaces an Authorization in Headers and the userinfo of the
	// URL.
	//
	// If Auth answers a challenge, the request is sent once more. If the body cannot be
	// sent again, by Rewind or Seek, the 401 is the response.
	Auth Auth

	// Expect100 asks the peer, before the body is sent, whether it wants the body (RFC
	// 9110, 10.1.1). The call waits for the answer for Timeouts.Expect and then sends the
	// body. A final response ends the call without the body. After a 417, however, the
	// request is sent again without asking, over a new connection.
	//
	// A request without a body, or with an empty one, does not ask. Nor does a request to
	// a peer that is known to speak HTTP/1.0, or that did not answer the question on this
	// Connection before.
	Expect100 bool

	// Connection, if set, is used for this call and kept open if possible. Without it,
	// the call dials a connection and closes it at the end, unless Headers ask for
	// Keep-Alive.
	//
	// If a redirect leads to another origin, the call leaves the Connection as it is and
	// dials another one. Driver and TLS default to those of the Connection there, too.
	Connection *Connection

	// StreamCallback, if set, receives the body in chunks of StreamChunk bytes. Only the
	// last chunk may be shorter, and no chunk is empty. A chunk is valid until the
	// callback returns, and may be modified. The callback runs on the caller's goroutine
	// with no lock held. The time that it takes counts against no limit.
	//
	// If the callback returns an error, the transfer ends, the connection is closed, and
	// the call returns the error, wrapped. If it returns ErrStop, the call returns no
	// error.
	//
	// The callback receives only a body that can be what was asked for:
	//
	//   - For a GET, the body of a 200 or a 203. A 202, 204, 205, 207 or 226 is something
	//     else. For other methods, the body of any 2xx.
	//   - The body of a 206 only if the request had a Range and the part begins where the
	//     Range does. If the request had an If-Range, the response must not have another
	//     strong ETag or another Last-Modified.
	//   - The body of a 200 in answer to a Range only with AllowFull.
	//   - A body in a content coding only with AllowEncoded, even if package gzip is
	//     imported. To stream a decoded body, use Stream and Response.Chunks.
	//   - A body whose end nothing proves only with AllowUnframed.
	//
	// For everything else the call fails with ErrStatus or ErrUnframed, and the Response
	// is returned as well. OnHead can refuse more.
	StreamCallback func(chunk []byte) error

	// StreamChunk is the size of a chunk in bytes. The default is 512. A negative size or
	// one over 64 MiB is ErrRequest. Buffers over 64 KiB are allocated for each call.
	StreamChunk int

	// Stream makes the call return when it has the final head. The body is then read from
	// the Response: by Read, WriteTo, SaveTo or Chunks, or as a whole by Content, Text or
	// JSON. The Response must be closed or read to its end. The context of the call
	// applies until then. Stream together with a StreamCallback is ErrRequest.
	Stream bool

	// StreamAnyStatus lets the callback receive the body of a final response whatever its
	// status and its Content-Range are. AllowEncoded and AllowUnframed are still needed
	// for what they allow.
	StreamAnyStatus bool

	// AllowFull lets the callback receive a 200 in answer to a Range. A Content-Range in it
	// means nothing (RFC 9110, 14.4), but a faulty server may have sent a part under the
	// wrong status: OnHead can refuse that. Package download does.
	AllowFull bool

	// AllowUnframed lets the callback receive a body whose end nothing proves. Such a
	// body ends with the connection, and may be cut short without anybody noticing. It
	// also lets the callback receive a part in answer to "bytes=n-" that does not say how
	// long the whole is. Response.Complete is false for both. With Stream, reading such a
	// body ends in io.EOF instead of ErrUnframed.
	AllowUnframed bool

	// AllowPercent sends a stray '%' in the query of the URL as it is: one that does not
	// begin an escape. Some servers sign URLs in that form. Without AllowPercent such a
	// '%' is ErrRequest, and in a Location it is sent as %25.
	AllowPercent bool

	// AllowEncoded lets the callback receive a body in a content coding that was not
	// undone, such as gzip, br or zstd. The callback receives the bytes as they came. A
	// call with a callback asks for no coding ("Accept-Encoding: identity"), so a coded
	// body is usually not what was asked for. With AllowEncoded, Response.Fit and
	// download.SaveFile accept such a body as well.
	AllowEncoded bool

	// OnHead, if set, is called once when the final head was read, before the body is
	// read and before the rules of StreamCallback are applied. Use it to refuse a
	// response by its status, length or type. If it returns an error, the call ends with
	// that error. If it returns ErrStop, the call ends without an error.
	OnHead func(*Response) error

	// Anonymous makes the request as if a redirect from another origin had led to it: it
	// does not say who is asking. See [Redirect]. Use it for a URL that another server has
	// named, with a Session or Args that hold credentials. Userinfo in the URL is sent.
	Anonymous bool

	// MaxRedirects is the largest number of redirects that a call follows. One more is
	// ErrRedirect. The default is 5. If it is negative, no redirect is followed, and a
	// 3xx is a response like any other. See [Redirect].
	MaxRedirects int

	// OnRedirect, if set, is called before a redirect is followed, with the response that
	// asks for it and the URL that it leads to. If it returns an error, the call ends
	// with that error. If it returns ErrStop, the redirect is the response of the call.
	// The body of the redirect cannot be read, neither by OnRedirect nor after the call.
	OnRedirect func(r *Response, url string) error

	// DropHead keeps no copy of the head in the Response. Its fields can then be read
	// only in OnHead.
	DropHead bool

	// Driver dials the connection. The default is the driver of the Connection, if there
	// is one, and otherwise netdriver.Default().
	Driver netdriver.Driver

	// TLS secures https connections. The default is the TLS of the driver itself, if it
	// has one, and otherwise netdriver.DefaultTLS(). Together with a Connection it must
	// be nil or the TLS of the Connection. If a redirect leads to another origin, it
	// shows no client certificate there: see [Redirect].
	TLS netdriver.TLS

	// Trace, if set, receives the events of the call.
	Trace Trace

	// Retry limits the attempts of a [Session] at this call. A field that is zero has the
	// value of the Session. The verbs of the package make one attempt.
	Retry Retry

	// Idempotent says that it does no harm if the request arrives twice, whatever its
	// method. A Session may then send it again if it is not known whether it arrived. A
	// field Idempotency-Key says the same. GET, HEAD, OPTIONS, TRACE, PUT and DELETE need
	// neither (RFC 9110, 9.2.2).
	Idempotent bool

	// Timeouts are the time limits. Each has a finite default except LowSpeed, which is
	// off.
	Timeouts Timeouts

	// Limits are the limits in bytes and counts. Each has a default, except that
	// Limits.Body has none.
	Limits Limits

	// Into, if set, is the Response that the call fills and returns. Its memory is
	// reused. What it held before is lost, unless the call fails before it has a
	// connection. The Connection of Into may be passed as Connection of the same Args. It
	// should be, because otherwise nobody closes it.
	Into *Response
}

// defaultChunk is Zerynth's.
const defaultChunk = 512

var errBothStreams = errors.New("both Stream and a StreamCallback: the body can go only one way")

// check refuses what cannot be, whatever the URL is.
func (a *Args) check(method string) error {
	switch {
	case method == "CONNECT":
		return errConnectMethod
	case listed("Host", a.Omit):
		return errOmitHost
	case a.StreamChunk < 0:
		return errNegativeLimit
	case a.StreamChunk > maxBuffer:
		return errLarge
	case a.Stream && a.StreamCallback != nil:
		return errBothStreams
	}
	if condition, ok := a.Headers.Get("If-Range"); ok {
		if _, ranged := a.Headers.Get("Range"); !ranged || isWeakTag(condition) {
			return errIfRange
		}
	}
	for _, name := range a.OriginOnly {
		if !wire.IsToken(name) {
			return wire.ErrBadFieldName // one that is misspelt so would keep nothing back
		}
	}
	host := false
	for _, field := range a.Headers {
		switch name := field[0]; {
		case ascii.EqualFold(name, "Content-Length"), ascii.EqualFold(name, "Transfer-Encoding"):
			return errReservedField
		case !ascii.EqualFold(name, "Host"):
			continue
		case host:
			return errTwoHosts // a server must refuse it (RFC 9112, 3.2)
		case !target.IsHost(field[1]):
			return errBadHost
		}
		host = true
	}
	return checkMethodCase(method)
}

// sends reports whether zreq's own field of that name goes out.
func (a *Args) sends(name string) bool {
	_, replaced := a.Headers.Get(name)
	return !replaced && !listed(name, a.Omit)
}

// chunkSize is the size of a chunk.
func (a *Args) chunkSize() int {
	if a.StreamChunk == 0 {
		return defaultChunk
	}
	return a.StreamChunk
}
