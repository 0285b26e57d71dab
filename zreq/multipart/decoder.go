package multipart

import (
	"bytes"

	"github.com/zreq-go/zreq/zreq/wire"
)

// maxPreamble bounds what may come before the first part.
const maxPreamble = 64 << 10

// phase is where in the body the decoder is.
type phase uint8

const (
	inPreamble  phase = iota // at the start of a line before the first delimiter
	inLine                   // within such a line
	inHead                   // in the field lines of a part
	atContent                // at the first byte of a content that ends at a delimiter
	inContent                // within it
	inLength                 // in a content whose length is known
	afterLength              // where the delimiter must follow
	atEnd                    // behind the last delimiter
)

// event is what the decoder has found at the start of its input.
type event uint8

const (
	needMore   event = iota // nothing, before there is more input
	moved                   // something that is no part
	partBegins              // decoder.head has its fields
	data                    // content of the part
	partEnds
	bodyEnds
)

// decoder finds the parts in what has been received. It reads nothing itself, so that a
// Reader can pull and a Splitter can be pushed.
type decoder struct {
	args      Args
	delimiter delimiter
	replace   bool // multipart/x-mixed-replace
	ranged    bool // multipart/byteranges

	phase    phase
	preamble int   // bytes before the first delimiter
	looked   int   // bytes of the head that were searched for its end
	left     int64 // bytes of the content that are to come
	total    int64 // the size of the whole that the ranges are of, or -1
	index    int   // of the part, or -1
	head     Head
}

func newDecoder(contentType string, args *Args) (decoder, error) {
	a, err := args.withDefaults()
	if err != nil {
		return decoder{}, err
	}
	m, err := parseMediaType(contentType)
	if err != nil {
		return decoder{}, err
	}
	return decoder{
		args:      a,
		delimiter: newDelimiter(m.boundary),
		replace:   m.subtype == "x-mixed-replace",
		ranged:    m.subtype == "byteranges",
		total:     -1,
		index:     -1,
	}, nil
}

// next looks at p, which is all that was received and not used. It returns how many bytes
// of p it has used. With data these are the content.
func (d *decoder) next(p []byte) (e event, used int, err error) {
	switch d.phase {
	case inPreamble, inLine:
		e, used, err = d.skipPreamble(p)
	case inHead:
		e, used, err = d.readHead(p)
	case atContent, inContent:
		e, used = d.readContent(p)
	case inLength:
		e, used = d.readLength(p)
	case afterLength:
		e, used, err = d.readDelimiter(p)
	case atEnd:
		e = bodyEnds
	}
	if e == needMore && err == nil && len(p) >= d.args.Buffer {
		err = ErrTooLarge
	}
	return e, used, d.fail(err)
}

// fail names the part in which err happened.
func (d *decoder) fail(err error) error {
	if err == nil {
		return nil
	}
	return &Error{Part: d.index, Err: err}
}

// follow takes note of a delimiter.
func (d *decoder) follow(f finding) {
	if f == last {
		d.phase = atEnd
		return
	}
	d.phase, d.looked = inHead, 0
	d.index++
}

// skipPreamble skips a line before the first delimiter (RFC 2046, 5.1.1).
func (d *decoder) skipPreamble(p []byte) (e event, used int, err error) {
	if d.phase == inPreamble {
		f, n := d.delimiter.at(p)
		if f == none && d.replace && d.preamble == 0 {
			f, n = beginsWithField(p), 0
		}
		switch f {
		case partial:
			return needMore, 0, nil
		case between, last:
			d.follow(f)
			return moved, n, nil
		}
	}
	if len(p) == 0 {
		return needMore, 0, nil
	}
	used = bytes.IndexByte(p, '\n') + 1
	d.phase = inPreamble
	if used == 0 {
		d.phase, used = inLine, len(p)
	}
	d.preamble += used
	if d.preamble > maxPreamble {
		return moved, used, errPreamble
	}
	return moved, used, nil
}

