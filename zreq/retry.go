package zreq

import (
	"context"
	"math/rand/v2"
	"time"
)

// Retry bounds the attempts that a [Session] makes at a call. A zero field takes its
// default.
//
// There is another attempt where the connection could not be made, was reset, or
// ended or was silent before the answer was whole, and where the answer is 408, 425,
// 429, 502, 503 or 504; but only if the request may reach the server twice, by its
// method or by Args.Idempotent, or certainly did not leave; if its body can be sent
// again, by Rewind or Seek; and if nothing of an answer was shown to OnHead or a
// StreamCallback, and the call has not returned with a Stream. A POST is never sent
// twice otherwise. What can be told to fail again, as a certificate that is not
// trusted, is not tried again.
//
// Before each attempt the call waits for a random time of at most Wait, twice that
// before the third, and so on. A server that says Retry-After is given that time, and
// then such a random one, or up to a quarter of what it asked for, so that not all
// come back at once. Meanwhile the call has no connection.
//
// So a 503 to a GET is ErrOutOfRetries, and a 503 to a POST, which is not repeated, is
// the answer of the call with a nil error.
//
// When no attempt is left, or [Session.RetryBudget] is used up, or the context would
// end before the next one, the call ends in ErrOutOfRetries.
//
// A kept connection that turns out to be dead before the first byte of an answer is
// replaced once in a call, at once and for nothing.
type Retry struct {
	// Attempts bounds them, the first included. Default 4; 1, or negative: there is
	// one, and its failure is that of the call, as for the verbs of the package.
	Attempts int
	// Wait is the longest wait before the second attempt. Default 500 ms; negative:
	// none.
	Wait time.Duration
	// MaxWait bounds every wait but for that random part, also what a server asks for
	// by Retry-After. Default 30 s; negative: none waits.
	MaxWait time.Duration
	// Time bounds the time from the first failure to the beginning of the last attempt.
	// Default 2 min; negative: no limit.
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
