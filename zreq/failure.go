package zreq

import (
	"context"
	"errors"
	"io"
	"strconv"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/exchange"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/wire"
)

// This file turns the errors of the packages below, and of the steps of a call, into those
// that a caller gets.

// fail makes the error of a call.
func (d *delivery) fail(ctx context.Context, err error) *Error {
	e := &Error{
		Phase:    d.phaseNow(),
		Method:   d.method,
		URL:      d.at.Safe(),
		Attempt:  d.attempt,
		Sent:     d.sentBefore + d.exchange.Sent,
		Received: d.exchange.Received,
		Taken:    d.taken(),
		Read:     d.readSoFar(),
		Link:     d.link(),
		Err:      err,
	}
	if d.why != CloseStopped { // else err is the caller's own, whatever it is
		e.kind, e.Err = exchange.KindOf(err)
		if e.kind == ErrTruncated && d.answered {
			e.Err = d.cutShort(e.Err)
		}
		if e.Err == io.EOF {
			e.Err = io.ErrUnexpectedEOF // io.EOF says that all is well
		}
		d.blame(ctx, e)
	}
	e.early = d.answered && d.exchange.Reuse() == CloseUnsent
	e.spent = e.Sent > 0 || e.kind == ErrBody || d.why == CloseByCaller
	e.byCaller = d.why == CloseStopped || d.why == CloseByCaller || d.why == CloseCancelled && !e.late
	return e
}

// failByStatus makes the error of an attempt whose failure is the status of the response.
func (d *delivery) failByStatus() *Error {
	e := d.resp.failure(PhaseHead, nil, &statusError{d.resp.Status})
	e.Link, e.Received, e.Read = d.link(), d.exchange.Received, d.readSoFar()
	return e
}

// blame decides what has ended the call, and so the kind and the cause of its error. That the
// context ended, or that the owner closed the connection, is the reason for whatever the socket
// returned after it.
func (d *delivery) blame(ctx context.Context, e *Error) {
	switch {
	case ctx != nil && (ctx.Err() != nil || netdriver.IsTimeout(e.Err) && line.Overdue(ctx)):
		e.late = ctx.Err() != context.Canceled // ask Err: Cause is the caller's
		cause := context.Cause(ctx)
		if cause == nil {
			cause = context.DeadlineExceeded
		}
		e.kind = nil
		if e.Phase != PhaseWait || !errors.Is(e.Err, cause) { // a wait says what it waited for, and wraps the cause
			e.Err = cause
		}
		d.why = CloseCancelled
	case e.Err == ErrClosed || d.line != nil && d.line.Closed():
		e.kind, e.Err = nil, ErrClosed
		d.why = CloseByCaller
	case e.Phase == PhaseRequest && e.kind == nil && e.Sent == 0 && !isCurable(e.Err):
		e.kind = ErrRequest
	case e.Phase == PhaseSend:
		d.why = CloseUnsent
	case e.kind == nil && (e.Phase == PhaseDial || e.Phase == PhaseTLS):
		e.kind = ErrConnect
	}
}

// phaseNow returns the phase of the call.
func (d *delivery) phaseNow() Phase {
	if d.phase == PhaseSend {
		return PhaseSend + Phase(d.exchange.Phase)
	}
	return d.phase
}

// link returns the name of the link that the call goes over, once its driver has connected. An
// error of the TLS handshake, which closes the socket, has it as well.
func (d *delivery) link() string {
	if d.line == nil || d.socket == nil && d.phase != PhaseTLS {
		return ""
	}
	return d.line.Path.Name()
}

// taken returns how much of the body the callback or a writer has accepted.
func (d *delivery) taken() int64 {
	if d.answered {
		return d.resp.body.taken
	}
	return 0
}

// cutShort adds to cause how many bytes of the body arrived, and of how many if that is known.
func (d *delivery) cutShort(cause error) error {
	text := "after " + strconv.FormatInt(d.exchange.Received, 10)
	if want := max(d.resp.body.length, d.resp.body.want.length); want > d.exchange.Received {
		text += " of " + strconv.FormatInt(want, 10)
	}
	return &exchange.Error{Err: cause, Text: text + " bytes: " + cause.Error()}
}

// excess returns an error if the body is longer than its Content-Range says or its limit
// allows. It is called before the caller gets any of what has arrived.
func (d *delivery) excess() error {
	body, received := &d.resp.body, d.exchange.Received
	if want := body.want.length; want >= 0 && received > want {
		return &exchange.Error{Kind: ErrResponse, Err: errRangeMismatch}
	}
	limit, tooLarge := d.limits.Body, error(errBody)
	page := false
	if body.use == asContent {
		if !body.decoded {
			return nil // keep counts it
		}
		// A coding can make nothing of any number of bytes.
		limit, tooLarge = d.limits.ofContent(min(d.limits.Content, maxInt64/2) * 2)
		page = d.resp.Status >= 400 // it is cut, however long it is
	}
	announced := body.framing == FramingLength && body.length > limit && !page
	if limit > 0 && (announced || received > limit) {
		return tooLarge
	}
	return nil
}

// checkEnd returns io.EOF if the body may end here, and otherwise why not. It notes whether the
// body is complete.
func (d *delivery) checkEnd() error {
	body, want := &d.resp.body, &d.resp.body.want
	var cause error
	switch {
	case want.doubt == vague:
		cause = errUnusable206
	case d.exchange.Received < want.length:
		cause = errRangeMismatch
	case want.doubt == short:
		cause = errShortRange
		d.why = d.exchange.Reuse() // the response is complete, so that the connection can be kept
	case want.doubt == sure:
		body.complete = d.exchange.ProvesEnd()
	}
	switch {
	case cause != nil:
		return &exchange.Error{Kind: ErrTruncated, Err: cause}
	case body.framing == FramingUntilClose && !body.complete && !body.unframed && body.use != asContent:
		return ErrUnframed
	}
	return io.EOF
}

// shownMethod returns a method for errors and events: "?" if it is no token, because it may hold
// anything then.
func shownMethod(method string) string {
	if !wire.IsToken(method) {
		return "?"
	}
	return method
}

// isCurable reports whether err is a state that the caller can cure, and no bad argument.
func isCurable(err error) bool {
	for _, known := range [...]error{ErrBusy, ErrOtherOrigin, ErrNoTLS, ErrNoDriver, netdriver.ErrAmbiguousDriver} {
		if err == known {
			return true
		}
	}
	return false
}
