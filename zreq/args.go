package zreq

import (
	"io"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver"
)

// Args are the arguments of a call beside method and URL. The zero value, and a
// nil *Args, are a plain request with a buffered answer. A call changes none of
// them but reads JSON, Files or Body, so one Args may serve many calls, also at
// once unless these, Connection, Into or the callbacks forbid it.
type Args struct {
	// Params are joined to the query of the URL, percent-encoded, in their order.
	Params form.Values

	// Headers are sent as given, in their order, but for Host, which goes first. One
	// that zreq would make itself (Host, User-Agent, Authorization, Connection)
	// replaces zreq's.
	// Content-Length and Transfer-Encoding are zreq's alone: ErrRequest.
	// "Connection: Keep-Alive" asks for Response.Connection.
	Headers Headers

	// Omit names fields of zreq's own that are left out: "User-Agent". Not Host.
	Omit []string

	// OriginOnly names fields of Headers that do not leave the first origin, such as
	// "X-Api-Key": where a redirect leads to another scheme, host or port, they are left
	// out from then on, also on the way back. Authorization, Cookie, Proxy-Authorization
	// and Host are without being named. A name that no field can have is ErrRequest.
	OriginOnly []string

	// Data, if not nil, is sent as a form, application/x-www-form-urlencoded; with
	// Files, as their fields. JSON beside it is ignored.
	Data form.Values

	// JSON, if set, is sent unless there is Data: form.JSON(v), or form.Bytes of
	// what is JSON already. A value is encoded once, before the dial; its text may
	// be as long as Limits.Content. JSON beside Files is ErrRequest.
	JSON form.Body

	// Files, if set, are sent as multipart/form-data, after Data: form.Files(…).
	Files form.Parts

	// Body, if set, is sent as it is. Every verb sends what it is given, GET too.
	// Body beside Data, JSON or Files is ErrRequest.
	//
	// If [form.SizeOf] knows its size, as of a bytes.Reader, a strings.Reader, an
	// io.SectionReader, or an *os.File that is a regular file, it goes out with that
	// Content-Length; of one that is an io.Seeker, what is left from its offset.
	// Else, as a pipe, it goes out chunked. Fewer or more bytes than it said are
	// ErrBody, as of a file that shrinks or grows meanwhile: it is
	// read until io.EOF, and no limit and no context ends its Read: see [Timeouts] for
	// how to bound it. If it has a
	// method ContentType() string, that is sent unless Headers have one. It is not
	// closed.
	//
	// A body with a Size or a Rewind is taken to be ready: its first bytes leave in
	// one write with the head. Ahead of the first Read of any other, the head goes out.
	//
	// A response may come before all of it was sent; that ends the sending. It is
	// no error, not even with a 2xx: Response.CloseReason is CloseUnsent then.
	//
	// One with the method Rewind() error, as all of package form, is sent from its
	// beginning, by each call that gets it; another one from where it is, so by
	// one call. Only by Rewind, or by Seek, is it sent a second time in one call,
	// and made as it was if nothing of it was sent. See also [Sender].
	Body io.Reader

	// Auth, if set, makes Authorization: Basic, Bearer, or that of package digest.
	// It replaces one in Headers and the userinfo of the URL. If it answers a
	// challenge, the request is sent once more; a body that it cannot be sent with
	// twice, by Rewind or Seek, makes the 401 the answer.
	Auth Auth

	// Expect100 asks the peer whether it wants the body before that goes out
	// (RFC 9110, 10.1.1), and waits for Timeouts.Expect. A final response ends the
	// call there; but a 417 makes it send the request again without asking, on a
	// new connection. A peer that is known to speak HTTP/1.0, or that left a
	// Connection waiting before, is not asked, nor is one for which there is no
	// body.
	Expect100 bool

	// Connection, if set, is used for this call, and kept if it can be. Without
	// one the call dials, and closes the connection at its end unless Headers
	// ask for Keep-Alive. A redirect to another origin leaves it as it is, and dials
	// by its driver and TLS what Driver and TLS do not name.
	Connection *Connection

	// StreamCallback, if set, gets the body in chunks of StreamChunk bytes; only
	// the last may be shorter, and none is empty. A chunk may be modified and is
	// valid until the callback returns. It runs on the caller's goroutine, with
	// no lock held; the time it takes counts against no limit.
	//
	// An error ends the transfer, closes the connection and is returned, wrapped;
	// ErrStop does so without an error.
	//
	// It gets only what can be the thing asked for:
	//
	//   - to a GET the body of a 200 or a 203; 202, 204, 205, 207 and 226 are
	//     something else. To another method that of any 2xx.
	//   - That of a 206 only in answer to a Range, from where that asked, and, where
	//     there was an If-Range, with no other strong ETag and no other Last-Modified.
	//   - A 200 in answer to a Range only with AllowFull.
	//   - A body in a content coding only with AllowEncoded, whatever is imported. To
	//     stream what package gzip makes of it, use Stream and Response.Chunks.
	//   - A body whose end nothing proves only with AllowUnframed.
	//
	// Everything else is ErrStatus or ErrUnframed, with the Response. OnHead may
	// refuse more.
	StreamCallback func(chunk []byte) error

	// StreamChunk is the size of a chunk in bytes. Default 512; negative, or over
	// 64 MiB: ErrRequest. Buffers for more than 64 KiB are made anew by each call.
	StreamChunk int

	// Stream makes the call return when it has the final head. The body is then read
	// from the Response: by Read, WriteTo, SaveTo or Chunks, or as a whole by
	// Content, Text or JSON. The Response has to be closed, or read to its end, and
	// the context of the call holds until then. Not with a StreamCallback.
	Stream bool

	// StreamAnyStatus gives the callback the body of a final response whatever its
	// status and its Content-Range. What AllowEncoded and AllowUnframed are for stays
	// refused without them.
	StreamAnyStatus bool

	// AllowFull lets the callback have a full 200 in answer to a Range.
	AllowFull bool

	// AllowUnframed lets the callback have a body that ends with the connection
	// and may be cut short without anybody noticing, and a part in answer to
	// "bytes=n-" that does not say how long the whole is. Response.Complete is
	// false for both. With Stream, reading such a body ends in io.EOF instead of
	// ErrUnframed.
	AllowUnframed bool

	// AllowPercent sends a '%' in the query of the URL that begins no escape as it is,
	// for a server that has signed the URL in that form. Without it such a '%' is
	// ErrRequest, and becomes %25 if it stands in a Location.
	AllowPercent bool

	// AllowEncoded lets the callback have a body in a content coding that was not
	// undone, as it came: gzip, br, zstd and whatever else is registered. A call with a
	// callback asks for none ("Accept-Encoding: identity"), and a body in one is usually
	// not the thing asked for. Response.Fit, and so download.SaveFile, takes it then,
	// too.
	AllowEncoded bool

	// OnHead, if set, runs once when the final head was read, before the body
	// and before the rules of StreamCallback. An error ends the call: refuse by
	// status, length or type here. ErrStop ends it without one.
	OnHead func(*Response) error

	// MaxRedirects bounds how many redirects a call follows; one more is ErrRedirect.
	// Default 5; negative: none is followed, and a 3xx is a response like any other.
	// See [Redirect].
	MaxRedirects int

	// OnRedirect, if set, is asked before each redirect is followed, with the
	// response that asks for it and the URL where it leads. An error ends the call;
	// ErrStop makes the redirect its answer. The body of the redirect cannot be
	// read, neither by OnRedirect nor after the call.
	OnRedirect func(r *Response, url string) error

	// DropHead keeps no copy of the head in the Response: its fields can be read
	// in OnHead only.
	DropHead bool

	// Driver is what the call dials with. Default: netdriver.Default(), or the
	// Connection's.
	Driver netdriver.Driver

	// TLS is what makes an https connection secure. Default: the driver's own if
	// it has one, else netdriver.DefaultTLS(). Its meaning for a Connection: the
	// same as the Connection's, or nil. Where a redirect leads to another origin, it
	// shows no client certificate: see [Redirect].
	TLS netdriver.TLS

	// Trace, if set, is told what happens.
	Trace Trace

	// Retry bounds the attempts at this call, if it is a Session's: the verbs of the
	// package make one. What is zero is as the Session has it.
	Retry Retry

	// Idempotent says that the request may be made twice and mean the same as once,
	// whatever its method: a Session may send it again if nobody knows whether it
	// arrived. So does a field Idempotency-Key. GET, HEAD, OPTIONS, TRACE, PUT and
	// DELETE need neither (RFC 9110, 9.2.2).
	Idempotent bool

	// Timeouts are the limits in time; each but LowSpeed has a finite default.
	Timeouts Timeouts

	// Limits bound what can become large; each has a default.
	Limits Limits

	// Into, if set, is the Response that the call fills and returns, with the
	// memory it already has. What it held is gone then, unless the call failed
	// before it had a connection. Its Connection may be given as Connection of the
	// same Args, and should be, or it is let go of unclosed.
	Into *Response
}

// defaultChunk is Zerynth's.
const defaultChunk = 512

// content is the body of the request.
func (a *Args) content() (io.Reader, error) {
	switch {
	case a.Body != nil && (a.Data != nil || a.JSON != nil || a.Files != nil):
		return nil, errBeside
	case a.JSON != nil && a.Files != nil:
		return nil, errTwoKinds
	case a.Files != nil:
		return a.Files.With(a.Data), nil
	case a.Data != nil:
		return a.Data.Body(), nil
	case a.JSON != nil:
		return a.JSON, nil
	}
	return a.Body, nil
}
