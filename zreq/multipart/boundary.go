package multipart

import (
	"bytes"

	"github.com/zreq-go/zreq/zreq/wire"
)

const (
	// maxBoundary is more than the 70 characters of RFC 2046, 5.1.1.
	maxBoundary = 200
	// maxPadding bounds the blanks that may follow the boundary in a delimiter. A line with
	// more blanks is content.
	maxPadding = 64
)

// mediaType is what a Content-Type says about a multipart body.
type mediaType struct {
	subtype  string
	boundary []byte
}

// parseMediaType reads a Content-Type. It asks only for what it needs: a multipart type,
// and a parameter boundary whose value has an end (RFC 9110, 8.3.1). Cameras send values
// without quotes that need them.
func parseMediaType(field string) (mediaType, error) {
	rest := []byte(field)
	n := wire.TokenLength(rest)
	if !wire.EqualName(rest[:n], "multipart") || n == len(rest) || rest[n] != '/' {
		return mediaType{}, ErrContentType
	}
	rest = rest[n+1:]
	n = wire.TokenLength(rest)
	m := mediaType{subtype: string(bytes.ToLower(rest[:n]))}
	for rest = rest[n:]; m.boundary == nil && len(rest) > 0; {
		var name, value []byte
		name, value, rest = cutParameter(rest)
		if wire.EqualName(name, "boundary") {
			m.boundary = value
		}
	}
	if m.subtype == "" || len(m.boundary) == 0 || len(m.boundary) > maxBoundary || bytes.ContainsAny(m.boundary, "\r\n\x00") {
		return mediaType{}, ErrContentType
	}
	return m, nil
}

// cutParameter takes ";name=value" off p. The value is what is between quotes, without its
// escapes, or what comes before the next semicolon.
func cutParameter(p []byte) (name, value, rest []byte) {
	p = bytes.TrimLeft(p, "; \t")
	n := wire.TokenLength(p)
	name, p = p[:n], bytes.TrimLeft(p[n:], " \t")
	if len(p) == 0 || p[0] != '=' {
		_, rest, _ = bytes.Cut(p, []byte{';'})
		return name, nil, rest
	}
	p = bytes.TrimLeft(p[1:], " \t")
	if len(p) == 0 || p[0] != '"' {
		value, rest, _ = bytes.Cut(p, []byte{';'})
		return name, bytes.TrimRight(value, " \t"), rest
	}
	for i := 1; i < len(p); i++ {
		switch p[i] {
		case '"':
			return name, value, p[i+1:]
		case '\\':
			i++
		}
		if i < len(p) {
			value = append(value, p[i])
		}
	}
	return name, nil, nil // the quotes have no end
}

// delimiter recognizes the lines between the parts (RFC 2046, 5.1.1):
//
//	"--" boundary [ "--" ] *( SP / HTAB ) line-end
type delimiter struct {
	dashed []byte // "--" boundary
	// bare is set if the boundary begins with dashes of its own. Some servers give the
	// delimiter for the boundary. The first line tells which of the two it is.
	bare []byte
}

func newDelimiter(boundary []byte) delimiter {
	d := delimiter{dashed: append([]byte("--"), boundary...)}
	if bytes.HasPrefix(boundary, []byte("--")) {
		d.bare = d.dashed[2:]
	}
	return d
}

// A finding is what is known of a line whose end may not have arrived.
type finding uint8

const (
	none    finding = iota // the line is no delimiter
	partial                // it may become one
	between                // it is one, and a part follows
	last                   // it is the last one
)

// at looks for a delimiter at the start of p, which is the start of a line, and returns
// how long it is.
func (d *delimiter) at(p []byte) (f finding, n int) {
	if f, n = lineOf(d.dashed, p); f > partial {
		d.bare = nil
		return f, n
	}
	if d.bare == nil {
		return f, n
	}
	g, n := lineOf(d.bare, p)
	if g > partial {
		d.dashed, d.bare = d.bare, nil
	}
	return max(f, g), n
}

// lineOf looks for a delimiter that begins with start.
func lineOf(start, p []byte) (f finding, n int) {
	if len(p) < len(start) {
		if bytes.HasPrefix(start, p) {
			return partial, 0
		}
		return none, 0
	}
	if !bytes.HasPrefix(p, start) {
		return none, 0
	}
	rest := p[len(start):]
	if bytes.HasPrefix(rest, []byte("--")) {
		return last, len(start) + 2
	}
	blanks := 0
	for blanks < len(rest) && blanks < maxPadding && (rest[blanks] == ' ' || rest[blanks] == '\t') {
		blanks++
	}
	n = len(start) + blanks
	switch end := rest[blanks:]; {
	case len(end) == 0, len(end) == 1 && end[0] == '\r', blanks == 0 && len(end) == 1 && end[0] == '-':
		return partial, 0
	case end[0] == '\n':
		return between, n + 1
	case end[0] == '\r' && end[1] == '\n':
		return between, n + 2
	}
	return none, 0
}
