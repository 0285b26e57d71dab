package zreq

import (
	"strconv"
	"time"

	"github.com/zreq-go/zreq/zreq/internal/line"
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
		s += ", and has a retry again in " + line.DurationText((e.Again + time.Second - 1).Truncate(time.Second)) + ","
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

// attempts are the failed attempts at a call.
type attempts struct {
	list     []Attempt
	number   int           // how many of them count: replacing a dead connection does not
	began    time.Time     // when the first one failed
	replaced bool          // a dead connection was replaced
	out      string        // why there is no other attempt; "" if nothing ran out
	again    time.Duration // OutOfRetries.Again
}

// conclude turns the error of the last attempt into that of the call.
func (t *attempts) conclude(last *Error) *Error {
	own := *last
	own.Err, own.kind = &OutOfRetries{Attempts: t.list, Why: t.out, Again: t.again, made: t.number, last: last}, ErrOutOfRetries
	return &own
}

// failure is how an attempt failed: by an error, or by a response with a status that is retried.
type failure struct {
	attempt int
	method  string
	args    *Args
	phase   Phase
	sent    int64     // bytes of the request
	by      time.Time // when the context ends, if that is known
	stale   bool      // a kept connection died, or its peer had given it up
	shown   bool      // the caller has been shown something of the response
	err     *Error    // nil if the status is the failure
	status  int       // of the response; 0 if err is the failure, except for a 408 of an idle connection
	after   string    // Retry-After of the response
	date    string    // Date of the response
}

// traced returns the error for a Trace, nil if there is only a status. It is not the field,
// because a nil *Error in an error is not nil.
func (f failure) traced() error {
	if f.err == nil {
		return nil
	}
	return f.err
}

// verdict is what follows a failure.
type verdict struct {
	again bool
	out   bool // there is no other attempt only because something ran out
	free  bool // the attempt replaces a dead connection: it is made at once, and does not count
	wait  time.Duration
}
