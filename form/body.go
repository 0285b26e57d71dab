package form

import "io"

// A Body is what a request carries. It may have two more methods, which zreq
// asks for:
//
//	Rewind() error
//
// makes the next Read give the first byte again, or says why it cannot. zreq
// calls it once before the dial, so that one Args serves many calls, and again
// before it sends the body a second time. While nothing has been read it
// succeeds, unless the body itself is bad: so that is known before the dial.
//
//	Encode() error
//
// makes the whole body in memory, once. zreq calls it before the dial, and then
// holds Size against its limit.
//
// The bodies of this package have Rewind. They serve one call at a time: none is
// safe for concurrent use.
type Body interface {
	io.Reader
	// Size is how many bytes the whole body has. If negative nobody knows, and
	// it goes out in chunks.
	Size() int64
	// ContentType is the value of the Content-Type field.
	ContentType() string
}

// Parts is a body to which fields can be added, as a [Multipart] is one.
type Parts interface {
	Body
	// With returns a body with the fields ahead of what is there.
	With(fields Values) Body
}
