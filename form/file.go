package form

import "io"

// A File is one part of a [Multipart].
type File struct {
	// Field is the name of the form field.
	Field string
	// Name is the file name. If empty, the part has none, as that of a text field has. A
	// Name that ends in a backslash is sent as it is, as browsers do, and some servers
	// then lose the part.
	Name string
	// ContentType is the type of the content. If empty, it is application/octet-stream
	// for a part with a Name, and other parts have none.
	ContentType string
	// Headers are further fields of the part, in order. Content-Disposition and
	// Content-Type are refused, because they are made from the other fields of File. So
	// are Content-Length and Content-Transfer-Encoding, which the parts of a form do not
	// have (RFC 7578, 4.7 and 4.8).
	Headers [][2]string
	// Content is read from where it stands to its io.EOF, while the body is sent. It is
	// not closed. It is used by one call at a time.
	//
	// To be sent again, Content needs a Rewind or a Seek. Rewind is called before every
	// call. If Content has Encode, as [JSON] has, Encode is called before the dial, and
	// no limit applies to the result. If it is a zreq.Sender, as the result of
	// upload.Open is, package upload lets it send itself where it can.
	Content io.Reader
	// Size is how many bytes Content gives. If zero, it is the result of [SizeOf] for
	// Content. If Content is an io.Seeker, its offset is subtracted, so that an *os.File
	// has the size of the rest of the file. If Size is negative, or if SizeOf does not
	// know it, as for a pipe, the size is unknown, and the body is sent in chunks.
	Size int64
}

// refusal says why the head of the part cannot be written, or returns "".
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

// appendHead appends the head of the part and its blank line.
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

// breaks reports whether s contains a byte that would end a line of the head.
func breaks(s string) bool { return holds(s, '\r') || holds(s, '\n') || holds(s, 0) }

// fold reports whether s equals lower, which is a token in lower case. It ignores only
// the case of ASCII.
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
