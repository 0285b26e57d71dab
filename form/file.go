package form

import "io"

// A File is one part of a [Multipart].
type File struct {
	// Field is the name of the form field.
	Field string
	// Name is the file name. If empty the part has none, as that of a text field.
	// One that ends in a backslash goes out as it is, as from a browser, and some
	// servers then lose the part.
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
	// called before the dial, and no limit holds for what it makes. If it is a
	// zreq.Sender, as what upload.Open returns, package upload has it send itself
	// where it can. It is used by one call at a time.
	Content io.Reader
	// Size is how many bytes Content gives. If zero, it is what [SizeOf] says of
	// Content, less the offset of a Content that is an io.Seeker: an *os.File has
	// the size of what is left of the file. If negative, or if SizeOf does not know,
	// as of a pipe, the size is unknown, and the body goes out chunked.
	Size int64
}

// refusal is the reason why the head of the part would say something else than
// it should, or "".
func (f *File) refusal() string {
	if holds(f.Field, 0) || holds(f.Name, 0) {
		return "a name has a NUL"
	}
	if breaks(f.ContentType) {
		return "the content type has a line break or NUL"
	}
	for _, h := range f.Headers {
		reason := ""
		switch {
		case !token(h[0]):
			return "a header name is no token (RFC 9110, 5.6.2)"
		case breaks(h[1]):
			reason = "has a line break or NUL"
		case fold(h[0], "content-disposition"), fold(h[0], "content-type"):
			reason = "is made from the other fields of File"
		case fold(h[0], "content-length"), fold(h[0], "content-transfer-encoding"):
			reason = "is not used in forms (RFC 7578, 4.7 and 4.8)"
		}
		if reason != "" {
			return "header " + h[0] + " " + reason
		}
	}
	return ""
}

// appendHead appends the head of the part with its blank line.
func (f *File) appendHead(dst []byte) []byte {
	dst = appendText(dst, `Content-Disposition: form-data; name="`)
	dst = appendName(dst, f.Field, true)
	mediatype := f.ContentType
	if f.Name != "" {
		dst = appendText(dst, `"; filename="`)
		dst = appendName(dst, f.Name, false)
		if mediatype == "" {
			mediatype = "application/octet-stream"
		}
	}
	dst = appendText(dst, "\"\r\n")
	if mediatype != "" {
		dst = appendText(dst, "Content-Type: ", mediatype, "\r\n")
	}
	for _, h := range f.Headers {
		dst = appendText(dst, h[0], ": ", h[1], "\r\n")
	}
	return appendText(dst, "\r\n")
}

// appendText appends texts to dst, one after the other.
func appendText(dst []byte, texts ...string) []byte {
	for _, s := range texts {
		dst = append(dst, s...)
	}
	return dst
}

// breaks reports what would end a line of the head.
func breaks(s string) bool { return holds(s, '\r') || holds(s, '\n') || holds(s, 0) }

// fold compares a token with one in small letters, in ASCII alone.
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
