package zreq

import (
	"errors"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/wire"
)

// What can go wrong, for errors.Is. Every error of a call, of [Connect] and of a method of
// [Response] is an [*Error], but for the io.EOF by which Read and ReadN tell the end of a
// body. These say of which kind it is, and its Err, the cause, is reachable as well.
var (
	// ErrRequest: the call cannot be made as it was asked for. Nothing was dialled. Of
	// ReadN and Chunks: the number of bytes is one that nobody can want.
	ErrRequest = errors.New("invalid request")
	// ErrConnect: no connection, or it broke before a response began. If the peer
	// closed it without a word, io.EOF is in the chain.
	ErrConnect = errors.New("connection failed")
	// ErrResponse: the peer broke the rules of HTTP or a limit, or asked for what
	// zreq does not do (an upgrade). The cause names the rule.
	ErrResponse = errors.New("bad response")
	// ErrStatus: the StreamCallback was not given this response, because it
	// cannot be the thing that was asked for. The Response is beside the error.
	ErrStatus = errors.New("not a response for the callback")
	// ErrTruncated: the response ended early. Error.Received tells how much came,
	// and Error.Taken how much of that whole chunks brought to a StreamCallback.
	ErrTruncated = wire.ErrTruncated
	// ErrTooLarge: a limit was reached; the cause names it.
	ErrTooLarge = wire.ErrTooLarge
	// ErrUnframed: nothing would prove that the body is whole, so the callback
	// did not get it. Args.AllowUnframed lets it through.
	ErrUnframed = errors.New("nothing proves the end of this body: set AllowUnframed to take it")
	// ErrBody: the body of the request could not be read, or is shorter or longer
	// than it said. What had been sent of it is no whole request.
	ErrBody = errors.New("bad request body")
	// ErrStale: a kept connection died after the request went out and before
	// any of the response came. The peer may or may not have acted on it. If the
	// peer closed the connection, io.EOF is in the chain.
	ErrStale = errors.New("kept connection was closed by the peer")
	// ErrOutOfRetries: another attempt of a Session might have helped, but [Retry], the
	// budget or the context has no room for it. The cause is an [*OutOfRetries], which
	// has those that were made. If the last had a status, its Response is beside the
	// error.
	ErrOutOfRetries = errors.New("out of retries")
	// ErrBusy: the Connection is in use by another call.
	ErrBusy = errors.New("connection is in use by another call")
	// ErrClosed: the Connection, or the Session, was closed by its owner.
	ErrClosed = errors.New("closed by its owner")
	// ErrOtherOrigin: the Connection belongs to another origin, driver or TLS setting.
	ErrOtherOrigin = errors.New("connection belongs to another origin, driver or TLS setting")
	// ErrRedirect: a redirect was not followed: too many, https to http, a body that
	// cannot be sent again, a bad Location. The redirect is the Response beside the
	// error: its status and fields can be read. Its body cannot: it was discarded, and
	// Content, Text, JSON and Read return the error of the call. With a negative
	// MaxRedirects the redirect is a response like any other, and has its body.
	ErrRedirect = errors.New("redirect not followed")
	// ErrBodyConsumed: the body was taken in another way before, or the Response
	// was closed.
	ErrBodyConsumed = errors.New("the body was already read in another way, or closed")
	// ErrNoTLS: an https URL and nothing to speak TLS with. It never goes out in plain.
	ErrNoTLS = errors.New(`no TLS for https: import _ "github.com/zreq-go/zreq/netdriver/std", or set Args.TLS`)
	// ErrNoDriver: there is no network driver.
	ErrNoDriver = netdriver.ErrNoDriver
	// ErrStop, returned by a StreamCallback, OnHead or OnRedirect, or by a writer that
	// gets the body, ends the transfer without an error: what was called returns nil,
	// and Response.Complete says false.
	ErrStop = errors.New("stopped by the caller")
)

// incomparable makes a struct one that is not compared by ==, so that the
// function for that is not made: 0.4 KB each.
type incomparable [0]func()

