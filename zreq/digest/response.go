package digest

import (
	"math"
	"strings"
	"unicode/utf8"
)

const (
	auth    = "auth"
	authInt = "auth-int"
)

// maxCount is the largest nonce count that eight digits can express.
const maxCount = math.MaxUint32

// A response is the Authorization that answers an offer (RFC 7616, 3.4).
type response struct {
	*offer
	user, method, target string
	qop, cnonce          string
	count                uint32
	body                 string // its hash, for auth-int
}

// append appends the credentials in the order of RFC 7616, 3.9. Parameters must be
// quoted, or not, exactly as there (RFC 7616, 3.4).
func (r *response) append(dst []byte, password string) []byte {
	dst = r.appendUser(append(dst, "Digest "...))
	dst = appendQuoted(append(dst, ", realm="...), r.realm)
	dst = appendQuoted(append(dst, ", uri="...), r.target)
	if r.spelling != "" {
		dst = append(append(dst, ", algorithm="...), r.spelling...)
	}
	dst = appendQuoted(append(dst, ", nonce="...), r.nonce)
	if r.qop != "" { // without it neither may be sent (RFC 2617, 3.2.2)
		dst = append(append(dst, ", nc="...), eightDigits(r.count)...)
		dst = appendQuoted(append(dst, ", cnonce="...), r.cnonce)
		dst = append(append(dst, ", qop="...), r.qop...)
	}
	dst = appendQuoted(append(dst, ", response="...), r.digest(password))
	if r.returnsOpaque {
		dst = appendQuoted(append(dst, ", opaque="...), r.opaque)
	}
	if r.userhash {
		dst = append(dst, ", userhash=true"...)
	}
	return dst
}

// digest returns the value of the parameter response (RFC 7616, 3.4.1 to 3.4.3).
func (r *response) digest(password string) string {
	a := &algorithms[r.algorithm]
	a1 := a.digest(r.user, r.realm, password)
	if r.sess {
		a1 = a.digest(a1, r.nonce, r.cnonce)
	}
	a2 := a.digest(r.method, r.target)
	if r.qop == authInt {
		a2 = a.digest(r.method, r.target, r.body)
	}
	if r.qop == "" {
		return a.digest(a1, r.nonce, a2) // RFC 2617, 3.2.2.1
	}
	return a.digest(a1, r.nonce, eightDigits(r.count), r.cnonce, r.qop, a2)
}

// appendUser appends the user name in one of three ways: hashed if the server asks for
// that (RFC 7616, 3.4.4); as username* if it has characters that have no meaning in a
// quoted-string (RFC 7616, 3.4) and the server knows username*; otherwise as it is.
func (r *response) appendUser(dst []byte) []byte {
	switch {
	case r.userhash:
		return appendQuoted(append(dst, "username="...), algorithms[r.algorithm].digest(r.user, r.realm))
	case r.modern && !isASCII(r.user) && utf8.ValidString(r.user):
		return appendExtended(append(dst, "username*="...), r.user)
	}
	return appendQuoted(append(dst, "username="...), r.user)
}

// appendQuoted appends a quoted-string (RFC 9110, 5.6.4).
func appendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			dst = append(dst, '\\')
		}
		dst = append(dst, s[i])
	}
	return append(dst, '"')
}

// quotedLen returns the length of s in a quoted-string.
func quotedLen(s string) int { return len(s) + strings.Count(s, `"`) + strings.Count(s, `\`) }

// appendExtended appends an ext-value (RFC 8187, 3.2.1).
func appendExtended(dst []byte, s string) []byte {
	const digits = "0123456789ABCDEF"
	dst = append(dst, "UTF-8''"...)
	for i := range len(s) {
		if c := s[i]; isLetterOrDigit(c) || isOneOf(c, "!#$&+-.^_`|~") {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', digits[c>>4], digits[c&15])
		}
	}
	return dst
}

// eightDigits writes a nonce count.
func eightDigits(n uint32) string {
	return hex([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
