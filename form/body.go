package form

import "io"

// A Body is the body of a request. It may have two more methods, which zreq calls:
//
//	Rewind() error
//
// makes the next Read return the first byte again, or returns why that is not possible.
// zreq calls it once before it dials, so that one Args can serve many calls, and again
// before it sends the body a second time. While nothing has been read, Rewind fails only
// if the body itself is invalid. So that is known before the dial.
//
//	Encode() error
//
// creates the whole body in memory, once. zreq calls it before it dials, and then
// compares Size with its limit.
//
// The bodies of this package have Rewind. They are not safe for concurrent use: a body
// serves one call at a time.
type Body interface {
	io.Reader
	// Size returns the length of the whole body in bytes. If it is negative, the length
	// is not known, and the body is sent in chunks.
	Size() int64
	// ContentType returns the value of the Content-Type field.
	ContentType() string
}

// Parts is a body to which fields can be added, such as a [Multipart].
type Parts interface {
	Body
	// With returns a body with the fields before the existing parts.
	With(fields Values) Body
}
