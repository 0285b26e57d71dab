package digest

import "errors"

// Errors of [Check] for a 401 that an [Auth] could have answered.
var (
	// ErrPassword means that the 401 has a challenge that can be answered, so the server
	// did not accept the answer: the user name or the password is wrong. [Check] lists
	// the calls that send no answer.
	ErrPassword = errors.New("the server refused the user name or the password")

	// ErrStale means that the 401 says stale=true: the server has changed its nonce
	// during the call. The password is right (RFC 7616, 3.3), and the same call may
	// succeed when it is made again.
	ErrStale = errors.New("the server changed its nonce in the middle of the call")
)

// Errors of [Check] for a 401 that cannot be answered.
var (
	ErrNoDigest  = errors.New("no Digest challenge")
	ErrMalformed = errors.New("malformed Digest challenge")
	ErrTooLong   = errors.New("a Digest challenge over 4096 bytes")
	ErrAlgorithm = errors.New("algorithm of the Digest challenge unknown (RFC 7616, 6.1), or forbidden (FIPS 140)")
	ErrQop       = errors.New("no known quality of protection in the Digest challenge (RFC 7616, 3.3)")
)

// ErrBody means that the server asks for auth-int, so the body would have to be hashed
// before it is sent, but it has neither Rewind nor a working Seek.
var ErrBody = errors.New("auth-int needs a body that can be read twice (RFC 7616, 3.4.3)")

var errNil = errors.New("the *digest.Auth is nil: make one with New, or leave Args.Auth nil")

var errCount = errors.New("the body returned an impossible count")

// The errors of a user name quote nothing of it.
var errUser = errors.New("control character in the user name of Digest")
