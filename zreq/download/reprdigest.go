package download

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"github.com/zreq-go/zreq/zreq"
)

// digestOf returns the SHA-256 in the Repr-Digest of a response (RFC 9530, 3), or nil. The
// field is a dictionary (RFC 9651, 3.2) of digests by algorithm. If any of it cannot be
// parsed, all of it is ignored (RFC 9651, 4.2); an algorithm that is not known is skipped.
func digestOf(r *zreq.Response) []byte {
	lines := r.Values("Repr-Digest")
	if len(lines) == 0 {
		return nil
	}
	// Lines are joined before they are parsed (RFC 9651, 4.2).
	d := dictionary{strings.Join(lines, ", ")}
	return d.sha256()
}

// dictionary is what is left to parse of a dictionary of a structured field.
type dictionary struct{ rest string }

// sha256 returns the value of the member sha-256; nil if there is none that can be used.
// Of a member that is repeated the last one counts (RFC 9651, 4.2.2).
func (d *dictionary) sha256() (digest []byte) {
	d.rest = strings.Trim(d.rest, " ")
	for d.rest != "" {
		key, ok := d.key()
		var value []byte
		if ok && d.take('=') {
			value, ok = d.item()
		}
		if !ok || !d.parameters() {
			return nil
		}
		if key == "sha-256" {
			digest = nil
			if len(value) == sha256.Size {
				digest = value
			}
		}
		d.space()
		if d.rest == "" {
			return digest
		}
		if !d.take(',') {
			return nil
		}
		if d.space(); d.rest == "" {
			return nil // a trailing comma is an error (RFC 9651, 4.2.2)
		}
	}
	return digest
}

// take removes c from the front.
func (d *dictionary) take(c byte) bool {
	if d.rest == "" || d.rest[0] != c {
		return false
	}
	d.rest = d.rest[1:]
	return true
}

// space removes optional white space.
func (d *dictionary) space() { d.rest = strings.TrimLeft(d.rest, " \t") }

// run removes as many bytes as is allows.
func (d *dictionary) run(is func(c byte) bool) string {
	n := 0
	for n < len(d.rest) && is(d.rest[n]) {
		n++
	}
	s := d.rest[:n]
	d.rest = d.rest[n:]
	return s
}

// key reads a key (RFC 9651, 4.2.3.3).
func (d *dictionary) key() (string, bool) {
	if d.rest == "" || !isLower(d.rest[0]) && d.rest[0] != '*' {
		return "", false
	}
	return d.run(func(c byte) bool { return isLower(c) || isDigit(c) || strings.IndexByte("_-.*", c) >= 0 }), true
}

// parameters skips the parameters of an item (RFC 9651, 4.2.3.2).
func (d *dictionary) parameters() bool {
	for d.take(';') {
		d.rest = strings.TrimLeft(d.rest, " ")
		if _, ok := d.key(); !ok {
			return false
		}
		if d.take('=') {
			if _, ok := d.bare(); !ok {
				return false
			}
		}
	}
	return true
}

// item reads an item or an inner list; only a byte sequence has a value.
func (d *dictionary) item() (value []byte, ok bool) {
	if !d.take('(') {
		return d.bare()
	}
	for {
		d.rest = strings.TrimLeft(d.rest, " ")
		if d.take(')') {
			return nil, true
		}
		if _, ok := d.bare(); !ok || !d.parameters() {
			return nil, false
		}
		if d.rest == "" || d.rest[0] != ' ' && d.rest[0] != ')' {
			return nil, false
		}
	}
}

// bare reads a bare item (RFC 9651, 4.2.3.1).
func (d *dictionary) bare() (value []byte, ok bool) {
	if d.rest == "" {
		return nil, false
	}
	switch c := d.rest[0]; {
	case c == ':':
		return d.bytes()
	case c == '"':
		return nil, d.text()
	case c == '%':
		d.rest = d.rest[1:]
		return nil, d.display()
	case c == '?':
		d.rest = d.rest[1:]
		return nil, d.take('0') || d.take('1')
	case c == '@':
		d.rest = d.rest[1:]
		return nil, d.number(false)
	case c == '-' || isDigit(c):
		return nil, d.number(true)
	case c == '*' || isLetter(c):
		d.run(func(c byte) bool {
			return isLetter(c) || isDigit(c) || strings.IndexByte("!#$%&'*+-.^_`|~:/", c) >= 0
		})
		return nil, true
	}
	return nil, false
}

// bytes reads a byte sequence (RFC 9651, 4.2.7). Padding may be missing there, but the
// bits that are left over must be zero here: no sender has a reason to set them.
func (d *dictionary) bytes() ([]byte, bool) {
	text, rest, ok := strings.Cut(d.rest[1:], ":")
	if !ok {
		return nil, false
	}
	d.rest = rest
	for _, c := range []byte(text) {
		if !isLetter(c) && !isDigit(c) && c != '+' && c != '/' && c != '=' {
			return nil, false // the decoder would skip line ends
		}
	}
	value, err := base64.RawStdEncoding.Strict().DecodeString(strings.TrimRight(text, "="))
	return value, err == nil
}

// text skips a string (RFC 9651, 4.2.5).
func (d *dictionary) text() bool {
	for i := 1; i < len(d.rest); i++ {
		switch c := d.rest[i]; {
		case c == '"':
			d.rest = d.rest[i+1:]
			return true
		case c == '\\':
			if i++; i == len(d.rest) || d.rest[i] != '"' && d.rest[i] != '\\' {
				return false
			}
		case c < ' ' || c > '~':
			return false
		}
	}
	return false
}

// display skips a display string behind its percent sign (RFC 9651, 4.2.10).
func (d *dictionary) display() bool {
	if !d.take('"') {
		return false
	}
	var text []byte
	for i := 0; i < len(d.rest); i++ {
		switch c := d.rest[i]; {
		case c == '"':
			d.rest = d.rest[i+1:]
			return utf8.Valid(text)
		case c == '%':
			if i+2 >= len(d.rest) || !isLowerHex(d.rest[i+1]) || !isLowerHex(d.rest[i+2]) {
				return false
			}
			text = append(text, unhex(d.rest[i+1])<<4|unhex(d.rest[i+2]))
			i += 2
		case c < ' ' || c > '~':
			return false
		default:
			text = append(text, c)
		}
	}
	return false
}

// unhex returns the value of a digit that isLowerHex.
func unhex(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c - 'a' + 10
}

// number skips an integer, or a decimal if that is allowed (RFC 9651, 4.2.4).
func (d *dictionary) number(decimal bool) bool {
	d.take('-')
	whole := len(d.run(isDigit))
	if whole == 0 || whole > 15 {
		return false
	}
	if !decimal || !d.take('.') {
		return true
	}
	part := len(d.run(isDigit))
	return whole <= 12 && part >= 1 && part <= 3
}

func isDigit(c byte) bool    { return '0' <= c && c <= '9' }
func isLower(c byte) bool    { return 'a' <= c && c <= 'z' }
func isLetter(c byte) bool   { return isLower(c | 0x20) }
func isLowerHex(c byte) bool { return isDigit(c) || 'a' <= c && c <= 'f' }
