package form

// appendName appends a name that stands between quotes. It escapes what browsers escape,
// which "must not perform any other escapes": backslashes and percent signs stay. In the
// name of a field, but not of a file, a lone CR or LF becomes CRLF (HTML,
// "multipart/form-data encoding algorithm").
func appendName(dst []byte, name string, ofField bool) []byte {
	for i := range len(name) {
		text := name[i : i+1]
		switch text {
		case `"`:
			text = "%22"
		case "\r":
			text = "%0D"
			if ofField && (i+1 == len(name) || name[i+1] != '\n') {
				text = "%0D%0A"
			}
		case "\n":
			text = "%0A"
			if ofField && (i == 0 || name[i-1] != '\r') {
				text = "%0D%0A"
			}
		}
		dst = append(dst, text...)
	}
	return dst
}
