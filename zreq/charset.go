package zreq

import (
	"errors"
	"unicode/utf16"
	"unicode/utf8"
)

// ErrCharset means that the text is in a charset that is neither built in nor known to
// the function given to [SetCharsets]. The error names the charset.
var ErrCharset = errors.New("unknown charset")

// charsetError is ErrCharset for one charset.
type charsetError struct {
	name string // fit to be shown
	cut  error  // what Content returns beside it
}

func (e *charsetError) Error() string {
	text := ErrCharset.Error() + ` "` + e.name + `": call zreq.SetCharsets, or choose one by TextAs`
	if cut, ok := e.cut.(*Error); ok {
		text += "; " + cut.reason()
	}
	return text
}

func (e *charsetError) Is(target error) bool { return target == ErrCharset }
func (e *charsetError) Unwrap() error        { return e.cut }

// findCharsets is set while the program starts.
var findCharsets func(name string) func([]byte) ([]byte, error)

// SetCharsets sets the function that [Response.Text] calls for charsets that are not
// built in. A nil find removes it. SetCharsets is not synchronized. Call it at start-up,
// before the first request.
//
// find is called with a name in lower case, of at most 40 printable ASCII characters. It
// returns a function that converts content to UTF-8, or nil if it does not know the
// charset. That function must neither modify nor keep the content, which belongs to the
// Response.
//
// golang.org/x/text has all charsets that browsers know. They add 1 MB to a program:
//
//	zreq.SetCharsets(func(name string) func([]byte) ([]byte, error) {
//		e, err := htmlindex.Get(name)
//		if err != nil {
//			return nil
//		}
//		return e.NewDecoder().Bytes
//	})
//
// A single charset adds less. This one adds 100 KB:
//
//	zreq.SetCharsets(func(name string) func([]byte) ([]byte, error) {
//		if name != "windows-1252" {
//			return nil
//		}
//		return charmap.Windows1252.NewDecoder().Bytes
//	})
func SetCharsets(find func(name string) (decode func([]byte) ([]byte, error))) { findCharsets = find }

// maxCharset is how long the name of a charset can be. The registry of IANA has
// "up to 40 characters taken from the printable characters of US-ASCII".
const maxCharset = 40

// charsetName has room for a name, and one byte by which a longer one shows.
type charsetName [maxCharset + 1]byte

// findCharset asks the program for a charset, if name can be that of one.
func findCharset(name []byte) func([]byte) ([]byte, error) {
	if findCharsets == nil || len(name) > maxCharset {
		return nil
	}
	for _, c := range name {
		if !printable(c) {
			return nil
		}
	}
	return findCharsets(string(name))
}

// shown returns name for an error: short, and on one line.
func shown(name []byte) string {
	text := append([]byte(nil), name...)
	for i, c := range text {
		if !printable(c) {
			text[i] = '?'
		}
	}
	if len(text) > maxCharset {
		text = append(text[:maxCharset], "..."...)
	}
	return string(text)
}

func printable(c byte) bool { return ' ' < c && c < 0x7f }

// appendBare appends name without its hyphens and low lines, which servers put in and
// leave out as they like.
func appendBare(dst, name []byte) []byte {
	for _, c := range name {
		if c != '-' && c != '_' {
			dst = append(dst, c)
		}
	}
	return dst
}

// mark is the byte order mark of UTF-8.
const mark = "\xef\xbb\xbf"

// withoutMark takes the mark off the front of p, and reports whether there was one.
func withoutMark(p []byte) ([]byte, bool) {
	if len(p) >= len(mark) && string(p[:len(mark)]) == mark {
		return p[len(mark):], true
	}
	return p, false
}

// decodeBuiltIn decodes p from the charset name, in lower case, if that is built
// in. No name is UTF-8.
func decodeBuiltIn(name, p []byte) (text string, ok bool) {
	var room charsetName
	switch string(appendBare(room[:0], name)) {
	case "", "utf8":
		p, _ = withoutMark(p)
		if utf8.Valid(p) {
			return string(p), true
		}
		return toUTF8(p, firstUTF8), true
	case "iso88591", "latin1", "l1":
		return toUTF8(p, firstLatin1), true
	case "usascii", "ascii", "ansix3.41968":
		return toUTF8(p, firstASCII), true
	case "utf16":
		if len(p) >= 2 && p[0] == 0xff && p[1] == 0xfe {
			return toUTF8(p[2:], firstUTF16LE), true
		}
		if len(p) >= 2 && p[0] == 0xfe && p[1] == 0xff {
			p = p[2:]
		}
		return toUTF8(p, firstUTF16BE), true
	case "utf16be":
		return toUTF8(p, firstUTF16BE), true
	case "utf16le":
		return toUTF8(p, firstUTF16LE), true
	}
	return "", false
}

// toUTF8 makes UTF-8 of p. first reads the first character of what is left, which
// is not empty, and says how many bytes it takes. All is read twice, so that
// nothing has to grow.
func toUTF8(p []byte, first func([]byte) (rune, int)) string {
	length := 0
	for rest := p; len(rest) > 0; {
		r, n := first(rest)
		length += utf8.RuneLen(r)
		rest = rest[n:]
	}
	text := make([]byte, 0, length)
	for rest := p; len(rest) > 0; {
		r, n := first(rest)
		text = utf8.AppendRune(text, r)
		rest = rest[n:]
	}
	return string(text)
}

// firstUTF8 takes as much for one bad character as could have become a good one:
// the maximal subpart of the Unicode Standard, 3.9, and of the WHATWG's decoder.
func firstUTF8(p []byte) (rune, int) {
	r, n := utf8.DecodeRune(p)
	if r == utf8.RuneError {
		for n < len(p) && !utf8.FullRune(p[:n+1]) {
			n++
		}
	}
	return r, n
}

func firstLatin1(p []byte) (rune, int) { return rune(p[0]), 1 }

func firstASCII(p []byte) (rune, int) {
	if p[0] >= utf8.RuneSelf {
		return utf8.RuneError, 1
	}
	return rune(p[0]), 1
}

func firstUTF16BE(p []byte) (rune, int) { return firstUTF16(p, 0) }
func firstUTF16LE(p []byte) (rune, int) { return firstUTF16(p, 1) }

// firstUTF16 reads one unit, or the two of a surrogate pair (RFC 2781, 2.2). high
// is where the high byte of a unit is.
func firstUTF16(p []byte, high int) (rune, int) {
	if len(p) < 2 {
		return utf8.RuneError, 1
	}
	r := rune(p[high])<<8 | rune(p[1-high])
	if !utf16.IsSurrogate(r) {
		return r, 2
	}
	if len(p) < 4 {
		return utf8.RuneError, 2
	}
	pair := utf16.DecodeRune(r, rune(p[2+high])<<8|rune(p[3-high]))
	if pair == utf8.RuneError {
		return pair, 2 // what follows may be a character of its own
	}
	return pair, 4
}
