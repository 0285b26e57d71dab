package wire

// A section is what is known of a head or a trailer section whose end has not been
// received yet. Its numbers are offsets into the input, which is given again with more
// behind it.
type section struct {
	line   int  // where the current line begins
	seen   int  // how far the end of the current line has been searched for
	cr     int  // the offset after the first CR of the current line; 0: there is none yet
	nul    int  // the same of its first NUL
	fields int  // field lines so far
	begun  bool // the first byte of the current line has been judged
	folded bool // some line continues the one before it
	joins  bool // the current line does

	name     fieldName // of the last field
	from, to int       // its value, unless name is otherName
}

// lines decodes a head or a trailer section, if in has the whole of it. An empty
// trailer section is the End.
func (d *Decoder) lines(in []byte) (Event, int, error) {
	used, err := d.scan(in)
	if used == 0 || err != nil {
		return Event{}, 0, err
	}
	block := in[:d.section.line:d.section.line] // the lines before the blank one
	if d.section.folded {
		unfold(block)
	}
	d.section = section{}
	switch {
	case d.phase == inTrailers:
		d.phase.step(sigTrailersRead)
		if len(block) == 0 {
			return d.end(), used, nil
		}
		return Event{Kind: Trailers, Data: block}, used, nil
	case d.status < 200:
		// A client MUST be able to parse 1xx responses before the final one
		// (RFC 9110, 15.2).
		d.phase.step(sigInformational)
		return Event{Kind: Informational, Data: block}, used, nil
	}
	next := sigNoBody
	d.framing = d.message.bodyFraming()
	switch d.framing {
	case Length:
		d.rest, next = d.length, sigLength
	case Chunked:
		d.newChunk()
		next = sigChunked
	case UntilClose:
		d.rest, next = maxInt64, sigUntilClose
	}
	d.phase.step(next)
	return Event{Kind: Head, Data: block}, used, nil
}

// scan judges the lines that have become complete. It returns the length of the
// section with its blank line, or 0 if in does not have the end of it. The result
// depends only on the bytes within the limit, and not on how the input was cut.
func (d *Decoder) scan(in []byte) (int, error) {
	s := &d.section
	limit := d.limits.HeadBytes
	if d.phase == inTrailers {
		limit = d.limits.TrailerBytes
	}
	if len(in) < s.seen {
		return 0, ErrSequence // less than last time
	}
	full := len(in) >= limit
	if full {
		in = in[:limit]
	}
	if d.phase == inHead && s.line == 0 && !mayBeHTTP(in) {
		return 0, notHTTP(in[0])
	}
	for s.seen < len(in) {
		if !s.begun {
			if err := d.beginLine(in); err != nil {
				return 0, err
			}
		}
		end := s.lineEnd(in)
		if end < 0 {
			break
		}
		blank, err := d.endLine(in, end)
		if err != nil {
			return 0, err
		}
		if blank {
			return s.seen, nil
		}
		s.line, s.begun, s.cr = s.seen, false, 0
	}
	switch {
	case !full:
		return 0, nil
	case d.phase == inTrailers:
		return 0, ErrTrailersTooLarge
	}
	return 0, ErrHeadTooLarge
}

// lineEnd returns where the LF of the current line is, or -1 if in does not have it. On
// the way it notes bytes that a line may not have. One loop over all bytes is as fast
// here as three searches.
func (s *section) lineEnd(in []byte) int {
	for i, c := range in[s.seen:] {
		if c > '\r' {
			continue
		}
		switch c {
		case '\n':
			end := s.seen + i
			s.seen = end + 1
			return end
		case '\r':
			if s.cr == 0 {
				s.cr = s.seen + i + 1
			}
		case 0:
			s.nul = s.seen + i + 1
		}
	}
	s.seen = len(in)
	return -1
}

// beginLine judges the first byte of a line. That byte shows whether the field before it
// has ended. If so, that field is interpreted.
func (d *Decoder) beginLine(in []byte) error {
	s := &d.section
	s.begun = true
	if d.phase == inHead && s.line == 0 {
		return nil
	}
	first := in[s.line]
	s.joins = isBlank(first)
	if s.joins {
		return d.joinLine()
	}
	if name := s.name; name != otherName {
		s.name = otherName
		if err := d.message.interpret(name, in[s.from:s.to]); err != nil {
			return err
		}
	}
	if first != '\r' && first != '\n' {
		s.fields++
	}
	if s.fields > d.limits.Fields {
		return ErrTooManyFields
	}
	return nil
}

// joinLine judges a line that continues the one before it.
func (d *Decoder) joinLine() error {
	s := &d.section
	if s.fields == 0 {
		// MUST reject the message or drop such lines (RFC 9112, 2.2).
		return ErrBadFolding
	}
	s.folded = true
	if s.name == contentLength || s.name == transferEncoding {
		s.name = otherName
		return d.message.framingFault(ErrBadFolding)
	}
	return nil
}

// endLine judges a line whose LF is in[end].
func (d *Decoder) endLine(in []byte, end int) (blank bool, err error) {
	s := &d.section
	switch {
	case end > s.line && in[end-1] == '\r':
		end--
	case d.phase == inTrailers:
		// Only a start line and header fields may end in a bare LF (RFC 9112, 2.2).
		return false, ErrBareLF
	}
	line := in[s.line:end]
	if s.cr > 0 && s.cr <= end {
		return false, ErrBareCR
	}
	if s.nul > 0 {
		return false, ErrNUL
	}
	switch {
	case d.phase == inHead && s.line == 0:
		return false, d.statusLine(line)
	case len(line) == 0:
		return true, nil
	case s.joins:
		s.to = end
		return false, nil
	}
	colon := TokenLength(line)
	if colon == 0 || colon == len(line) || line[colon] != ':' {
		// No whitespace is allowed between the name and the colon (RFC 9112, 5.1).
		return false, ErrBadField
	}
	if d.phase == inHead {
		s.name = nameOf(line[:colon])
	}
	s.from, s.to = s.line+colon+1, end
	return false, nil
}

// statusLine starts a message and judges its status.
func (d *Decoder) statusLine(line []byte) error {
	status, minor, err := parseStatusLine(line)
	if err != nil {
		return err
	}
	d.message.begin(status, minor)
	switch {
	case status == 101:
		return ErrUpgrade
	case d.connect && status/100 == 2:
		d.framing, d.bodiless = UntilClose, true // rule 2 of RFC 9112, 6.3: the rest of the connection is the tunnel
	case status < 200:
		d.informational++
		if d.informational > d.limits.Informational {
			return ErrTooManyInformational
		}
		d.bodiless = true // its framing fields make no body
	case d.headRequest, status == 204, status == 304:
		d.bodiless = true // RFC 9112, 6.3, rule 1
	}
	return nil
}
