package zreq

import "github.com/zreq-go/zreq/zreq/internal/ascii"

// byteRange is the one range of a Range field: bytes=first-last. If its end is open, last is
// negative. If it is a suffix (bytes=-n), first is -1 and last is n.
type byteRange struct{ first, last int64 }

// contentRange is Content-Range: bytes first-last/size; size is -1 for "*".
type contentRange struct {
	byteRange
	size int64
}

const maxInt64 = 1<<63 - 1

// parse reads a Range with one range of bytes (RFC 9110, 14.1.1 and 14.2).
func (r *byteRange) parse(s string) bool {
	s, ok := ascii.CutPrefixFold(s, "bytes=")
	if !ok {
		return false
	}
	if n, rest, ok := cutInt(s, "-"); ok {
		r.first, r.last = -1, n
		return rest == "" && n > 0
	}
	s, ok = r.cut(s)
	return ok && s == ""
}

// parse reads a Content-Range (RFC 9110, 14.4). Of one that says only how long the whole
// is, as that of a 416, first and last are -1.
func (c *contentRange) parse(s string) bool {
	s, ok := ascii.CutPrefixFold(s, "bytes ")
	if !ok {
		return false
	}
	if n, rest, ok := cutInt(s, "*/"); ok {
		c.first, c.last, c.size = -1, -1, n
		return rest == ""
	}
	s, ok = c.cut(s)
	// A range that ends at the largest int64 has one byte more than an int64 counts.
	if !ok || c.last < 0 || c.last == maxInt64 {
		return false
	}
	if s == "/*" {
		c.size = -1
		return true
	}
	c.size, s, ok = cutInt(s, "/")
	return ok && s == "" && c.size > c.last
}

// ParseContentRange reads a Content-Range, such as that of a part of multipart/byteranges:
// the first and the last byte, counted from 0, and the size of the whole, which is -1 for
// "*". Of one that says only how long the whole is ("bytes */10"), first and last are -1.
// ok is false if the field is malformed, in another unit, or too large for an int64 (RFC
// 9110, 14.4).
func ParseContentRange(field string) (first, last, size int64, ok bool) {
	var c contentRange
	if !c.parse(field) {
		return 0, 0, 0, false
	}
	return c.first, c.last, c.size, true
}

// cut reads first-last, or first- with an open end, from the front of s.
func (r *byteRange) cut(s string) (rest string, ok bool) {
	r.first, s, ok = cutInt(s, "")
	if !ok {
		return s, false
	}
	if r.last, rest, ok = cutInt(s, "-"); ok {
		return rest, r.last >= r.first
	}
	r.last = -1
	return ascii.CutPrefixFold(s, "-")
}

// resolve replaces a suffix, an open end, and an end beyond the whole by positions in a
// whole of that size.
func (r *byteRange) resolve(size int64) {
	switch {
	case size < 0: // nothing says how long the whole is
	case r.first < 0:
		r.first, r.last = max(0, size-r.last), size-1
	case r.last < 0 || r.last >= size:
		r.last = size - 1
	}
}

// cutInt reads lead, and a run of digits behind it, from the front of s.
func cutInt(s, lead string) (n int64, rest string, ok bool) {
	s, led := ascii.CutPrefixFold(s, lead)
	for led && s != "" && '0' <= s[0] && s[0] <= '9' {
		if n < 0 || n > maxInt64/10 { // it has run over, or will
			return 0, s, false
		}
		n, s, ok = n*10+int64(s[0]-'0'), s[1:], true
	}
	return n, s, ok && n >= 0
}
