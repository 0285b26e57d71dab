package exchange

import "errors"

// The kinds of failure, which zreq exports with their documentation. A response that ended
// early is wire.ErrTruncated.
var (
	ErrConnect  = errors.New("connection failed")                      // it broke before a response began
	ErrStale    = errors.New("kept connection was closed by the peer") // the same, if it had carried a request before
	ErrResponse = errors.New("bad response")                           // the peer broke the rules of HTTP, or a limit
	ErrBody     = errors.New("bad request body")                       // it could not be read, or is not as long as its size
)

// An Error adds to an error its kind, or a text that says more than its own, and not both at
// once. zreq makes its own errors of it, too. A timeout is returned as it is, without a kind.
type Error struct {
	Kind error  // nil: it has none
	Err  error  // what has happened
	Text string // "" if Err says it all
}

// Error returns what has happened.
func (e *Error) Error() string {
	if e.Text != "" {
		return e.Text
	}
	return e.Err.Error()
}

// Unwrap returns what has happened, and never the kind.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of err and what has happened, or nil and err if it has no kind.
func KindOf(err error) (kind, cause error) {
	if e, ok := err.(*Error); ok && e.Kind != nil {
		return e.Kind, e.Err
	}
	return nil, err
}

var errUnasked = &Error{Kind: ErrResponse, Err: errors.New("the peer sent bytes before the request")}

// noAnswer is the text of the error if the peer closes the connection before a response
// begins. The error wraps io.EOF, because callers that retry look for it. It cannot be taken
// for the good end of a body, because none was being read.
const noAnswer = "connection closed before any response: EOF"
