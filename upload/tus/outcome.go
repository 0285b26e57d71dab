package tus

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/internal/backoff"
	"github.com/zreq-go/zreq/zreq"
)

// outcome is what came of an attempt.
type outcome struct {
	err   error         // why it did not bring what was asked for; nil: it did
	final bool          // the upload ends with err
	now   bool          // no wait before the next attempt
	after time.Duration // how long the server asks to be left alone
}

// follow notes what came of an attempt, and returns the error of the upload, or nil when it
// is time for the next attempt.
func (j *job) follow(ctx context.Context, step Step, o outcome) error {
	if j.known && j.offset > j.track.reached {
		j.track.reached, j.track.failed = j.offset, 0
	}
	if o.err == nil || o.final {
		return o.err
	}
	j.track.reason = o.err
	j.track.failed++
	retry := &j.args.Retry
	switch {
	case o.after > retry.MaxWait:
		return &Error{Step: step, Err: o.err, Resumable: true, RetryAfter: o.after}
	case j.track.failed >= retry.Attempts:
		return &Error{Step: step, Err: both(zreq.ErrOutOfRetries, o.err), Resumable: true, RetryAfter: o.after}
	case o.now && j.track.failed == 1:
		return nil
	}
	if err := backoff.Sleep(ctx, o.after+backoff.Wait(retry.Wait, retry.MaxWait, j.track.failed)); err != nil {
		return stopped(err)
	}
	return nil
}

// stopped is the error of an upload whose context has ended.
func stopped(cause error) error {
	return &Error{Step: StepSend, Err: cause, Resumable: true}
}

// failed judges a request that was not answered, or not by a 2xx. It reports false for a
// response that is to be looked at.
func (j *job) failed(ctx context.Context, step Step, resp *zreq.Response, err error) (outcome, bool) {
	if resp != nil {
		j.last = resp
	}
	switch {
	case err != nil && isOfSource(err):
		return outcome{final: true, err: &Error{Step: step, Err: err}}, true
	case ctx.Err() != nil:
		return outcome{final: true, err: stopped(context.Cause(ctx))}, true
	case errors.Is(err, upload.ErrUnsent):
		return outcome{err: err, now: true}, true
	case resp == nil || errors.Is(err, zreq.ErrRedirect):
		return j.unanswered(step, err), true
	case resp.Status/100 == 2: // the fields are whole, even if the body is not
		return outcome{}, false
	}
	return j.status(ctx, step, resp), true
}

// isOfSource reports whether an error says that the source fails or has changed.
func isOfSource(err error) bool {
	var size *upload.SizeError
	return errors.Is(err, zreq.ErrBody) || errors.Is(err, upload.ErrChanged) || errors.As(err, &size)
}

// unanswered judges a request that had no response.
func (j *job) unanswered(step Step, err error) outcome {
	if zreq.Transient(err) || errors.Is(err, zreq.ErrResponse) && j.track.reached > 0 {
		return outcome{err: err, now: j.cut.sent >= enough}
	}
	if errors.Is(err, zreq.ErrRequest) {
		step, err = StepArgs, both(upload.ErrArgs, err)
	}
	return outcome{final: true, err: &Error{Step: step, Err: err}}
}

// enough is how many bytes a PATCH that was cut must have sent for the server to be asked
// at once. One that takes a byte and closes is not asked in a tight loop.
const enough = 16 << 10

// status judges a status that is not 2xx.
func (j *job) status(ctx context.Context, step Step, resp *zreq.Response) outcome {
	wait, _ := resp.RetryAfter()
	why := &statusError{resp.Status, said(resp)}
	sending := step == StepSend
	switch s := resp.Status; {
	case passes(s):
		return outcome{err: why, after: wait}
	case s == 412:
		return j.refuse(step, resp, otherVersion(resp))
	case step == StepDiscover:
		return outcome{} // the creation decides
	case s == 413 && sending && j.cut.size > minPart:
		j.record.part, j.cut = j.cut.size/2, cut{}
		return outcome{err: why, now: true}
	case s == 413:
		return j.refuse(step, resp, both(ErrTooLarge, why))
	case s == 409 && step != StepCreate:
		return outcome{err: why, now: true}
	case s == 460 && sending:
		return outcome{err: why}
	case s == 403 || s == 404 || s == 410:
		switch step {
		case StepSend:
			return outcome{err: why, now: true} // HEAD decides
		case StepAsk:
			return j.gone(ctx, why)
		}
	}
	return j.refuse(step, resp, both(ErrRefused, why))
}

// minPart is the smallest part that is halved if it is too large for the network, in bytes.
const minPart = 1 << 10

// passes reports whether a status may be gone in the next attempt.
func passes(status int) bool {
	switch status {
	case 408, 423, 425, 429:
		return true
	case 501, 505, 511: // not implemented, version not supported, a portal wants a login
		return false
	}
	return status >= 500 && status <= 599
}

// refuse ends the upload because of a response.
func (j *job) refuse(step Step, resp *zreq.Response, why error) outcome {
	return outcome{final: true, err: &Error{Step: step, Status: resp.Status, Err: why}}
}

// gone decides what follows when the server does not have the upload any more. If it has
// confirmed all before, it has taken the file away: that is success.
func (j *job) gone(ctx context.Context, why error) outcome {
	if j.record.confirmed == j.source.size && j.state.saved {
		j.offset, j.known = j.source.size, true
		return outcome{}
	}
	return j.anew(ctx, why)
}

// anew begins anew.
func (j *job) anew(_ context.Context, why error) outcome {
	if j.track.restarts >= j.args.MaxRestarts {
		return outcome{final: true, err: &Error{Step: StepAsk, Err: both(ErrRestarts, why)}}
	}
	j.track.restarts++
	j.record.url, j.record.confirmed, j.cut = "", 0, cut{}
	j.offset, j.known, j.track.reached = 0, false, 0
	j.state.saved = false
	return outcome{}
}

// statusError is a status that is not 2xx.
type statusError struct {
	status int
	said   string
}

// Error names the status, and what the server said.
func (e *statusError) Error() string {
	return "the status is " + strconv.Itoa(e.status) + ", and it said " + e.said
}

// Unwrap returns zreq.ErrStatus.
func (e *statusError) Unwrap() error { return zreq.ErrStatus }

// quote quotes what a server or a caller said.
func quote(s string) string { return strconv.QuoteToASCII(s[:min(len(s), maxSaid)]) }
