package wire

// HasToken reports whether token is a member of value, a comma-separated list. It ignores
// the case of ASCII letters. The line ends of a folded value count as whitespace.
func HasToken(value []byte, token string) bool {
	for more := true; more; {
		var member []byte
		member, value, more = NextMember(value)
		if EqualName(member, token) {
			return true
		}
	}
	return false
}

// NextMember returns the first member of a comma-separated list (RFC 9110, 5.6.1), which
// may be empty, and the rest of the list. more reports whether a comma followed the
// member.
func NextMember(list []byte) (member, rest []byte, more bool) {
	i := indexByte(list, ',')
	if i < 0 {
		return trimLines(list), nil, false
	}
	return trimLines(list[:i]), list[i+1:], true
}

// trimLines takes whitespace and line ends off both ends of b. They are not part of a
// field value (RFC 9112, 5.1).
func trimLines(b []byte) []byte {
	for len(b) > 0 && (isBlank(b[0]) || b[0] == '\r' || b[0] == '\n') {
		b = b[1:]
	}
	for len(b) > 0 && (isBlank(b[len(b)-1]) || b[len(b)-1] == '\r' || b[len(b)-1] == '\n') {
		b = b[:len(b)-1]
	}
	return b[:len(b):len(b)]
}

// isChunked reports whether chunked is the only coding in a Transfer-Encoding. Empty
// members are ignored (RFC 9110, 5.6.1.2).
func isChunked(value []byte) bool {
	found := false
	for more := true; more; {
		var member []byte
		member, value, more = NextMember(value)
		if len(member) == 0 {
			continue
		}
		// A sender MUST NOT apply the coding more than once (RFC 9112, 6.1).
		if found || !EqualName(member, "chunked") {
			return false
		}
		found = true
	}
	return found
}

// parseLength reads a Content-Length: a number, or a list that repeats one number, which
// a recipient may accept (RFC 9110, 8.6).
func parseLength(value []byte) (int64, bool) {
	length := int64(-1)
	for more := true; more; {
		var member []byte
		member, value, more = NextMember(value)
		n, ok := parseDecimal(member)
		if !ok || length >= 0 && n != length {
			return 0, false
		}
		length = n
	}
	return length, true
}

// parseDecimal reads 1*DIGIT that fit into an int64. No other form of a number is
// allowed on the wire: no sign, no space, no underscore.
func parseDecimal(digits []byte) (int64, bool) {
	n := int64(0)
	for _, c := range digits {
		if !isDigit(c) {
			return 0, false
		}
		if n > maxInt64/10 {
			return 0, false
		}
		if n = n*10 + int64(c-'0'); n < 0 {
			return 0, false
		}
	}
	return n, len(digits) > 0
}