// Phase is the part of a call in which it failed.
type Phase uint8

// The phases of a call, in their order.
const (
	PhaseRequest Phase = iota // before anything is dialled
	PhaseWait                 // waiting for a connection of a Session, or for the next attempt
	PhaseDial                 // looking up and dialling
	PhaseTLS                  // the TLS handshake
	PhaseSend                 // sending the request
	PhaseHead                 // waiting for the head of the response
	PhaseBody                 // reading the body
)

var phaseNames = [...]string{"request", "wait", "dial", "tls", "send", "head", "body"}

// String returns the phase in a word. Not inlined: its copy costs 0.2 KB.
//
//go:noinline
func (p Phase) String() string {
	if int(p) >= len(phaseNames) {
		return "unknown"
	}
	return phaseNames[p]
}

// Error is the error of every call, and of the methods of a [Response]. It holds facts,
// so that nobody has to parse its text. The cause may be of any type: one of the driver,
// of TLS, of the JSON codec, or of the caller's own body, callback or writer.
type Error struct {
	_ incomparable

	Phase    Phase
	Method   string
	URL      string // scheme, host and path; no credentials, query or fragment
	Attempt  int    // 1 for the first; dialling again in place is no new attempt
	Sent     int64  // bytes of the requests that may have left, but for one that a 417 refused; 0: certainly none
	Received int64  // bytes of the body that were decoded
	Taken    int64  // bytes that the StreamCallback returned nil for, or a writer took: where to go on
	Err      error  // the cause

	kind  *error // one of the Err values above, or nil; an address, since two errors are compared by a call
	spent bool   // it would not be the same call again, or fail again; see SafeToRetry
	late  bool   // the deadline of the context has passed

	// The caller ended the call: by its context, a callback, a writer or Close.
	byCaller bool
}

// Error returns the phase, the request and the cause in one line.
func (e *Error) Error() string {
	s := "zreq: " + e.Phase.String() + ": " + e.Method
	if e.URL != "" {
		s += " " + e.URL
	}
	return s + ": " + e.reason()
}

func (e *Error) reason() string {
	if e.Err == nil {
		return "no cause" // a caller's own Error
	}
	s := e.Err.Error()
	if e.kind != nil && !errors.Is(e.Err, *e.kind) {
		s = (*e.kind).Error() + ": " + s
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is the kind of e.
func (e *Error) Is(target error) bool { return e.kind != nil && target == *e.kind }

// Timeout reports whether a limit of [Timeouts], the deadline of the context,
// or the network's own patience ended the call.
func (e *Error) Timeout() bool { return e.late || isTimeout(e.Err) }

// Temporary reports whether the call timed out, or its cause calls itself
// temporary. net.Error asks for it, so that an Error is one. It says little:
// [SafeToRetry] says whether the call can be made again.
func (e *Error) Temporary() bool {
	for err := e.Err; err != nil; err = errors.Unwrap(err) {
		if t, ok := err.(interface{ Temporary() bool }); ok && t.Temporary() {
			return true
		}
	}
	return e.Timeout()
}

// SafeToRetry reports whether err is of a call of which certainly no byte was
// sent and whose body, if it had one, is as it was before: making it again
// cannot repeat it, and it may fare better. ErrBusy is one. Of a body that was read, that is one
// with Rewind or Seek, and it has been taken back. For other failures it depends on the
// method: GET may be repeated, POST may not (RFC 9110, 9.2.2). [Transient] says
// whether it is worth while.
func SafeToRetry(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Sent == 0 && (e.Phase >= PhaseWait || e.Err == ErrBusy) && e.Phase <= PhaseSend && !e.spent
}

// isTimeout walks the chain by hand: errors.As with an interface as its target
// needs more of reflection than TinyGo has.
func isTimeout(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if t, ok := err.(interface{ Timeout() bool }); ok && t.Timeout() {
			return true
		}
	}
	return false
}
