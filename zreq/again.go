package zreq

import (
	"context"
	"errors"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/exchange"
)

// This file has what leads to another request: an expectation that was refused, a challenge, a
// redirect, and another attempt of a Session.

// errTryAgain stands for a response whose status asks for another attempt.
var errTryAgain = errors.New("the response asks for another attempt")

// decide reports whether the response leads to another request of the call, which it prepares.
func (c *call) decide(ctx context.Context) (again bool, err error) {
	r, status := &c.request, c.resp.Status
	sendable := !(c.line.HTTP10 && r.body.Chunked()) // RFC 9112, 6.1
	switch {
	case status == 417 && c.exchange.Expects && sendable:
		// The peer has refused the request unread, so that its bytes do not count as sent. It is
		// sent again, on a new connection and without the expectation (RFC 9110, 15.5.18).
		c.line.NoContinue = true
		r.challenged = false // ask Auth again: credentials may serve only once
		if err := r.body.Rewind(); err != nil {
			return false, &exchange.Error{Kind: ErrBody, Err: err}
		}
		c.sentBefore -= c.exchange.Sent
		c.discard(CloseUnsent)
		return true, c.restart(ctx)
	case status == 401 && c.args.Auth != nil && !r.anonymous && !r.challenged && sendable && !r.trace:
		return c.answer(ctx)
	case isRedirect(status) && c.args.MaxRedirects >= 0:
		return c.follow(ctx)
	}
	return false, nil
}

// answer prepares a request with credentials, if Args.Auth can answer the challenges of a 401.
// If the body cannot be sent again, Args.Auth learns them for the next call.
func (c *call) answer(ctx context.Context) (bool, error) {
	r := &c.request
	r.challenged = r.body.Rewind() == nil
	sent, err := r.appendTarget(nil, c.args, &c.asked)
	if err == nil {
		err = r.authorize(c.args, &c.asked, sent, c.resp)
	}
	if err != nil && r.challenged {
		return false, err
	}
	if r.credentials == "" || !r.challenged {
		return false, nil
	}
	c.exchange.Drain(ctx)
	if why := c.exchange.Reuse(); why != CloseNone {
		c.discard(why)
	}
	return true, c.restart(ctx)
}

// follow prepares the request that a redirect leads to, if the response has a Location.
func (c *call) follow(ctx context.Context) (bool, error) {
	var next redirect
	ok, err := c.request.redirect(c.args, &c.asked, c.resp, &next)
	if !ok {
		return false, nil
	}
	if err != nil {
		c.exchange.Drain(ctx) // it is the last response of the call
		c.why = c.exchange.Reuse()
		return false, &exchange.Error{Kind: ErrRedirect, Err: err}
	}
	if c.args.OnRedirect != nil {
		if err := c.stop(c.args.OnRedirect(c.resp, next.url)); err != nil {
			return false, err
		}
	}
	return true, c.redirectTo(ctx, &next)
}

// redirectTo makes next the request of the call. It releases the connection if that does
// not serve the new origin.
func (c *call) redirectTo(ctx context.Context, next *redirect) error {
	same, callers := c.at.Same(&next.at.Origin), c.conn != nil && c.conn == c.args.Connection
	if same || callers || c.lease != nil {
		c.exchange.Drain(ctx)
	}
	why := c.exchange.Reuse()
	from := c.asked
	c.trace.forget()
	c.request.become(next, &c.asked)
	if err := c.restart(ctx); err != nil {
		c.method, c.at, c.why = from.method, from.at, why
		return &exchange.Error{Kind: ErrRedirect, Err: err}
	}
	switch {
	case !same && callers && why == CloseNone:
		c.parked = c.conn
	case !same && why == CloseNone && c.lease == nil:
		why = CloseRequested // the call had dialled it for itself
	}
	if !same {
		c.releaseConn(why)
	} else if why != CloseNone {
		c.discard(why)
	}
	c.report(EventRedirect, why, nil)
	return nil
}

// restart prepares the call for another request: it takes the body back and makes the head.
func (c *call) restart(ctx context.Context) error {
	if err := c.request.body.Rewind(); err != nil {
		return &exchange.Error{Kind: ErrBody, Err: err}
	}
	c.resp.releaseHead()
	sent, read := c.exchange.Sent, c.exchange.Read
	if _, err := c.compose(ctx); err != nil {
		return err
	}
	c.sentBefore += sent
	c.readBefore += read
	c.phase, c.answered, c.reused, c.why = PhaseRequest, false, false, CloseFailed
	return nil
}

