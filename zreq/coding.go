package zreq

import "io"

// A Coding undoes a content coding (RFC 9110, 8.4.1). It is safe for concurrent
// use. Package gzip registers gzip and deflate.
type Coding interface {
	// Decode returns a reader of what r becomes without the coding. r gives the
	// body as it comes, and is an io.ByteReader: what is read of r beyond the end
	// is looked at by nobody. io.EOF says that the end of the coding itself was
	// seen, and all its checks held; io.ErrUnexpectedEOF that r ended before that.
	//
	// Close is called once, when nothing more is read, and does not close r. The
	// reader may be used for another response afterwards.
	Decode(r io.Reader) (io.ReadCloser, error)
}

// codings are those that were registered, in their order.
var codings []namedCoding

type namedCoding struct {
	name   string
	coding Coding
}

// acceptEncoding is what a request says of them, "" if there are none.
var acceptEncoding string

// RegisterCoding makes c undo the coding of that name, in lower case, in all
// responses from now on, and requests ask for it. It is called by an init, before
// the first request: it is not synchronised. A name that is taken, or is no token,
// and a nil c panic.
func RegisterCoding(name string, c Coding) {
	if c == nil {
		panic("zreq: the coding " + name + " is nil")
	}
	for _, known := range codings {
		if equalFold(known.name, name) {
			panic("zreq: the coding " + name + " is registered twice")
		}
	}
	codings = append(codings, namedCoding{name, c})
	if acceptEncoding != "" {
		acceptEncoding += ", "
	}
	acceptEncoding += name
}
