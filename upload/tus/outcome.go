package tus

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/zreq-go/zreq/internal/backoff"
	"github.com/zreq-go/zreq/internal/deadline"
	"github.com/zreq-go/zreq/upload"
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
	if err := backoff.SleepAfter(ctx, o.after+backoff.Wait(retry.Wait, retry.MaxWait, j.track.failed), o.err); err != nil {
		return stopped(step, err)
	}
	return nil
}

// stopped is the error of an upload whose context has ended.
func stopped(step Step, cause error) error {
	return &Error{Step: step, Err: cause, Resumable: true}
}

// failed judges a request that was not answered, or not by a 2xx. It reports false for a
// response that is to be looked at.
func (j *job) failed(ctx context.Context, step Step, resp *zreq.Response, err error) (outcome, bool) {
	if resp != nil {
		j.last = resp
		if step >= StepAsk {
			j.track.answered, j.track.astray = true, false
		}
	}
	switch {
	case err != nil && isOfSource(err):
		return outcome{final: true, err: &Error{Step: step, Err: err}}, true
	case err != nil && deadline.Cause(ctx) != nil:
		return outcome{final: true, err: stopped(step, deadline.Cause(ctx))}, true
	case resp == nil || err != nil && resp.Status/100 == 3: // a redirect that is not followed
		return j.unanswered(ctx, step, err), true
	case resp.Status/100 == 2: // the fields are whole, even if the body is not
		return outcome{}, false
	}
	return j.status(step, resp), true
}

// isOfSource reports whether an error says that the source fails or has changed.
func isOfSource(err error) bool {
	var size *upload.SizeError
	return errors.Is(err, zreq.ErrBody) || errors.Is(err, upload.ErrChanged) || errors.As(err, &size)
}

// unanswered judges a request that had no response.
func (j *job) unanswered(ctx context.Context, step Step, err error) outcome {
	j.peer.suspect(ctx, err)
	if j.isAstray(step, err) {
		j.track.astray = true
		err = both(errAstray, err)
	}
	if zreq.Transient(err) || errors.Is(err, zreq.ErrResponse) && j.record.url != "" { // the server has sent a valid response before
		return outcome{err: err, now: j.cut.sent >= enough}
	}
	if errors.Is(err, zreq.ErrRequest) {
		step, err = StepArgs, both(upload.ErrArgs, err)
	}
	return outcome{final: true, err: &Error{Step: step, Err: err}}
}

var errAstray = errors.New("the server has created the upload at another host, which cannot be reached: " +
	"does it know that it is behind a proxy?")

// isAstray reports whether an upload that this call has created cannot be reached at the host
// of its Location, which is not that of the endpoint. A server behind a proxy may have given a
// name that only it knows. Nothing was sent there, so the next call can create another upload.
func (j *job) isAstray(step Step, err error) bool {
	return (step == StepAsk || step == StepSend) && j.track.most == 0 && !j.track.answered && j.result.Sent == 0 &&
		zreq.SafeToRetry(err) && j.peer.isForeign(j.record.url)
}

// enough is how many bytes an interrupted PATCH must have sent for the next request to come
// without a wait. A server that takes a byte and closes is not asked in a tight loop.
const enough = 16 << 10

// status judges a status that is not 2xx.
func (j *job) status(step Step, resp *zreq.Response) outcome {
	wait, _ := resp.RetryAfter()
	why := &statusError{resp.Status, said(resp)}
	sending := step == StepSend
	switch s := resp.Status; {
	case s == 412:
		return j.refuse(step, resp, otherVersion(resp))
	case step == StepDiscover && !j.mustDiscover():
		return outcome{} // the creation decides
	case passes(s):
		return outcome{err: why, after: wait}
	case s == 413 && sending && j.cut.size > minPart:
		j.record.part, j.cut = j.cut.size/2, cut{}
		return outcome{} // the halving ends at minPart
	case s == 413:
		return j.refuse(step, resp, both(ErrTooLarge, why))
	case s == 409 && (sending || step == StepAsk):
		return outcome{err: why, now: true}
	case s == 460 && sending:
		return outcome{err: why}
	case isGone(s) && sending:
		return outcome{err: why, now: true} // HEAD decides
	case isGone(s) && step == StepAsk:
		return j.gone(resp, why)
	case step <= StepCreate && !speaksTus(resp) && isElsewhere(s):
		return j.refuse(step, resp, both(ErrNotTus, why))
	}
	return j.refuse(step, resp, both(ErrRefused, why))
}

// mustDiscover reports whether the upload cannot do without what the server says of itself.
func (j *job) mustDiscover() bool { return j.source == nil || j.args.Checksum.Name != "" }

// speaksTus reports whether a response comes from a tus server, and not from a proxy or a
// portal: "The Tus-Resumable header MUST be included in every request and response", with
// "the version of the protocol". Versions follow SemVer, so that 1.1.0 is compatible with
// 1.0.0, and 2.0.0 is not.
func speaksTus(resp *zreq.Response) bool {
	return strings.HasPrefix(resp.Header("Tus-Resumable"), "1.")
}

// isGone reports whether a status says that there is no such upload.
func isGone(status int) bool { return status == 403 || status == 404 || status == 410 }

// isElsewhere reports whether a status says that uploads are not created at the endpoint.
func isElsewhere(status int) bool {
	return status/100 == 3 || status == 404 || status == 405 || status == 410 || status == 501
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

// gone decides what follows when the server does not have the upload any more. If it had
// confirmed every byte, it has moved the file since, and that is success. If the response is
// not from a tus server, the server is asked once more.
func (j *job) gone(resp *zreq.Response, why error) outcome {
	switch {
	case j.record.confirmed == j.source.size && j.state.saved:
		j.offset, j.known = j.source.size, true
		return outcome{}
	case !speaksTus(resp) && !j.track.doubted:
		j.track.doubted = true
		return outcome{err: why}
	}
	return j.restart(resp, why)
}

// restart begins anew, if Args allow it once more.
func (j *job) restart(resp *zreq.Response, why error) outcome {
	if j.track.restarts >= j.args.MaxRestarts {
		return j.refuse(StepAsk, resp, both(ErrRestarts, why))
	}
	j.track.restarts++
	j.record.url, j.record.confirmed, j.record.under, j.state.saved = "", 0, attempt{}, false
	j.start(0)
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
