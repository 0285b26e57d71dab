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
	Stale                        // the same, on a connection that had carried a request before
	Truncated                    // the response ended early
	BadResponse                  // the peer broke the rules of HTTP, or a limit
	BadBody                      // the body of the request could not be read, or is not as long as its size
)

// An Error is a failure of an exchange with its Cause. A timeout has none, and is returned as
// it is.
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

// CauseOf returns the Cause of err and the error behind it, or 0 and err if err is no Error.
func CauseOf(err error) (Cause, error) {
	if e, ok := err.(*Error); ok {
		return e.Cause, e.Err
	}
	return 0, err
}

var errUnasked = &Error{Cause: BadResponse, Err: errors.New("the peer sent bytes before the request")}

// noAnswer is the text of the error if the peer closes the connection before a response
// begins. The error wraps io.EOF, because callers that retry look for it. It cannot be taken
// for the good end of a body, because none was being read.
const noAnswer = "connection closed before any response: EOF"

// truncated returns the error of a response that ended early. It never wraps io.EOF, which
// means a good end.
func truncated(err error) error {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return &Error{Cause: Truncated, Err: err}
}
