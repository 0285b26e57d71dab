package form

import "io"

// Raw is a body that is held in memory.
type Raw struct {
	bytes       []byte
	contentType string
	at          int // the byte that Read gives next
}

// Bytes returns a body with the content b. b stays the caller's and must not change until
// the call returns. If contentType is empty, no Content-Type is sent.
func Bytes(b []byte, contentType string) *Raw {
	return &Raw{bytes: b, contentType: contentType}
}

// Read returns the next bytes.
func (r *Raw) Read(p []byte) (int, error) {
	if r.at == len(r.bytes) && len(p) > 0 {
		return 0, io.EOF
	}
	n := copy(p, r.bytes[r.at:])
	r.at += n
	return n, nil
}

// Size returns the number of bytes.
func (r *Raw) Size() int64 { return int64(len(r.bytes)) }

// ContentType returns the type that was passed to Bytes.
func (r *Raw) ContentType() string { return r.contentType }

// Rewind goes back to the first byte. It fails only if r is nil.
func (r *Raw) Rewind() error {
	if r == nil {
		return errNil
	}
	r.at = 0
	return nil
}
