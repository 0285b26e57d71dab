package form

// appendFieldName appends the name of a form field. A lone CR and a lone LF
// become CRLF; file names are left as they are (HTML, "multipart/form-data
// encoding algorithm").
func appendFieldName(dst []byte, name string) []byte {
	for i := range len(name) {
		c := name[i]
		if c == '\n' && (i == 0 || name[i-1] != '\r') {
			dst = append(dst, "%0D"...)
		}
		dst = appendNameByte(dst, c)
		if c == '\r' && (i+1 == len(name) || name[i+1] != '\n') {
			dst = append(dst, "%0A"...)
		}
	}
	return dst
}

// appendName appends a file name.
func appendName(dst []byte, name string) []byte {
	for i := range len(name) {
		dst = appendNameByte(dst, name[i])
	}
	return dst
}

// appendNameByte escapes as browsers do: "The user agent must not perform any
// other escapes." A backslash and a percent sign stay.
func appendNameByte(dst []byte, c byte) []byte {
	switch c {
	case '"':
		return append(dst, "%22"...)
	case '\r':
		return append(dst, "%0D"...)
	case '\n':
		return append(dst, "%0A"...)
	}
	return append(dst, c)
}
