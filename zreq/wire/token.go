package wire

// tokenBytes is the set of bytes that a token may contain (RFC 9110, 5.6.2).
const tokenBytes = (1<<10-1)<<'0' | (1<<26-1)<<'a' | (1<<26-1)<<'A' |
	1<<'!' | 1<<'#' | 1<<'$' | 1<<'%' | 1<<'&' | 1<<'\'' | 1<<'*' | 1<<'+' |
	1<<'-' | 1<<'.' | 1<<'^' | 1<<'_' | 1<<'`' | 1<<'|' | 1<<'~'

// A byteSet is a set of ASCII characters: bit c%32 of number c/32 is that of c.
type byteSet [8]uint32

func (s *byteSet) has(c byte) bool { return s[c/32]>>(c%32)&1 != 0 }

const word = 1<<32 - 1

var token = byteSet{0, tokenBytes >> 32 & word, tokenBytes >> 64 & word, tokenBytes >> 96 & word}

// TokenLength returns the length of the token (RFC 9110, 5.6.2) at the start of b.
func TokenLength(b []byte) int {
	for i, c := range b {
		if !token.has(c) {
			return i
		}
	}
	return len(b)
}

// IsToken reports whether s is a token (RFC 9110, 5.6.2), as a method and the name of a
// field are.
func IsToken(s string) bool {
	for i := range len(s) {
		if !token.has(s[i]) {
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
