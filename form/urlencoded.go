package form

import "io"

// URLEncoded is the body of an HTML form without files. Its text is made while
// it is read. The zero value is empty.
type URLEncoded struct{ encoder encoder }

// Read gives the next bytes of the text.
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

// Size counts the bytes of the whole text.
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

// ContentType is "application/x-www-form-urlencoded".
func (u *URLEncoded) ContentType() string { return "application/x-www-form-urlencoded" }

// Rewind goes back to the first byte. It fails only if u is nil.
func (u *URLEncoded) Rewind() error {
	if u == nil {
		return errNil
	}
	u.encoder.reset()
	return nil
}
