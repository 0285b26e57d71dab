package zreq

import (
	"github.com/zreq-go/zreq/zreq/internal/ascii"
	"github.com/zreq-go/zreq/zreq/wire"
)

// charsetOf returns the first charset parameter of a Content-Type, without what
// stands around its name; its escapes are as they came. It aliases field. A field that
// breaks the grammar is searched for what its sender may have meant.
func charsetOf(field []byte) []byte {
	value, ok := parseCharset(field)
	if !ok {
		value = searchCharset(field)
	}
	for len(value) > 0 && surrounds(value[0]) {
		value = value[1:]
	}
	for len(value) > 0 && surrounds(value[len(value)-1]) {
		value = value[:len(value)-1]
	}
	return value
}

// surrounds says whether c may stand around the name of a charset: 'utf-8' is a token,
// and "\"utf-8\"" a quoted-string, but both mean a name.
func surrounds(c byte) bool { return c == '\'' || c == '"' || c == '\\' || c == ' ' || c == '\t' }

// parseCharset reads a Content-Type. It is not ok if that is no
//
//	type "/" subtype *( OWS ";" OWS [ name "=" ( token / quoted-string ) ] )
//
// (RFC 9110, 8.3.1 and 5.6.6).
func parseCharset(field []byte) (charset []byte, ok bool) {
	n := wire.TokenLength(field)
	if n == 0 || n == len(field) || field[n] != '/' {
		return nil, false
	}
	field = field[n+1:]
	if n = wire.TokenLength(field); n == 0 {
		return nil, false
	}
	for field = skipBlanks(field[n:]); len(field) > 0; field = skipBlanks(field) {
		if field[0] != ';' {
			return nil, false
		}
		field = skipBlanks(field[1:])
		n = wire.TokenLength(field)
		if n == 0 {
			continue // a parameter may be empty
		}
		// No whitespace around "=", not even bad one (5.6.6).
		if n == len(field) || field[n] != '=' {
			return nil, false
		}
		value, rest, ok := cutParameter(field[n+1:])
		if !ok {
			return nil, false
		}
		if charset == nil && wire.EqualName(field[:n], "charset") {
			charset = value // not nil, also when empty
		}
		field = rest
	}
	return charset, true
}

// searchCharset finds the word charset in a field that is malformed, and returns the
// name that follows it behind a "=" or a ":". Blanks and quotes may stand between.
func searchCharset(field []byte) []byte {
	for len(field) > 0 {
		n := nameLength(field)
		if n == 0 {
			field = field[1:]
			continue
		}
		word, rest := field[:n], field[n:]
		field = rest
		if !wire.EqualName(word, "charset") {
			continue
		}
		equals := false
		for len(rest) > 0 && (surrounds(rest[0]) || rest[0] == '=' || rest[0] == ':') {
			equals = equals || !surrounds(rest[0])
			rest = rest[1:]
		}
		name := rest[:nameLength(rest)]
		if equals && !wire.EqualName(name, "charset") {
			return name
		}
	}
	return nil
}

// nameLength returns how many bytes at the start of p may be those of the name of a
// charset, as far as there are such names.
func nameLength(p []byte) int {
	for i, c := range p {
		letter := 'a' <= ascii.Lower(c) && ascii.Lower(c) <= 'z'
		digit := '0' <= c && c <= '9'
		if !letter && !digit && ascii.IndexByte("-_.+", c) < 0 {
			return i
		}
	}
	return len(p)
}

// cutParameter takes the value of a parameter off p: a token, or what is between
// quotes, its escapes as they are (RFC 9110, 5.6.4).
func cutParameter(p []byte) (value, rest []byte, ok bool) {
	if len(p) == 0 || p[0] != '"' {
		n := wire.TokenLength(p)
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
