package digest

import "errors"

// Why nobody can answer a 401: see [Check].
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

var errCount = errors.New("the body returned an impossible count")

// The errors of a user name quote nothing of it.
var errUser = errors.New("control character in the user name of Digest")
