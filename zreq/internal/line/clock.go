package line

import (
	"context"
	"time"
)

// An instant is the time since the program began. It has a third of the size of a time.Time,
// and does not change when the clock is set.
type instant = time.Duration

var began = time.Now()

// Elapsed returns the time since the program began, by the monotonic clock.
func Elapsed() instant { return time.Since(began) }

// An Instant is a moment on two clocks: the monotonic clock, which stops while the machine is
// suspended, and the wall clock, which does not. The zero Instant is none.
//
// Types that become interfaces have an Instant instead of a time.Time or a time.Duration:
// TinyGo links all methods of their fields, and those that format a time are 14 KB.
type Instant struct {
	elapsed int64 // nanoseconds since the program began, by the monotonic clock
	wall    int64 // nanoseconds since 1970
}

// Clock returns the present instant.
func Clock() Instant {
	now := Now()
	return At(now.Sub(began), now.UnixNano())
}

// At returns the instant at which so much time has passed since the program began, and so
// many nanoseconds since 1970.
func At(elapsed time.Duration, wall int64) Instant { return Instant{int64(elapsed), wall} }

// Sub returns the time from before to at, including the time that the machine was suspended. If
// the wall clock was set forward in between, that counts as well. If it was set back, only the
// monotonic clock counts.
func (at Instant) Sub(before Instant) time.Duration {
	return time.Duration(max(at.elapsed-before.elapsed, at.wall-before.wall))
}

// Add returns the instant d after at.
func (at Instant) Add(d time.Duration) Instant {
	return Instant{at.elapsed + int64(d), at.wall + int64(d)}
}

// IsZero reports whether at is none.
func (at Instant) IsZero() bool { return at == Instant{} }

// Now returns the present time.
func Now() time.Time { return time.Now() }

// Overdue reports whether the deadline of ctx has passed. A connection with that deadline may
// time out before ctx is done.
func Overdue(ctx context.Context) bool {
	by, ok := ctx.Deadline()
	return ok && time.Until(by) <= 0
}
