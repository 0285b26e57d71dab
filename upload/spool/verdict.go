package spool

import (
	"context"
	"errors"
	"io/fs"

	"github.com/zreq-go/zreq/internal/deadline"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
)

// verdict is what an attempt means for the file and for Run.
type verdict uint8

const (
	isSent     verdict = iota // the server has all
	isRefused                 // the server will never take it
	isGone                    // there is no such file
	isFailed                  // try again
	isUnlinked                // try again when there is a link
	isEnded                   // by the context
	isFinal                   // for all files
)

// judge judges an attempt, and returns why the file was not sent.
func judge(ctx context.Context, resp *zreq.Response, err error) (verdict, error) {
	switch {
	case err == errGone:
		return isGone, nil
	case err == nil && resp.Status/100 == 2: // upload has seen to it that all was sent
		return isSent, nil
	case deadline.Cause(ctx) != nil:
		return isEnded, err
	case resp != nil && resp.Status/100 != 2 && (err == nil || isOfBody(err)):
		return judgeStatus(resp)
	case isLasting(err):
		return isFinal, err
	case isOfLink(err):
		return isUnlinked, err
	}
	return isFailed, err
}

func judgeStatus(resp *zreq.Response) (verdict, error) {
	err := statusError(resp)
	_, later := resp.RetryAfter()
	switch resp.Status {
	case 401, 403, 404, 407:
		return isFinal, err
	case 413:
		// With Retry-After the condition is temporary (RFC 9110, 15.5.14).
		if later {
			return isFailed, err
		}
		return isRefused, err
	case 400, 415, 422:
		return isRefused, err
	}
	return isFailed, err
}

// maxText is how much of a response is kept.
const maxText = 4 << 10

func statusError(resp *zreq.Response) *StatusError {
	text, _ := resp.Content() // what there is will do
	return &StatusError{resp.Status, resp.Reason(), string(text[:min(len(text), maxText)])}
}

// isOfBody reports whether only the body of the response is missing, in part or as a whole. A
// server that refuses early may reset the connection behind its response.
func isOfBody(err error) bool {
	var e *zreq.Error
	return errors.As(err, &e) && e.Phase == zreq.PhaseBody
}

// isOfLink reports whether no connection could be made.
func isOfLink(err error) bool {
	var e *zreq.Error
	return errors.As(err, &e) && (e.Phase == zreq.PhaseDial || e.Phase == zreq.PhaseTLS)
}

// isLasting reports whether the error is one of the arguments, or of a connection that
// would fail in the same way again. The error of a file is none of these.
func isLasting(err error) bool {
	var changed *upload.SizeError
	var disk *fs.PathError
	switch {
	case errors.As(err, &changed), errors.Is(err, upload.ErrArgs) && errors.As(err, &disk):
		return false
	case errors.Is(err, ErrArgs), errors.Is(err, upload.ErrArgs),
		errors.Is(err, zreq.ErrNoDriver), errors.Is(err, zreq.ErrNoTLS), errors.Is(err, zreq.ErrOtherOrigin), errors.Is(err, zreq.ErrClosed):
		return true
	}
	return isOfLink(err) && !zreq.Transient(err)
}
