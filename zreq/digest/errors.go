package digest

import "errors"

// What [Check] says of a 401 that an [Auth] could have answered.
var (
	// ErrPassword is a 401 with a challenge that can be answered, so that the server
	// did not accept what was answered: user or password is wrong. [Check] names the
	// calls that answer nothing.
	ErrPassword = errors.New("the server refused the user name or the password")

	// ErrStale is a 401 that says stale=true: the server has changed its nonce in the
	// middle of the call. The password is right (RFC 7616, 3.3), and the same call may
	// succeed when it is made again.
	ErrStale = errors.New("the server changed its nonce in the middle of the call")
)

// What [Check] says of a 401 that nobody can answer.
var (
	ErrNoDigest  = errors.New("no Digest challenge")
	ErrMalformed = errors.New("malformed Digest challenge")
	ErrTooLong   = errors.New("a Digest challenge over 4096 bytes")
	ErrAlgorithm = errors.New("algorithm of the Digest challenge unknown (RFC 7616, 6.1), or forbidden (FIPS 140)")
	ErrQop       = errors.New("no known quality of protection in the Digest challenge (RFC 7616, 3.3)")
)

// ErrBody is a body that would have to be hashed before it is sent, which the
// server asks for by auth-int, and that has no Rewind, and no Seek that works.
var ErrBody = errors.New("auth-int needs a body that can be read twice (RFC 7616, 3.4.3)")

var errNil = errors.New("the *digest.Auth is nil: make one with New, or leave Args.Auth nil")

var errCount = errors.New("the body returned an impossible count")

// The errors of a user name quote nothing of it.
var errUser = errors.New("control character in the user name of Digest")
