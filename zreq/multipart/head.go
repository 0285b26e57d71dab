package multipart

import (
	"bytes"
	"iter"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/wire"
)

// Head is the head of a part. It is valid until the next part begins.
type Head struct {
	fields []byte // the field lines
	index  int
	size   int64
	ranged bool // span holds the Content-Range
	span   contentRange
}

// contentRange is what the Content-Range of a part says. size is -1 if it is not known.
type contentRange struct{ first, last, size int64 }

// Index returns which part it is, counted from 0.
func (h *Head) Index() int { return h.index }

// Size returns the number of bytes that the part announces, by its Content-Length or its
// Content-Range. It is -1 if the part announces none.
func (h *Head) Size() int64 { return h.size }

// Header returns the value of the first field of that name, without regard to case. It is
// empty if there is none.
func (h *Head) Header(name string) string {
	for rest := h.fields; len(rest) > 0; {
		field, value, more, _ := wire.NextField(rest)
		if wire.EqualName(field, name) {
			return string(value)
		}
		rest = more
	}
	return ""
}

// All returns the fields as they came, in their order. A folded value is on one line.
func (h *Head) All() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for rest := h.fields; len(rest) > 0; {
			name, value, more, _ := wire.NextField(rest)
			if !yield(string(name), string(value)) {
				return
			}
			rest = more
		}
	}
}

// ContentRange returns the numbers in the Content-Range of a part of multipart/byteranges:
// the first and the last byte, counted from 0, and the size of the whole, which is -1 if
// the server does not know it. ok is false for a part of any other type.
func (h *Head) ContentRange() (first, last, size int64, ok bool) {
	return h.span.first, h.span.last, h.span.size, h.ranged
}

// parse takes over the field lines of a part, and finds out its size. ranged says that
// the part needs a Content-Range. total is the size of the whole that the earlier parts
// had, or -1.
func (h *Head) parse(lines []byte, ranged bool, total int64) error {
	h.fields = append(h.fields[:0], lines...)
	h.size, h.ranged, h.span = -1, ranged, contentRange{}
	if !unfold(h.fields) {
		return ErrMalformed
	}
	ranges := 0
	for rest := h.fields; len(rest) > 0; {
		name, value, more, _ := wire.NextField(rest)
		rest = more
		switch {
		case wire.EqualName(name, "Content-Length"):
			size, ok := parseLength(value)
			if !ok || h.size >= 0 && h.size != size {
				h.size = -1
				return errBadLength
			}
			h.size = size
		case wire.EqualName(name, "Content-Range") && ranged:
			var ok bool
			ranges++
			h.span.first, h.span.last, h.span.size, ok = zreq.ParseContentRange(string(value))
			if !ok || h.span.first < 0 {
				return ErrRange
			}
		}
	}
	if !ranged {
		return nil
	}
	length := h.span.last - h.span.first + 1
	contradicts := h.size >= 0 && h.size != length || total >= 0 && h.span.size >= 0 && h.span.size != total
	if ranges != 1 || contradicts {
		return ErrRange
	}
	h.size = length
	return nil
}

// unfold puts folded lines on one (RFC 822, 3.1.1), and reports whether each line is a
// field.
func unfold(block []byte) bool {
	for at := 0; at < len(block); {
		n := wire.TokenLength(block[at:])
		if n == 0 || at+n == len(block) || block[at+n] != ':' {
			return false
		}
		end := joinLines(block, at+n)
		if end < 0 {
			return false
		}
		at = end
	}
	return true
}

// joinLines replaces line ends from at on by spaces, as long as the next line is a
// continuation, and returns where the next field begins. It is -1 if there is a control
// character that no value has.
func joinLines(block []byte, at int) int {
	for {
		n := bytes.IndexByte(block[at:], '\n')
		if n < 0 {
			return -1
		}
		end := at + n + 1
		if bytes.ContainsAny(bytes.TrimSuffix(block[at:end-1], []byte{'\r'}), "\r\x00") {
			return -1
		}
		if end == len(block) || block[end] != ' ' && block[end] != '\t' {
			return end
		}
		for i := end - 1; i >= at && (block[i] == '\n' || block[i] == '\r'); i-- {
			block[i] = ' '
		}
		at = end
	}
}

// parseLength reads a Content-Length: digits that an int64 can hold.
func parseLength(value []byte) (n int64, ok bool) {
	for _, c := range value {
		if c < '0' || c > '9' || n > (1<<63-1-int64(c-'0'))/10 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, len(value) > 0
}
