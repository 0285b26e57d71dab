package exchange

import (
	"errors"
	"io"
)

// Cause says what kind of failure an Error is.
type Cause uint8

// The causes.
const (
	Broken      Cause = iota + 1 // the connection broke before a response began
	Stale                        // a connection that had carried a request before did
	Truncated                    // the response ended early
	BadResponse                  // the peer broke the rules of HTTP, or a limit
	BadBody                      // the body of the request could not be read, or is not as long as it said
)

// An Error is a failure of an exchange that has a Cause. A timeout has none, and comes as it
// is.
type Error struct {
	Cause Cause
	Err   error
	text  string // "" if Err says it all
}

// Error returns what has happened.
func (e *Error) Error() string {
	if e.text != "" {
		return e.text
	}
	return e.Err.Error()
}

// Unwrap returns what has happened.
func (e *Error) Unwrap() error { return e.Err }

// CauseOf returns the Cause of err and what has happened; 0 and err if it has none.
func CauseOf(err error) (Cause, error) {
	if e, ok := err.(*Error); ok {
		return e.Cause, e.Err
	}
	return 0, err
}

var errUnasked = errors.New("the peer sent bytes before the request")

// noAnswer is the text of the error of a connection that the peer closed before a response
// began. That error wraps io.EOF, which callers who retry look for: no body was being read
// whose good end that could be.
const noAnswer = "connection closed before any response: EOF"

// truncated is the error of a response that is shorter than it said. It is never io.EOF,
// which says that all is well.
func truncated(err error) error {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return &Error{Cause: Truncated, Err: err}
}
