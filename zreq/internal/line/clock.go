package line

import (
	"context"
	"time"
)

// An instant is the time since the program began: a third of the size of a time.Time, and
// not moved when somebody sets the clock.
type instant = time.Duration

var began = time.Now()

// Elapsed returns the time since the program began, by a clock that nobody sets.
func Elapsed() instant { return Now().Sub(began) }

// An Instant is a number of nanoseconds since the program began, by a clock that nobody
// sets. Zero is none.
//
// Types that become interfaces have an Instant instead of a time.Time or a time.Duration:
// TinyGo links all methods of their fields, and those that format a time are 14 KB.
type Instant int64

// Clock returns the present instant.
func Clock() Instant { return Instant(Elapsed()) }

// Sub returns the time from before to at.
func (at Instant) Sub(before Instant) time.Duration { return time.Duration(at - before) }

// Add returns the instant d after at.
func (at Instant) Add(d time.Duration) Instant { return at + Instant(d) }

// Now returns the time, for what has to be told it.
func Now() time.Time { return time.Now() }

// Overdue reports whether the deadline of ctx is over, which a connection may know before
// ctx does.
func Overdue(ctx context.Context) bool {
	by, ok := ctx.Deadline()
	return ok && time.Until(by) <= 0
}
