package zreq

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/zreq-go/zreq/zreq/internal/line"
)

// Retry limits the attempts that a [Session] makes at a call. A zero field has its
// default.
//
// A Session makes another attempt after a failure that may pass: the connection could not
// be made, was reset, ended or was silent before the response was complete, or the status
// is 408, 425, 429, 502, 503 or 504. All of these must be true as well:
//
//   - The request may arrive twice, because of its method or Args.Idempotent or an
//     Idempotency-Key, or it was certainly not sent. No other POST is sent twice.
//   - The body, if there is one, can be sent again, by Rewind or Seek.
//   - Neither OnHead nor a StreamCallback has received any of the response, and the call
//     has not returned with a Stream.
//   - The failure is not one that will happen again, such as a certificate that is not
//     trusted.
//
// Before the second attempt the call waits for a random time of up to Wait, before the
// third up to twice that, and so on. If the server sends Retry-After, the call waits for
// that time first, and the random time is up to a quarter of it if that is more. So
// clients that failed together do not come back together. While it waits, the call holds
// no connection of the Session.
//
// If no attempt is left, if [Session.RetryBudget] is used up, or if the context would end
// before the next attempt, the call fails with ErrOutOfRetries. So a 503 in answer to a
// GET is ErrOutOfRetries. A 503 in answer to a POST, which is not repeated, is the
// response of the call, and the error is nil.
//
// A kept connection that turns out to be dead before the first byte of a response is
// replaced at once, once in a call. That costs neither a wait nor the budget.
type Retry struct {
	// Attempts limits the attempts, including the first. Default 4. If it is 1 or
	// negative, there is one attempt, and its failure is that of the call, as with the
	// verbs of the package.
	Attempts int
	// Wait is the longest wait before the second attempt. Default 500 ms. If negative,
	// there is no wait.
	Wait time.Duration
	// MaxWait limits each wait. It also limits the time that a server asks for by
	// Retry-After, to which the random time is added. Default 30 s. If negative, there
	// are no waits.
	MaxWait time.Duration
	// Time limits the time from the first failure to the start of the last attempt.
	// Default 2 min. If negative, there is no limit.
	Time time.Duration
}

func (r *Retry) inherit(from *Retry) {
	inherit(&r.Attempts, from.Attempts)
	inherit(&r.Wait, from.Wait)
	inherit(&r.MaxWait, from.MaxWait)
	inherit(&r.Time, from.Time)
}

func (r *Retry) setDefaults() {
	inherit(&r.Attempts, 4)
	inherit(&r.Wait, 500*time.Millisecond)
	inherit(&r.MaxWait, 30*time.Second)
	inherit(&r.Time, 2*time.Minute)
	r.Wait, r.MaxWait = min(max(0, r.Wait), century), min(max(0, r.MaxWait), century)
}

// bound returns the longest wait after the attempt with that number.
func (r *Retry) bound(attempt int) time.Duration {
	most := min(r.Wait, r.MaxWait)
	for ; attempt > 1 && most > 0 && most < r.MaxWait; attempt-- {
		most += min(most, r.MaxWait-most)
	}
	return most
}

// upTo returns a random time from 0 to d. Shorter ones are likelier by a millionth, which does
// not matter.
func upTo(d time.Duration) time.Duration {
	return time.Duration(rand.Uint64() % uint64(d+1))
}

// isRetried reports whether a response with that status leads to another attempt.
func isRetried(status int) bool {
	switch status {
	case 408, 425, 429, 502, 503, 504:
		return true
	}
	return false
}

// isRetriable reports whether another attempt may follow a failure: it may succeed, the caller has
// been shown nothing of the response, and the request may reach the server twice or was not sent.
func (f failure) isRetriable() bool {
	if f.status == 0 && (f.shown || !isPassing(f.err)) {
		return false
	}
	return f.sent == 0 || isRepeatable(f.method, f.args)
}

// judge decides what follows a failure, and adds the failure to t.
func (s *Session) judge(t *attempts, f failure) (*attempts, verdict) {
	policy := f.args.Retry
	policy.setDefaults()
	at := line.Now()
	if t == nil {
		t = &attempts{began: at}
	}
	t.number = f.attempt
	t.list = append(t.list, Attempt{Phase: f.phase, Status: f.status, Err: f.traced()})
	if f.stale && !t.replaced {
		t.replaced = true
		return t, verdict{again: true, free: true}
	}
	if policy.Attempts <= 1 || s.RetryBudget < 0 {
		return t, verdict{}
	}
	wait := policy.wait(f, at)
	next := at.Add(wait)
	switch {
	case f.attempt >= policy.Attempts:
		t.out = "no attempt is left"
	case policy.Time >= 0 && next.Sub(t.began) > policy.Time:
		t.out = "no time is left"
	case !f.by.IsZero() && next.After(f.by):
		t.out = "the context would end before the next"
	default:
		var ok bool
		if t.again, ok = s.budget.spend(s.RetryBudget, line.Clock()); ok {
			t.list[len(t.list)-1].Wait = wait
			return t, verdict{again: true, wait: wait}
		}
		t.out = "the retry budget of the Session is empty"
	}
	return t, verdict{out: true}
}

// wait returns how long to wait after a failure: a random time with an exponential limit, in
// addition to what the server asks for.
func (r *Retry) wait(f failure, at time.Time) time.Duration {
	asked, _ := retryAfter(f.after, f.date, at)
	asked = min(asked, r.MaxWait)
	more := r.bound(f.attempt)
	if more > 0 {
		more = max(more, asked/4)
	}
	return asked + upTo(more)
}

// pause waits for the next attempt.
func (s *Session) pause(ctx context.Context, t *attempts, d time.Duration) (err error) {
	defer func() {
		if err != nil {
			s.budget.refund(retryCost) // the attempt was not made
		} else {
			s.counts.retried.Add(1)
		}
	}()
	if s.pool.Closed() {
		return ErrClosed
	}
	line.Wait(ctx, d, s.pool.Done())
	switch {
	case s.pool.Closed():
		return ErrClosed
	case ctx.Err() != nil:
		t.out = "the context ended before the next"
		return context.Cause(ctx)
	}
	return nil
}

// isRepeatable reports whether a request may reach the server twice (RFC 9110, 9.2.2).
func isRepeatable(method string, args *Args) bool {
	switch method {
	case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE":
		return true
	}
	key, _ := args.Headers.Get("Idempotency-Key")
	return key != "" || args.Idempotent
}
