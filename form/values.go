// Package form makes request bodies and queries.
//
// It is a leaf on the standard library: what it encodes, it writes itself, and
// it links neither fmt nor net/url nor mime.
package form

// Values is an ordered list of names and values. A name may come more than
// once; the order is kept on the wire.
//
//	form.Values{{"rev", "7"}, {"tag", "a b"}}
type Values [][2]string

// AppendQuery appends v to dst as the query of a URL, name=value joined by "&",
// and returns the result. Every byte that is not unreserved is
// percent-encoded, a space as %20 (RFC 3986, 2.3).
func (v Values) AppendQuery(dst []byte) []byte {
	for i, pair := range v {
		if i > 0 {
			dst = append(dst, '&')
		}
		dst = appendEscaped(dst, pair[0])
		dst = append(dst, '=')
		dst = appendEscaped(dst, pair[1])
	}
	return dst
}

func appendEscaped(dst []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		c := s[i]
		if unreserved(c) {
			dst = append(dst, c)
			continue
		}
		dst = append(dst, '%', hex[c>>4], hex[c&15])
	}
	return dst
}

// unreserved is RFC 3986, 2.3.
func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}
