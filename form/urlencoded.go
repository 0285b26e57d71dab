package form

import "io"

// URLEncoded is the body of an HTML form without files. Its text is made as it is read.
// The zero value is empty.
type URLEncoded struct{ encoder encoder }

// Read returns the next bytes of the text.
func (u *URLEncoded) Read(p []byte) (int, error) {
	for n := range p {
		c, ok := u.encoder.next()
		if !ok {
			return n, io.EOF
		}
		p[n] = c
	}
	return len(p), nil
}

// Size returns the number of bytes of the whole text.
func (u *URLEncoded) Size() int64 {
	e := u.encoder
	e.reset()
	var n int64
	for {
		if _, ok := e.next(); !ok {
			return n
		}
		n++
	}
}

// ContentType returns "application/x-www-form-urlencoded".
func (u *URLEncoded) ContentType() string { return "application/x-www-form-urlencoded" }

// Rewind goes back to the first byte. It fails only if u is nil.
func (u *URLEncoded) Rewind() error {
	if u == nil {
		return errNil
	}
	u.encoder.reset()
	return nil
}
