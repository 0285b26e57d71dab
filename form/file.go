package form

import (
	"errors"
	"io"
)

// A File is one part of a [Multipart].
type File struct {
	// Field is the name of the form field.
	Field string
	// Name is the file name. If empty the part has none, as that of a text field.
	Name string
	// ContentType is the type of the content. If empty it is
	// application/octet-stream for a part with a Name, else the part has none.
	ContentType string
	// Headers are further fields of the part's head, in this order. The fields
	// that form makes, Content-Disposition and Content-Type, are refused; so are
	// Content-Length and Content-Transfer-Encoding, which a part of a form does
	// not have (RFC 7578, 4.7 and 4.8).
	Headers [][2]string
	// Content is read from where it stands up to its io.EOF, while the body is
	// sent. It is not closed. To be sent again it needs Rewind, which is called
	// ahead of every call, or Seek. If it has Encode, as [JSON] has, that is
	// called before the dial. It is used by one call at a time.
	Content io.Reader
	// Size is how many bytes Content gives. If zero, Content is asked by its
	// method Size() int64, from which its offset is taken if it is an io.Seeker.
	// If negative, or if Content does not know, the size is unknown.
	Size int64
}

// check refuses what would make a head say something else than it should.
func (f *File) check() error {
	if holds(f.Field, 0) || holds(f.Name, 0) {
		return f.fail(errors.New("a name has a NUL"))
	}
	if breaks(f.ContentType) {
		return f.fail(errors.New("the content type has a line break or NUL"))
	}
	for _, h := range f.Headers {
		switch {
		case !token(h[0]):
			return f.fail(errors.New("a header name is no token (RFC 9110, 5.6.2)"))
		case breaks(h[1]):
			return f.fail(errors.New("header " + h[0] + " has a line break or NUL"))
		case fold(h[0], "content-disposition"), fold(h[0], "content-type"):
			return f.fail(errors.New("header " + h[0] + " is made from the other fields of File"))
		case fold(h[0], "content-length"), fold(h[0], "content-transfer-encoding"):
			return f.fail(errors.New("header " + h[0] + " is not used in forms (RFC 7578, 4.7 and 4.8)"))
		}
	}
	return nil
}

// appendHead appends the head of the part with its blank line.
func (f *File) appendHead(dst []byte) []byte {
	dst = append(dst, `Content-Disposition: form-data; name="`...)
	dst = appendFieldName(dst, f.Field)
	if f.Name != "" {
		dst = append(dst, `"; filename="`...)
		dst = appendName(dst, f.Name)
	}
	dst = append(dst, "\"\r\n"...)
	if f.ContentType != "" {
		dst = appendHeader(dst, "Content-Type", f.ContentType)
	} else if f.Name != "" {
		dst = appendHeader(dst, "Content-Type", "application/octet-stream")
	}
	for _, h := range f.Headers {
		dst = appendHeader(dst, h[0], h[1])
	}
	return append(dst, "\r\n"...)
}

func appendHeader(dst []byte, name, value string) []byte {
	dst = append(dst, name...)
	dst = append(dst, ": "...)
	dst = append(dst, value...)
	return append(dst, "\r\n"...)
}

// fail tells which part failed.
func (f *File) fail(err error) error { return &partError{f.Field, err} }

// breaks reports what would end a line of the head.
func breaks(s string) bool { return holds(s, '\r') || holds(s, '\n') || holds(s, 0) }

// fold compares s with lower, which has small letters and hyphens, in ASCII
// alone.
func fold(s, lower string) bool {
	if len(s) != len(lower) {
		return false
	}
	for i := range len(s) {
		if s[i]|0x20 != lower[i] {
			return false
		}
	}
	return true
}