// doAgain is do for a verb of a Session, with more than one attempt. It is a function of its own,
// so that a program without a Session links none of that.
func doAgain(ctx context.Context, method, url string, args *Args, s *Session) (*Response, error) {
	c := call{args: args, session: &s.sessionPool}
	c.lender = &s.sessionPool
	c.begin(method)
	err := c.runAgain(ctx, url, s)
	return c.result(err)
}

// runAgain is run with more than one attempt.
func (c *call) runAgain(ctx context.Context, url string, s *Session) error {
	defer c.end()
	var t *attempts
	again := true
	err := c.prepare(ctx, url)
	for again && err == nil {
		err = c.roundTrips(ctx)
		if err == nil && !c.reused {
			s.trust(c.line, c.link())
		}
		switch {
		case err != nil:
		case isRetried(c.resp.Status):
			err = errTryAgain
		default:
			err = c.deliver(ctx)
		}
		if again = err != nil && !c.suspended; again {
			t, again, err = c.retry(ctx, s, t, err)
		}
	}
	err = c.outcome(ctx, err)
	if t != nil && t.out != "" && !c.stopped && !c.suspended {
		last, ok := err.(*Error)
		if !ok {
			last = c.failByStatus()
		}
		err = t.conclude(last)
		c.failed = err
	}
	return err
}

// retry prepares another attempt and returns true, or returns the error of the call. t are the
// failed attempts so far, or nil.
func (c *call) retry(ctx context.Context, s *Session, t *attempts, err error) (_ *attempts, again bool, _ error) {
	var f failure
	var v verdict
	if ctx.Err() == nil && c.why != CloseStopped {
		f = c.failure(ctx, err)
		if f.err != nil && f.err.isOfLink() {
			s.leave(blame(c.line.Driver, f.err)) // so that the next one can take another link
		}
		if f.isRetriable() && c.request.body.Rewind() == nil {
			t, v = s.judge(t, f)
		}
	}
	switch {
	case v.again:
	case err == errTryAgain:
		c.args.Stream = c.args.Stream && !v.out // beside an error a caller would not close the Response
		return t, false, c.deliver(ctx)
	default:
		return t, false, err
	}
	why := CloseFailed
	if err == errTryAgain {
		c.exchange.Drain(ctx)
		why = c.exchange.Reuse()
		if why == CloseNone && c.line.HTTP10 && c.request.body.Chunked() {
			why = CloseHTTP10 // it takes no chunks, and of a new connection nothing is known (RFC 9112, 6.1)
		}
	}
	if v.free {
		c.line.Drop()
		c.socket = nil
		c.report(EventStale, CloseDied, f.traced())
	} else if err := c.waitForRetry(ctx, s, t, why, f.traced(), v); err != nil {
		return t, false, err
	}
	c.request.challenged = false
	if err := c.restart(ctx); err != nil {
		c.phase = PhaseRequest
		return t, false, err
	}
	return t, true, nil
}

// waitForRetry waits for the next attempt. It returns the connection to the Session first.
func (c *call) waitForRetry(ctx context.Context, s *Session, t *attempts, why CloseReason, failed error, v verdict) error {
	c.trace.setWait(v.wait)
	c.report(EventRetry, why, failed)
	switch {
	case c.lease != nil:
		c.releaseConn(why)
	case c.conn != nil && why != CloseNone:
		c.discard(why) // it is the caller's, for this call
	}
	c.phase = PhaseWait
	if err := s.pause(ctx, t, v.wait); err != nil {
		return err
	}
	c.attempt++
	return nil
}

// failure describes how an attempt failed.
func (c *call) failure(ctx context.Context, err error) failure {
	f := failure{
		attempt: c.attempt, method: c.method, args: c.args, phase: c.phaseNow(), sent: c.exchange.Sent,
		shown: c.answered && (c.exchange.Phase != exchange.ReadingBody || c.args.OnHead != nil || c.resp.body.shown),
	}
	f.by, _ = ctx.Deadline()
	switch {
	case err != errTryAgain:
		f.err = c.fail(ctx, err)
		f.stale = c.reused && !c.exchange.Heard && !netdriver.IsTimeout(f.err.Err)
	case c.exchange.IsIdleTimeout():
		f.err, f.stale, f.status = c.fail(ctx, ErrStale), true, c.resp.Status
	default:
		f.status, f.after, f.date = c.resp.Status, c.resp.Header("Retry-After"), c.resp.Header("Date")
	}
	return f
}
