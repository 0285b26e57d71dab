package deadline_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/internal/deadline"
)

// tardy is a context that does not know yet that its deadline has passed.
type tardy struct {
	context.Context
	by time.Time
}

func (t tardy) Deadline() (time.Time, bool) { return t.by, true }

func TestCause(t *testing.T) {
	is := is.New(t)
	why := errors.New("the battery is low")
	ended, end := context.WithCancelCause(t.Context())
	end(why)
	now := time.Now()
	is.NoErr(deadline.Cause(t.Context()))                            // no deadline
	is.NoErr(deadline.Cause(tardy{t.Context(), now.Add(time.Hour)})) // not yet
	is.Equal(deadline.Cause(tardy{t.Context(), now}), context.DeadlineExceeded)
	is.Equal(deadline.Cause(tardy{ended, now}), why)
}
