package zreq

import (
	"context"
	"errors"
	"io"
	"strconv"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/wire"
)

// blame notes of which kind the failure is; the last word counts. Not
// inlined: its copies cost 0.7 KB.
//
//go:noinline
func (x *exchange) blame(kind *error, err error) error {
	x.kind = kind
	return err
}

// broken blames a connection that broke before a response began. Not inlined:
// its copies cost 0.8 KB.
//
//go:noinline
func (x *exchange) broken(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF { // the latter over TLS, without close_notify
		err = errNoAnswer
	}
	switch {
	case isTimeout(err):
		x.kind = nil // a limit that ran out says so itself
	case x.reused:
		x.kind = &ErrStale
	default:
		x.kind = &ErrConnect
	}
	return err
}

// lost judges an error of the connection while a response was awaited or read.
func (x *exchange) lost(err error) error {
	if !x.heard || isTimeout(err) {
		return x.broken(err)
	}
	return x.truncated(x.resp.length, err)
}

// atEOF tells the codec of the end of the input, and judges its answer.
func (x *exchange) atEOF() (wire.Event, error) {
	ev, err := x.dec.EOF()
	switch {
	case err == nil && x.kind != nil && x.resp.framing == FramingUntilClose && !x.provesEnd():
		// Whole only if the connection showed no error (RFC 9112, 8), and sending did.
		return ev, x.truncated(-1, io.ErrUnexpectedEOF)
	case err == nil:
		x.note(ev)
		return ev, nil
	case !x.heard:
		return ev, x.broken(errNoAnswer)
	}
	return ev, x.truncated(x.resp.length, io.ErrUnexpectedEOF) // never io.EOF, which says that all is well
}

// truncated is the error of a response that is shorter than it said.
func (x *exchange) truncated(want int64, cause error) error {
	if !x.answered {
		return x.blame(&ErrTruncated, cause)
	}
	return x.blame(&ErrTruncated, &truncation{got: x.received, want: want, cause: cause})
}

type truncation struct {
	_         incomparable
	got, want int64 // want < 0: unknown
	cause     error
}

func (e *truncation) Error() string {
	s := "after " + strconv.FormatInt(e.got, 10)
	if e.want >= 0 {
		s += " of " + strconv.FormatInt(e.want, 10)
	}
	return s + " bytes: " + e.cause.Error()
}

func (e *truncation) Unwrap() error { return e.cause }

// fail makes the error of the call, and decides what is told first: that the
// owner closed the connection, or that the context ended, is the reason for
// whatever the socket said after it.
func (x *exchange) fail(ctx context.Context, err error) *Error {
	kind, late := x.kind, false
	if err == io.EOF && x.why != CloseStopped {
		err = io.ErrUnexpectedEOF // io.EOF says that all is well; a caller's own stays
	}
	switch {
	case x.why == CloseStopped: // the caller's own error is not one of the socket
	case ctx != nil && (ctx.Err() != nil || isTimeout(err) && overdue(ctx)):
		late = ctx.Err() != context.Canceled // the cause may say anything
		cause := context.Cause(ctx)
		if cause == nil {
			cause = context.DeadlineExceeded
		}
		if kind = nil; x.phase != PhaseWait || !errors.Is(err, cause) { // else it says what was waited for
			err = cause
		}
		x.why = CloseCancelled
	case err == ErrClosed || x.conn != nil && x.conn.isClosed():
		err, kind = ErrClosed, nil
		x.why = CloseByCaller
	case kind == nil && x.phase == PhaseRequest:
		kind = requestKind(err)
	case x.phase == PhaseSend:
		x.why = CloseUnsent
	case kind == nil && (x.phase == PhaseDial || x.phase == PhaseTLS):
		kind = &ErrConnect
	}
	return &Error{
		Phase:    x.phase,
		Method:   x.verb(),
		URL:      x.at.safe(),
		Attempt:  x.attempt,
		Sent:     x.before + x.sent,
		Received: x.received,
		Taken:    x.taken,
		Err:      err,
		kind:     kind,
		spent:    x.before+x.sent > 0 || x.body.rewind() != nil || kind == &ErrBody || x.why == CloseByCaller,
		late:     late,
		byCaller: x.why == CloseStopped || x.why == CloseByCaller || x.why == CloseCancelled && !late,
	}
}

// verb is the method, to be shown.
func (x *exchange) verb() string {
	var room [16]byte
	if _, err := wire.AppendMethod(room[:0], x.method); err != nil {
		return "?" // it may hold anything
	}
	return x.method
}

// curable are the states that the caller can cure, and no bad arguments. By their
// addresses, which the linker knows; comparing err with one after the other is 0.5 KB.
var curable = [...]*error{&ErrBusy, &ErrClosed, &ErrOtherOrigin, &ErrNoTLS, &ErrNoDriver, &netdriver.ErrAmbiguousDriver}

// requestKind tells a bad argument from a state that the caller can cure.
func requestKind(err error) *error {
	for _, state := range curable {
		if err == *state {
			return nil
		}
	}
	return &ErrRequest
}
