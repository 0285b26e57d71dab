package form

// An encoder returns the percent-encoded text of values, byte by byte.
type encoder struct {
	values [][2]string
	half   uint  // index of the current string: 0 is the first name, 1 the first value, and so on
	at     int   // index in that string
	mark   byte  // the only byte besides those of plain that is not escaped: ~ in a query, * in a form
	cut    byte  // the byte that is being escaped
	digits uint8 // how many digits of its escape are still to come
}

// next returns the next byte, and false at the end.
func (e *encoder) next() (c byte, ok bool) {
	if e.digits > 0 {
		e.digits--
		c = "0123456789ABCDEF"[e.cut>>(4*e.digits)&15]
		return c, true
	}
	pair := e.half / 2
	if pair >= uint(len(e.values)) {
		return 0, false
	}
	s := e.values[pair][e.half%2]
	if e.at == len(s) {
		e.at = 0
		e.half++
		return "&="[e.half%2], e.half < 2*uint(len(e.values)) // none behind the last
	}
	c = s[e.at]
	e.at++
	if c == ' ' && e.mark == '*' {
		c = '+'
	} else if !plain(c) && c != e.mark {
		e.cut, e.digits = c, 2
		c = '%'
	}
	return c, true
}

// reset goes back to the first byte.
func (e *encoder) reset() { e.half, e.at, e.digits = 0, 0, 0 }

func (e *encoder) append(dst []byte) []byte {
	for {
		c, ok := e.next()
		if !ok {
			return dst
		}
		dst = append(dst, c)
	}
}

// plain reports whether c is not escaped in a query (RFC 3986, 2.3: unreserved) or in a
// form (WHATWG URL, "application/x-www-form-urlencoded percent-encode set").
func plain(c byte) bool {
	return alphanumeric(c) || c == '-' || c == '.' || c == '_'
}

func alphanumeric(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
}
