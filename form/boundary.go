package form

import (
	"errors"
	"math/rand/v2"
)

var errBoundary = errors.New("illegal multipart boundary (RFC 2046, 5.1.1)")

// newBoundary returns a random boundary: 24 characters out of 36, or 124 bits. It is
// unlikely to occur in a file. It need not be secret.
func newBoundary() string {
	var b [24]byte
	for i := range b {
		b[i] = "0123456789abcdefghijklmnopqrstuvwxyz"[rand.IntN(36)]
	}
	return string(b[:])
}

// SetBoundary replaces the random boundary. A boundary has 1 to 70 letters, digits,
// spaces and characters out of '()+_,-./:=? and does not end in a space (RFC 2046,
// 5.1.1). None of the contents may contain it. Call SetBoundary before the body is used,
// and before With.
func (m *Multipart) SetBoundary(boundary string) error {
	n := len(boundary)
	if n == 0 || n > 70 || boundary[n-1] == ' ' {
		return errBoundary
	}
	for i := range n {
		if c := boundary[i]; !alphanumeric(c) && !holds("'()+_,-./:=? ", c) {
			return errBoundary
		}
	}
	m.boundary = boundary
	m.ready = false
	return nil
}

// ContentType returns "multipart/form-data" with the boundary, in quotes if necessary
// (RFC 2045, 5.1).
func (m *Multipart) ContentType() string {
	boundary := m.boundary
	if !token(boundary) {
		boundary = `"` + boundary + `"`
	}
	return "multipart/form-data; boundary=" + boundary
}

// token reports whether s is a token (RFC 9110, 5.6.2).
func token(s string) bool {
	for i := range len(s) {
		if c := s[i]; !alphanumeric(c) && !holds("!#$%&'*+-.^_`|~", c) {
			return false
		}
	}
	return s != ""
}

func holds(s string, c byte) bool {
	for i := range len(s) {
		if s[i] == c {
			return true
		}
	}
	return false
}
