package zreq

import "github.com/zreq-go/zreq/zreq/wire"

// charsetOf returns the first charset parameter of a Content-Type as it stands
// there, without its quotes. It is nil if there is none or the field is no
//
//	type "/" subtype *( OWS ";" OWS [ name "=" ( token / quoted-string ) ] )
//
// (RFC 9110, 8.3.1 and 5.6.6). What it returns aliases field.
func charsetOf(field []byte) (charset []byte) {
	n := tokenLength(field)
	if n == 0 || n == len(field) || field[n] != '/' {
		return nil
	}
	field = field[n+1:]
	if n = tokenLength(field); n == 0 {
		return nil
	}
	for field = skipBlanks(field[n:]); len(field) > 0; field = skipBlanks(field) {
		if field[0] != ';' {
			return nil
		}
		field = skipBlanks(field[1:])
		n = tokenLength(field)
		if n == 0 {
			continue // a parameter may be empty
		}
		// No whitespace around "=", not even bad one (5.6.6).
		if n == len(field) || field[n] != '=' {
			return nil
		}
		value, rest, ok := cutParameter(field[n+1:])
		if !ok {
			return nil
		}
		if charset == nil && wire.EqualName(field[:n], "charset") {
			charset = value // not nil, also when empty
		}
		field = rest
	}
	return charset
}

// cutParameter takes the value of a parameter off p: a token, or what is between
// quotes, its escapes as they are (RFC 9110, 5.6.4).
func cutParameter(p []byte) (value, rest []byte, ok bool) {
	if len(p) == 0 || p[0] != '"' {
		n := tokenLength(p)
		return p[:n], p[n:], n > 0
	}
	for i := 1; i < len(p); i++ {
		if p[i] == '"' {
			return p[1:i], p[i+1:], true
		}
		if p[i] == '\\' {
			i++
		}
		if i == len(p) || p[i] != '\t' && (p[i] < ' ' || p[i] == 0x7f) {
			break
		}
	}
	return nil, p, false
}

func skipBlanks(p []byte) []byte {
	for len(p) > 0 && (p[0] == ' ' || p[0] == '\t') {
		p = p[1:]
	}
	return p
}

// tokenLength returns how many bytes at the start of p are those of a token
// (RFC 9110, 5.6.2).
func tokenLength(p []byte) int {
	for i, c := range p {
		letter := 'a' <= lower(c) && lower(c) <= 'z'
		digit := '0' <= c && c <= '9'
		if !letter && !digit && indexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return i
		}
	}
	return len(p)
}
