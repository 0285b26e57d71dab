package zreq

// byteRange is the one range of a Range field: bytes=first-last. An open end is
// last < 0; of a suffix (bytes=-n) first is -1 and last is n.
type byteRange struct{ first, last int64 }

// contentRange is Content-Range: bytes first-last/size; size is -1 for "*".
type contentRange struct {
	byteRange
	size int64
}

const maxInt64 = 1<<63 - 1

// ContentRange returns the numbers in the Content-Range of a 206 or a 416: the first and
// the last byte of the part, counted from 0, and the size of the whole. size is -1 if the
// server does not know it ("bytes 0-9/*"). For a 416, which has no part ("bytes */10"),
// first and last are -1.
//
// ok is false if there is no Content-Range or more than one, or if it is malformed, in
// another unit, or too large for an int64. It is also false for a 206 in several parts,
// and for every other status, where the field has no meaning (RFC 9110, 14.4). With
// [Args.DropHead] call ContentRange in OnHead. [Response.Fit] reports whether the part is
// the one that was asked for.
func (r *Response) ContentRange() (first, last, size int64, ok bool) {
	field, count := r.field("Content-Range", 2)
	c, ok := parseContentRange(field)
	switch {
	case !ok, count != 1, r.inParts():
		return 0, 0, 0, false
	case r.Status == 206 && c.first >= 0, r.Status == 416 && c.first < 0:
		return c.first, c.last, c.size, true
	}
	return 0, 0, 0, false
}

// inParts reports whether the body is one of several ranges. A Content-Range beside
// it would not be that of the body (RFC 9110, 15.3.7.2).
func (r *Response) inParts() bool {
	return hasPrefixFold(r.Header("Content-Type"), "multipart/byteranges")
}

// parseRange reads a Range with one range of bytes (RFC 9110, 14.1.1 and 14.2).
func parseRange(s string) (r byteRange, ok bool) {
	if !hasPrefixFold(s, "bytes=") {
		return r, false
	}
	s = s[len("bytes="):]
	if s != "" && s[0] == '-' {
		r.first = -1
		r.last, s, ok = cutInt(s[1:])
		return r, ok && s == "" && r.last > 0
	}
	s, ok = r.cut(s)
	return r, ok && s == ""
}

// parseContentRange reads a Content-Range (RFC 9110, 14.4). Of one that says only how
// long the whole is, as that of a 416, first and last are -1.
func parseContentRange(s string) (c contentRange, ok bool) {
	if !hasPrefixFold(s, "bytes ") {
		return c, false
	}
	s = s[len("bytes "):]
	if hasPrefixFold(s, "*/") {
		c.first, c.last = -1, -1
		c.size, s, ok = cutInt(s[len("*/"):])
		return c, ok && s == ""
	}
	s, ok = c.cut(s)
	// A range that ends at the largest int64 has one byte more than an int64 counts.
	if !ok || c.last < 0 || c.last == maxInt64 || s == "" || s[0] != '/' {
		return c, false
	}
	if s == "/*" {
		c.size = -1
		return c, true
	}
	c.size, s, ok = cutInt(s[1:])
	return c, ok && s == "" && c.size > c.last
}

// cut reads first-last, or first- with an open end, from the front of s.
func (r *byteRange) cut(s string) (rest string, ok bool) {
	r.first, s, ok = cutInt(s)
	if !ok || s == "" || s[0] != '-' {
		return s, false
	}
	r.last, s, ok = cutInt(s[1:])
	if !ok {
		r.last = -1
		return s, true
	}
	return s, r.last >= r.first
}

// settle puts numbers to what size decides, the size of the whole: where a suffix
// begins, and where a range ends that goes beyond it or is open.
func (r *byteRange) settle(size int64) {
	switch {
	case size < 0: // nothing says how long the whole is
	case r.first < 0:
		r.first, r.last = max(0, size-r.last), size-1
	case r.last < 0 || r.last >= size:
		r.last = size - 1
	}
}

// cutInt reads a run of digits from the front of s. Not inlined: its copies cost
// 1 KB.
//
//go:noinline
func cutInt(s string) (n int64, rest string, ok bool) {
	i := 0
	for ; i < len(s) && '0' <= s[i] && s[i] <= '9'; i++ {
		if n > maxInt64/10 {
			return 0, s, false
		}
		if n = n*10 + int64(s[i]-'0'); n < 0 {
			return 0, s, false
		}
	}
	return n, s[i:], i > 0
}
