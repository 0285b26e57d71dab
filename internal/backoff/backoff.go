// Package backoff waits between attempts, so that devices that failed together do not come
// back together.
package backoff

import (
	"context"
	"math"
	"math/rand/v2"
	"time"
)

// Wait returns a random time to wait after so many failures in a row: up to first after one,
// up to twice that after two, and so on, but never more than most.
func Wait(first, most time.Duration, failures int) time.Duration {
	bound := min(first, most)
	for ; failures > 1 && bound > 0 && bound < most; failures-- {
		bound += min(bound, most-bound)
	}
	return rand.N(max(0, min(bound, math.MaxInt64-1)) + 1)
}

// Sleep waits for d, or returns the cause of ctx when that ends.
func Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// SleepAfter is Sleep before the attempt that follows one that has failed because of failed.
// Its error is the cause of ctx, and its text tells of failed as well: the end of a wait does
// not say what was waited for.
func SleepAfter(ctx context.Context, d time.Duration, failed error) error {
	err := Sleep(ctx, d)
	if err == nil || failed == nil {
		return err
	}
	return &interrupted{err, failed}
}

// interrupted is a wait that has ended with its context.
type interrupted struct{ cause, failed error }

func (e *interrupted) Error() string {
	return e.cause.Error() + " in the wait after: " + e.failed.Error()
}

func (e *interrupted) Unwrap() error { return e.cause }
