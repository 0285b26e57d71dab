package zreq

import (
	"context"
	"errors"
	"time"
)

// errUnwelcome stands for a response whose status says to ask again.
var errUnwelcome = errors.New("the response asks for another attempt")

// failure is what an attempt came to.
type failure struct {
	_       incomparable
	attempt int
	phase   Phase
	policy  Retry
	by      time.Time // when the context ends, if that is known
	stale   bool      // a kept connection died, or its peer had given it up
	err     error     // an *Error; or, if it was not that,
	status  int       // of a response,
	after   string    // its Retry-After
	date    string    // and its Date
}

// verdict is what follows a failure.
type verdict struct {
	_     incomparable
	again bool
	out   bool // there would be another attempt, if something had not run out
	free  bool // at once, over a new connection, and it is no new attempt
	wait  time.Duration
}

// unwelcome implements keeper.
func (s *Session) unwelcome(status int) bool {
	switch status {
	case 408, 425, 429, 502, 503, 504:
		return true
	}
	return false
}

// retry implements keeper.
func (s *Session) retry(ctx context.Context, p *pull, err error) (bool, error) {
	x := p.x()
	f, retryable := x.failure(ctx, err)
	var v verdict
	if retryable {
		v = s.judge(x, &f)
	}
	switch {
	case v.again:
	case err == errUnwelcome:
		x.args.Stream = x.args.Stream && !v.out // beside an error nobody would close it
		return false, x.finish(ctx)
	default:
		return false, err
	}
	why := CloseFailed
	if err == errUnwelcome {
		x.drain(ctx)
		why = x.verdict()
	}
	x.chunks.close()
	if v.free {
		x.conn.drop()
		x.sock = nil
		x.tell(EventStale, CloseDied, f.err)
	} else if err := s.rest(ctx, x, why, &f, v.wait); err != nil {
		return false, x.blame(nil, err)
	}
	x.challenged = false
	if err := x.restart(ctx); err != nil {
		x.phase = PhaseRequest
		return false, x.blame(nil, err)
	}
	return true, nil
}

// rest waits for the next attempt, without a connection.
func (s *Session) rest(ctx context.Context, x *exchange, why CloseReason, f *failure, wait time.Duration) error {
	x.wait = wait
	x.tell(EventRetry, why, f.err)
	x.wait = 0
	switch {
	case x.conn == nil:
	case x.conn.owner != nil:
		x.part(why)
	case why != CloseNone:
		x.discard(why) // it is the caller's, for this call
	}
	x.phase = PhaseWait
	if err := s.pause(ctx, x.tries.(*attempts), wait); err != nil {
		s.budget.refund(retryCost) // it was not made
		return err
	}
	x.attempt++
	s.retried.Add(1)
	return nil
}

// failure describes what an attempt came to, and reports whether that may be tried
// again at all.
func (x *exchange) failure(ctx context.Context, err error) (f failure, retryable bool) {
	if ctx.Err() != nil || x.stopped || x.why == CloseStopped {
		return f, false
	}
	f = failure{attempt: x.attempt, phase: x.phase, policy: x.args.Retry, stale: x.reused}
	f.by, _ = ctx.Deadline()
	if err == errUnwelcome {
		f.status = x.resp.Status
		f.after, f.date = x.resp.Header("Retry-After"), x.resp.Header("Date")
		if f.stale = x.gaveUpIdle(); f.stale {
			f.err = x.fail(ctx, x.blame(nil, ErrStale))
		}
	} else {
		f.stale = f.stale && !x.heard && !isTimeout(err)
		e := x.fail(ctx, err)
		if f.err = e; !x.passing(e) {
			return f, false
		}
	}
	return f, x.body.rewind() == nil && (x.sent == 0 || x.repeatable())
}

// passing reports whether an error may be gone in the next attempt, and nobody has
// been shown anything of this one.
func (x *exchange) passing(e *Error) bool {
	switch {
	case x.phase < PhaseDial, e.Err == ErrClosed, isLasting(e.Err):
		return false
	case x.answered && (x.phase != PhaseBody || x.args.OnHead != nil || len(x.chunks.last) > 0):
		return false
	}
	return e.kind == &ErrConnect || e.kind == &ErrStale || e.kind == &ErrTruncated || e.kind == nil && isTimeout(e.Err)
}

// isPermanent walks the chain as isTimeout does.
func isPermanent(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if p, ok := err.(interface{ Permanent() bool }); ok && p.Permanent() {
			return true
		}
	}
	return false
}

// repeatable reports whether the request may reach the server twice (RFC 9110, 9.2.2).
func (x *exchange) repeatable() bool {
	switch x.method {
	case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE":
		return true
	}
	key, _ := x.args.Headers.Get("Idempotency-Key")
	return key != "" || x.args.Idempotent
}
