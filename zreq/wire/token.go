package wire

// tokenBytes is the set of bytes that a token may contain (RFC 9110, 5.6.2).
var tokenBytes = bitsOf("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

// A byteSet is a set of bytes.
type byteSet [256]bool

func bitsOf(members string) (set byteSet) {
	for i := range len(members) {
		set[members[i]] = true
	}
	return set
}

// TokenLength returns the length of the token (RFC 9110, 5.6.2) at the start of b.
func TokenLength(b []byte) int {
	for i, c := range b {
		if !tokenBytes[c] {
			return i
		}
	}
	return len(b)
}

// IsToken reports whether s is a token (RFC 9110, 5.6.2), as a method and the name of a
// field are.
func IsToken(s string) bool {
	for i := range len(s) {
		if !tokenBytes[s[i]] {
			return false
		}
	}
	return len(s) > 0
}

// EqualName reports whether the field names or tokens name and s are equal. It ignores
// the case of ASCII letters only: under Unicode case-folding a long s would equal an s.
func EqualName(name []byte, s string) bool {
	if len(name) != len(s) {
		return false
	}
	for i := 0; i < len(name); i++ {
		x, y := name[i], s[i]
		if x != y && lower(x) != lower(y) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// indexByte is bytes.IndexByte. It is written out because the core of the client does not
// import package bytes.
func indexByte(b []byte, c byte) int {
	for i := range b {
		if b[i] == c {
			return i
		}
	}
	return -1
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func isControl(c byte) bool { return c < ' ' || c == 0x7f }

func hexValue(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case 'a' <= lower(c) && lower(c) <= 'f':
		return int(lower(c)-'a') + 10
	default:
		return -1
	}
}
