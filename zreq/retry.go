package zreq

import (
	"context"
	"math/rand/v2"
	"time"
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
// no connection.
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

// bound is the longest wait before the attempt after the one with that number.
func (r *Retry) bound(attempt int) time.Duration {
	most := min(r.Wait, r.MaxWait)
	for ; attempt > 1 && most > 0 && most < r.MaxWait; attempt-- {
		most += min(most, r.MaxWait-most)
	}
	return most
}

// upTo is a random time from 0 to d.
func upTo(d time.Duration) time.Duration {
	return rand.N(d + 1)
}

// judge decides whether there is another attempt, and notes the one that was.
func (s *Session) judge(x *exchange, f *failure) verdict {
	f.policy.setDefaults()
	at := now()
	t, ok := x.tries.(*attempts)
	if !ok {
		t = &attempts{began: at}
		x.tries = t
	}
	t.number = f.attempt
	t.list = append(t.list, Attempt{Phase: f.phase, Status: f.status, Err: f.err})
	if f.stale && !t.replaced {
		t.replaced = true
		return verdict{again: true, free: true}
	}
	if f.policy.Attempts <= 1 || s.RetryBudget < 0 {
		return verdict{}
	}
	wait := f.policy.wait(f, at)
	next := at.Add(wait)
	switch {
	case f.attempt >= f.policy.Attempts:
		t.out = "no attempt is left"
	case f.policy.Time >= 0 && next.Sub(t.began) > f.policy.Time:
		t.out = "no time is left"
	case !f.by.IsZero() && next.After(f.by):
		t.out = "the context would end before the next"
	default:
		var ok bool
		if t.again, ok = s.budget.spend(s.RetryBudget, at); ok {
			t.list[len(t.list)-1].Wait = wait
			return verdict{again: true, wait: wait}
		}
		t.out = "the retry budget of the Session is empty"
	}
	return verdict{out: true}
}

// wait is how long to wait after a failure: exponential, with full jitter, on top of
// what the server asks for.
func (r *Retry) wait(f *failure, at time.Time) time.Duration {
	asked, _ := retryAfter(f.after, f.date, at)
	asked = min(asked, r.MaxWait)
	more := r.bound(f.attempt)
	if more > 0 {
		more = max(more, asked/4)
	}
	return asked + upTo(more)
}

// pause waits.
func (s *Session) pause(ctx context.Context, t *attempts, d time.Duration) error {
	p := &s.pool
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return ErrClosed
	}
	if p.pausing == nil {
		p.pausing = make(chan struct{})
	}
	over := p.pausing
	p.mu.Unlock()
	timer, stop := after(d)
	defer stop()
	select {
	case <-timer:
		return nil
	case <-over:
		return ErrClosed
	case <-ctx.Done():
		t.out = "the context ended before the next"
		return context.Cause(ctx)
	}
}
