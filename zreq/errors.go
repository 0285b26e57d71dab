package zreq

import (
	"errors"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/exchange"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/wire"
)

// The kinds of errors, for errors.Is. Every error of a call, of [Connect] and of a method
// of [Response] is an [*Error], except for the io.EOF with which Read and ReadN report the
// end of a body. errors.Is finds the kind of an Error as well as its cause.
var (
	// ErrRequest means that the call cannot be made as requested. Nothing was dialled.
	// From ReadN and Chunks it means that the number of bytes is out of range. From other
	// methods of a Response it means that no call has filled it.
	ErrRequest = errors.New("invalid request")
	// ErrConnect means that there is no connection, or that it broke before a response
	// began. If the peer closed it without sending anything, io.EOF is in the chain.
	ErrConnect = exchange.ErrConnect
	// ErrResponse means that the peer broke a rule of HTTP or a limit, or asked for
	// something that zreq does not do, such as an upgrade. The cause names the rule.
	ErrResponse = exchange.ErrResponse
	// ErrStatus means that the response cannot be what was asked for, so a StreamCallback
	// did not receive it. The Response is returned as well. Response.Fit returns it, too.
	ErrStatus = errors.New("not what was asked for")
	// ErrTruncated means that the response ended early. Error.Received says how much of
	// the body arrived, and Error.Taken how much of it a StreamCallback has accepted.
	ErrTruncated = wire.ErrTruncated
	// ErrTooLarge means that a limit was reached. The cause names it.
	ErrTooLarge = wire.ErrTooLarge
	// ErrUnframed means that nothing proves that the body is complete, so the callback
	// did not receive it. Args.AllowUnframed accepts such a body.
	ErrUnframed = errors.New("nothing proves the end of this body: set AllowUnframed to take it")
	// ErrBody means that the request body could not be read, or was shorter or longer
	// than its size. The part that was sent is not a complete request.
	ErrBody = exchange.ErrBody
	// ErrStale means that a kept connection broke after the request was sent and before
	// any of the response arrived. The peer may or may not have acted on the request. If
	// the peer closed the connection, io.EOF is in the chain.
	ErrStale = exchange.ErrStale
	// ErrOutOfRetries means that a Session wanted to make another attempt, but [Retry],
	// the retry budget or the context does not allow one. The cause is an
	// [*OutOfRetries], which lists the attempts. If the last attempt had a status, its
	// Response is returned as well.
	ErrOutOfRetries = errors.New("out of retries")
	// ErrBusy means that another call is using the Connection.
	ErrBusy = line.ErrBusy
	// ErrClosed means that the owner closed the Connection or the Session.
	ErrClosed = line.ErrClosed
	// ErrOtherOrigin means that the Connection belongs to another origin, driver or TLS
	// setting.
	ErrOtherOrigin = errors.New("connection belongs to another origin, driver or TLS setting")
	// ErrRedirect means that a redirect was not followed: there were too many, it led
	// from https to http, the body cannot be sent again, or the Location is invalid. The
	// redirect is the Response that is returned as well. Its status and fields can be
	// read. Its body was discarded, and Content, Text, JSON and Read return the error of
	// the call. With a negative MaxRedirects a redirect is a response like any other and
	// has its body.
	ErrRedirect = errors.New("redirect not followed")
	// ErrBodyConsumed means that the body was already read in another way, or that the
	// Response was closed.
	ErrBodyConsumed = errors.New("the body was already read in another way, or closed")
	// ErrNoTLS means that there is no TLS for an https URL. The request is never sent in
	// plain text.
	ErrNoTLS = errors.New(`no TLS for https: import _ "github.com/zreq-go/zreq/netdriver/std", or set Args.TLS`)
	// ErrNoDriver means that there is no network driver.
	ErrNoDriver = netdriver.ErrNoDriver
	// ErrStop can be returned by a StreamCallback, OnHead or OnRedirect, or by a writer
	// that receives the body. It ends the transfer without an error: the call or method
	// returns nil, and Response.Complete returns false.
	ErrStop = errors.New("stopped by the caller")
)

// Phase is the part of a call in which it failed.
type Phase uint8

// The phases of a call, in their order.
const (
	PhaseRequest Phase = iota // before anything was dialled
	PhaseWait                 // waiting for a connection of a Session, or for the next attempt
	PhaseDial                 // looking up the name and connecting
	PhaseTLS                  // the TLS handshake
	PhaseSend                 // sending the request
	PhaseHead                 // waiting for the head of the response
	PhaseBody                 // reading the body
)

var phaseNames = [...]string{"request", "wait", "dial", "tls", "send", "head", "body"}

// String returns the phase as one word.
func (p Phase) String() string {
	if int(p) >= len(phaseNames) {
		return "unknown"
	}
	return phaseNames[p]
}

// Error is the error of every call, and of the methods of a [Response]. Its fields hold
// the facts, so that no program has to parse its text. The cause may be of any type: an
// error of the driver, of TLS, of the JSON codec, or of the caller's own body, callback
// or writer.
type Error struct {
	Phase    Phase
	Method   string
	URL      string // scheme, host and path; without credentials, query and fragment
	Attempt  int    // 1 for the first; replacing a dead connection is not another attempt
	Sent     int64  // bytes of requests that may have been sent, without one that a 417 refused; if 0, certainly none
	Received int64  // bytes of the body that were decoded from its framing
	Taken    int64  // bytes that the StreamCallback or the writer accepted: where to resume
	Read     int64  // bytes of responses that were read: heads, framing and bodies, of redirects as well
	Link     string // name of the link that the connection went over, if the driver has names; see netdriver.Path
	Err      error  // the cause

	kind  error // one of the Err values above, or nil
	spent bool  // it would not be the same call again, or fail again; see SafeToRetry
	late  bool  // the deadline of the context has passed
	early bool  // the response came before the end of the request

	// The caller ended the call: by its context, a callback, a writer or Close.
	byCaller bool
}

// Error returns the phase, the request and the cause on one line.
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
	if e.kind != nil && !errors.Is(e.Err, e.kind) {
		s = e.kind.Error() + ": " + s
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is the kind of e.
func (e *Error) Is(target error) bool { return e.kind != nil && target == e.kind }

// Timeout reports whether the call was ended by a limit of [Timeouts], by the deadline of
// the context, or by a timeout of the network.
func (e *Error) Timeout() bool { return e.late || netdriver.IsTimeout(e.Err) }

// Temporary reports whether the call timed out, or its cause calls itself temporary. It
// exists so that an Error is a net.Error. Use [SafeToRetry] or [Transient] instead.
func (e *Error) Temporary() bool {
	for err := e.Err; err != nil; err = errors.Unwrap(err) {
		if t, ok := err.(interface{ Temporary() bool }); ok && t.Temporary() {
			return true
		}
	}
	return e.Timeout()
}

// SafeToRetry reports whether err is the error of a call that certainly sent nothing, and
// whose request body, if there is one, is as it was before the call. Such a call can be
// made again without the request arriving twice, and may succeed. A body that was read
// must have been taken back by its Rewind or Seek. SafeToRetry is true for ErrBusy.
//
// For other failures it depends on the method: a GET may be repeated, a POST may not (RFC
// 9110, 9.2.2). [Transient] says whether repeating the call may help.
func SafeToRetry(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Sent == 0 && (e.Phase >= PhaseWait || e.Err == ErrBusy) && e.Phase <= PhaseSend && !e.spent
}
