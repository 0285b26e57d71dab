package wire

import "strconv"

// AppendMethod appends the method and a space: the start of a request line
// (RFC 9112, 3).
func AppendMethod(dst []byte, method string) ([]byte, error) {
	if !isToken(method) {
		return dst, ErrBadMethod
	}
	return appendText(appendText(dst, method), " "), nil
}

// appendText is append. Not inlined: its copies cost 1 KB.
//
//go:noinline
func appendText(dst []byte, s string) []byte { return append(dst, s...) }

// targetEncoded has the ASCII, but for control characters, that may stand in a request target only
// percent-encoded (RFC 3986, 2).
var targetEncoded = bitsOf(" \"<>\\^`{|}")

// A Percent says what becomes of a '%' in a request target that two hexadecimal digits
// do not follow, so that it begins no escape (RFC 3986, 2.1).
type Percent uint8

// What becomes of such a '%'.
const (
	PercentRefused Percent = iota // the target is ErrBadTarget
	PercentEncoded                // it becomes %25
	PercentKept                   // it stays as it is
)

// AppendTarget appends a request target or a part of one, such as a path or a
// query. Bytes that may not stand in one, a space among them, are percent-encoded;
// what is encoded already is left as it is. Control characters, '#' and a '%' without
// two hexadecimal digits are refused, for they show that the caller's text is not
// what it should be.
func AppendTarget(dst []byte, target string) ([]byte, error) {
	return AppendLooseTarget(dst, target, PercentRefused)
}

// AppendLooseTarget is AppendTarget, and percent says what becomes of a '%' that begins
// no escape.
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

// isEncoded says whether s begins with % and two hexadecimal digits.
func isEncoded(s string) bool {
	return len(s) >= 3 && hexValue(s[1]) >= 0 && hexValue(s[2]) >= 0
}

// AppendVersion appends the end of a request line.
func AppendVersion(dst []byte) []byte {
	return appendText(dst, " HTTP/1.1\r\n")
}

// AppendField appends a field line. The name must be a token; the value may not
// have control characters but tabs, nor whitespace at its ends.
func AppendField(dst []byte, name, value string) ([]byte, error) {
	if !isToken(name) {
		return dst, ErrBadFieldName
	}
	if !isFieldValue(value) {
		return dst, ErrBadFieldValue
	}
	dst = appendText(appendText(dst, name), ": ")
	return appendText(appendText(dst, value), "\r\n"), nil
}

// isFieldValue says whether s is a field-value (RFC 9110, 5.5), which may have
// bytes beyond ASCII.
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
	return appendText(dst, "\r\n")
}

// AppendUint appends n in decimal, the value of a Content-Length. A negative n,
// which no length is, gives 0.
func AppendUint(dst []byte, n int64) []byte {
	return strconv.AppendInt(dst, max(n, 0), 10)
}

// AppendChunkSize appends the line before a chunk of n bytes; the caller writes
// those and a CRLF behind it. A size below 1 gives nothing: it would end the
// body.
func AppendChunkSize(dst []byte, n int64) []byte {
	if n < 1 {
		return dst
	}
	return appendText(strconv.AppendInt(dst, n, 16), "\r\n")
}

// AppendChunk appends data as one chunk, and nothing if there is none: an empty
// chunk would end the body.
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
	return appendText(dst, "0\r\n\r\n")
}
