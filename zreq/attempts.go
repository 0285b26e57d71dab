package zreq

import (
	"strconv"
	"time"
)

// Attempt is one failed attempt at a call.
type Attempt struct {
	Phase  Phase
	Status int           // of the response, if a status was the failure
	Err    error         // an [*Error], if an error was the failure
	Wait   time.Duration // time until the next attempt
}

// OutOfRetries is the cause of an ErrOutOfRetries.
type OutOfRetries struct {
	// Attempts are all attempts in order. A kept connection that was replaced is one of
	// them, with ErrStale as its Err.
	Attempts []Attempt
	// Why says what ran out.
	Why string
	// Again is the time until [Session.RetryBudget] allows a retry again, if no call
	// succeeds before that. It is 0 if something else ran out.
	Again time.Duration

	made int // attempts, without what cost nothing
	last error
}

// Error says what ran out, and why the last attempt failed.
func (e *OutOfRetries) Error() string {
	s := e.Why
	if e.Again > 0 {
		s += ", and has a retry again in " + (e.Again + time.Second - 1).Truncate(time.Second).String() + ","
	}
	s += " after " + strconv.Itoa(e.made) + " attempt"
	if e.made > 1 {
		s += "s"
	}
	if len(e.Attempts) == 0 {
		return s // a caller's own
	}
	last := &e.Attempts[len(e.Attempts)-1]
	s += ": " + last.Phase.String() + ": "
	if of, ok := last.Err.(*Error); ok {
		return s + of.reason()
	}
	return s + "status " + strconv.Itoa(last.Status)
}

// Unwrap returns the failure of the last attempt, or the cause of the context if the
// context ended during the wait.
func (e *OutOfRetries) Unwrap() error { return e.last }

// attempts are those of a call, which came to nothing so far.
type attempts struct {
	list     []Attempt
	number   int // of the last, which those that cost nothing do not have
	began    time.Time
	replaced bool   // a dead connection was
	out      string // why there is no other; "" if nothing ran out
	again    time.Duration
}

var _ tries = (*attempts)(nil)

// conclude implements tries.
func (t *attempts) conclude(resp *Response, err error) error {
	if t.out == "" {
		return err
	}
	last, failed := err.(*Error)
	if !failed {
		status := t.list[len(t.list)-1].Status
		last = resp.failure(PhaseHead, nil, statusError(status))
		last.Attempt = t.number
	}
	own := *last
	own.Err, own.kind = &OutOfRetries{Attempts: t.list, Why: t.out, Again: t.again, made: t.number, last: last}, ErrOutOfRetries
	return &own
}
