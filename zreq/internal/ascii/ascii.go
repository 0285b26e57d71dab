// Package ascii has the few string functions that a URL and a head need. They know
// the letters of ASCII and no others, as HTTP does: the functions of package strings
// fold over all of Unicode, and bring its tables into the program.
package ascii

// IndexByte returns the index of the first c in s, -1 if there is none.
func IndexByte(s string, c byte) int {
	for i := range len(s) {
		if s[i] == c {
			return i
		}
	}
	return -1
}

// Split splits s before its first byte that is one of seps. If s has none, rest is empty.
func Split(s, seps string) (before, rest string) {
	if seps == "" {
		return s, ""
	}
	before, _ = Split(s, seps[1:])
	if i := IndexByte(before, seps[0]); i >= 0 {
		before = before[:i]
	}
	return before, s[len(before):]
}

// EqualFold reports whether a and b are equal without regard to case.
func EqualFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := 0; i < len(a); i++ {
		x, y := a[i], b[i]
		if x != y && Lower(x) != Lower(y) { // most names are written as we write them
			return false
		}
	}
	return true
}

// CutPrefixFold returns s without the prefix, without regard to case, and whether s began
// with it.
func CutPrefixFold(s, prefix string) (rest string, found bool) {
	if len(s) < len(prefix) || !EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// Lower returns c in lower case.
func Lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// ToLower returns s in lower case: s itself if it is that already.
func ToLower(s string) string {
	for i := range len(s) {
		if Lower(s[i]) == s[i] {
			continue
		}
		p := []byte(s)
		for j := i; j < len(p); j++ {
			p[j] = Lower(p[j])
		}
		return string(p)
	}
	return s
}

// IsAlphanumeric reports whether c is a letter or a digit.
func IsAlphanumeric(c byte) bool {
	return 'a' <= Lower(c) && Lower(c) <= 'z' || '0' <= c && c <= '9'
}

// Unhex returns the value of a hexadecimal digit, -1 if c is none.
func Unhex(c byte) int {
	switch c = Lower(c); {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

// Unescape returns s with its percent-encoded bytes decoded. It stops at a '%' that begins no
// escape, and returns the rest of s from there; the rest is empty if there is none.
func Unescape(s string) (decoded, rest string) {
	p, n := []byte(s), 0
	for s != "" {
		c := s[0]
		if c == '%' {
			if len(s) < 3 {
				break
			}
			high, low := Unhex(s[1]), Unhex(s[2])
			if high < 0 || low < 0 {
				break
			}
			c, s = byte(high<<4|low), s[2:]
		}
		p[n], s = c, s[1:]
		n++
	}
	return string(p[:n]), s
}
