// Package deadline tells whether the deadline of a context has passed.
package deadline

import (
	"context"
	"time"
)

// Cause is context.Cause, and context.DeadlineExceeded if the deadline has passed and ctx does not
// know it yet. A connection with the deadline of ctx may end before ctx does.
func Cause(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if by, ok := ctx.Deadline(); ok && time.Until(by) <= 0 {
		return context.DeadlineExceeded
	}
	return nil
}