// beginsWithField tells whether p is the first field of a part that has no delimiter
// before it.
func beginsWithField(p []byte) finding {
	const start = "Content-"
	n := min(len(p), len(start))
	switch {
	case !wire.EqualName(p[:n], start[:n]):
		return none
	case n < len(start):
		return partial
	}
	return between
}

// readHead reads the head of a part: field lines, and a blank one.
func (d *decoder) readHead(p []byte) (e event, used int, err error) {
	lines, used := cutHead(p, d.looked)
	if used == 0 {
		d.looked = max(d.looked, len(p))
		return needMore, 0, nil
	}
	if err := d.head.parse(p[:lines], d.ranged, d.total); err != nil && !(err == errBadLength && d.ignoresLength()) {
		return moved, used, err
	}
	d.head.index = d.index
	d.total = max(d.total, d.head.span.size)
	d.phase = atContent
	if d.head.size >= 0 && !d.ignoresLength() {
		d.phase, d.left = inLength, d.head.size
	}
	return partBegins, used, nil
}

// ignoresLength reports whether a part ends at a delimiter even if it has a length.
func (d *decoder) ignoresLength() bool { return d.args.IgnoreLength && !d.ranged }

// cutHead finds the blank line that ends a head, and returns how long the field lines are,
// and how long they are with it. used is 0 if it has not arrived. It is not within the
// first looked bytes.
func cutHead(p []byte, looked int) (lines, used int) {
	for at := max(0, looked-2); at < len(p); {
		rest := p[at:]
		if at == 0 || p[at-1] == '\n' {
			if rest[0] == '\n' {
				return at, at + 1
			}
			if bytes.HasPrefix(rest, []byte("\r\n")) {
				return at, at + 2
			}
		}
		n := bytes.IndexByte(rest, '\n')
		if n < 0 {
			break
		}
		at += n + 1
	}
	return 0, 0
}

// readContent reads a content that ends with a line end and a delimiter.
func (d *decoder) readContent(p []byte) (e event, used int) {
	if d.phase == atContent {
		switch f, n := d.delimiter.at(p); f {
		case partial:
			return needMore, 0
		case between, last:
			d.follow(f)
			return partEnds, n
		}
		d.phase = inContent
	}
	for line := 0; ; {
		n := bytes.IndexByte(p[line:], '\n')
		if n < 0 {
			used = len(bytes.TrimSuffix(p, []byte{'\r'})) // it may begin a line end
			break
		}
		line += n + 1
		f, n := d.delimiter.at(p[line:])
		if f == none {
			continue
		}
		used = len(bytes.TrimSuffix(p[:line-1], []byte{'\r'}))
		if used == 0 && f != partial {
			d.follow(f)
			return partEnds, line + n
		}
		break
	}
	if used == 0 {
		return needMore, 0
	}
	return data, used
}

// readLength reads a content whose length is known.
func (d *decoder) readLength(p []byte) (e event, used int) {
	if d.left == 0 {
		d.phase = afterLength
		return moved, 0
	}
	used = int(min(d.left, int64(len(p))))
	d.left -= int64(used)
	if used == 0 {
		return needMore, 0
	}
	return data, used
}

// maxLineEnds bounds the line ends between a content whose length is known and the delimiter.
// There should be one (RFC 2046, 5.1.1), but some cameras send a blank line as well.
const maxLineEnds = 4

// readDelimiter reads the delimiter behind a content whose length is known. The line end
// before it may be missing, or be counted by the length.
func (d *decoder) readDelimiter(p []byte) (e event, used int, err error) {
	line, most := 0, maxLineEnds
	if d.ranged {
		most = 1
	}
	for ; most > 0; most-- {
		rest := p[line:]
		if len(rest) == 1 && rest[0] == '\r' {
			return needMore, 0, nil
		}
		switch {
		case bytes.HasPrefix(rest, []byte("\r\n")):
			line += 2
		case bytes.HasPrefix(rest, []byte{'\n'}):
			line++
		default:
			most = 1 // it is the last one
		}
	}
	switch f, n := d.delimiter.at(p[line:]); f {
	case none:
		return moved, 0, ErrLength
	case partial:
		return needMore, 0, nil
	default:
		d.follow(f)
		return partEnds, line + n, nil
	}
}
