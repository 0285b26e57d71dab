package zreq

// byteRange is the one range of a Range field: bytes=first-last. An open end is
// last < 0; of a suffix (bytes=-n) first is -1 and last is n.
type byteRange struct{ first, last int64 }

// contentRange is Content-Range: bytes first-last/size; size is -1 for "*".
type contentRange struct {
	byteRange
	size int64
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

// parseContentRange reads the Content-Range of a 206 (RFC 9110, 14.4).
func parseContentRange(s string) (c contentRange, ok bool) {
	if !hasPrefixFold(s, "bytes ") {
		return c, false
	}
	s, ok = c.cut(s[len("bytes "):])
	if !ok || c.last < 0 || s == "" || s[0] != '/' {
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
		if n > (1<<63-1)/10 {
			return 0, s, false
		}
		if n = n*10 + int64(s[i]-'0'); n < 0 {
			return 0, s, false
		}
	}
	return n, s[i:], i > 0
}
