package wire

import "strconv"

// AppendMethod appends the start of a request line (RFC 9112, 3): the method and a
// space. If method is not a token, it returns dst and ErrBadMethod.
func AppendMethod(dst []byte, method string) ([]byte, error) {
	if !IsToken(method) {
		return dst, ErrBadMethod
	}
	dst = append(dst, method...)
	return append(dst, ' '), nil
}

// targetEncoded is the printable ASCII that a request target may contain only
// percent-encoded (RFC 3986, 2).
var targetEncoded = bitsOf(" \"<>\\^`{|}")

// Percent says what to do with a stray '%' in a request target: one that is not followed
// by two hexadecimal digits, and so does not begin an escape (RFC 3986, 2.1).
type Percent uint8

const (
	PercentRefused Percent = iota // refuse the target with ErrBadTarget
	PercentEncoded                // replace it by %25
	PercentKept                   // leave it as it is
)

// AppendTarget appends a request target or a part of one, such as a path or a query. It
// percent-encodes bytes that a target may not contain, such as a space, and leaves
// escapes as they are. For a control character, '#' or a '%' without two hexadecimal
// digits it returns dst and ErrBadTarget, since they show that target is not what the
// caller thinks it is.
func AppendTarget(dst []byte, target string) ([]byte, error) {
	return AppendLooseTarget(dst, target, PercentRefused)
}

// AppendLooseTarget is AppendTarget, except that percent says what to do with a stray
// '%'.
func AppendLooseTarget(dst []byte, target string, percent Percent) ([]byte, error) {
	start := len(dst)
	for i := range len(target) {
		c := target[i]
		stray := c == '%' && percent != PercentKept && !isEncoded(target[i:])
		switch {
		case c == '#', isControl(c), stray && percent == PercentRefused:
			return dst[:start], ErrBadTarget
		case c >= 0x80, targetEncoded[c], stray:
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return dst, nil
}

const upperHex = "0123456789ABCDEF"

// isEncoded reports whether s begins with % and two hexadecimal digits.
func isEncoded(s string) bool {
	return len(s) >= 3 && hexValue(s[1]) >= 0 && hexValue(s[2]) >= 0
}

// AppendVersion appends the end of a request line: a space, HTTP/1.1 and a line end.
func AppendVersion(dst []byte) []byte {
	return append(dst, " HTTP/1.1\r\n"...)
}

// AppendField appends a field line. The name must be a token, or it returns dst and
// ErrBadFieldName. The value must not contain control characters other than tabs, nor
// begin or end with whitespace, or it returns dst and ErrBadFieldValue.
func AppendField(dst []byte, name, value string) ([]byte, error) {
	if !IsToken(name) {
		return dst, ErrBadFieldName
	}
	if !isFieldValue(value) {
		return dst, ErrBadFieldValue
	}
	for _, part := range [...]string{name, ": ", value, "\r\n"} {
		dst = append(dst, part...)
	}
	return dst, nil
}

// isFieldValue reports whether s is a field-value (RFC 9110, 5.5). It may contain bytes
// beyond ASCII.
func isFieldValue(s string) bool {
	if s == "" {
		return true
	}
	if isBlank(s[0]) || isBlank(s[len(s)-1]) {
		return false
	}
	for i := range len(s) {
		if isControl(s[i]) && s[i] != '\t' {
			return false
		}
	}
	return true
}

// AppendEnd appends the blank line that ends a head.
func AppendEnd(dst []byte) []byte {
	return append(dst, "\r\n"...)
}

// AppendUint appends n in decimal, as the value of a Content-Length. It appends 0 for a
// negative n.
func AppendUint(dst []byte, n int64) []byte {
	return strconv.AppendInt(dst, max(n, 0), 10)
}

// AppendChunkSize appends the line before a chunk of n bytes. The caller writes the bytes
// and a CRLF after it. AppendChunkSize appends nothing if n is below 1, because a chunk
// of size 0 ends the body.
func AppendChunkSize(dst []byte, n int64) []byte {
	if n < 1 {
		return dst
	}
	return append(strconv.AppendInt(dst, n, 16), "\r\n"...)
}

// AppendChunk appends data as one chunk. It appends nothing if data is empty, because an
// empty chunk ends the body.
func AppendChunk(dst, data []byte) []byte {
	if len(data) == 0 {
		return dst
	}
	dst = AppendChunkSize(dst, int64(len(data)))
	dst = append(dst, data...)
	return AppendEnd(dst)
}

// AppendLastChunk appends the end of a chunked body without trailers.
func AppendLastChunk(dst []byte) []byte {
	return append(dst, "0\r\n\r\n"...)
}
