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

// Now returns the time, for what has to be told it.
func Now() time.Time { return time.Now() }

// Overdue reports whether the deadline of ctx is over, which a connection may know before
// ctx does.
func Overdue(ctx context.Context) bool {
	by, ok := ctx.Deadline()
	return ok && time.Until(by) <= 0
}
