package wire

// body goes on through the body, and the chunk framing if it has that (RFC 9112,
// 7.1), up to the next event or the end of in.
func (d *machine) body(in []byte) (Event, int, refusal) {
	pos := 0
	for pos < len(in) {
		switch d.phase {
		case inLength, untilClose, chunkData:
			ev, n, err := d.data(in[pos:])
			return ev, pos + n, err
		case dataCR, dataLF: // the CRLF after a chunk
			s := sigCR
			switch {
			case d.phase == dataCR && in[pos] == '\r':
			case d.phase == dataLF && in[pos] == '\n':
				d.newChunk()
				s = sigLF
			default:
				return Event{}, 0, &ErrBadChunkEnd
			}
			_ = d.step(s)
			pos++
		case inTrailers:
			ev, n, err := d.lines(in[pos:])
			return ev, pos + n, err
		default:
			n, err := d.sizeLine(in[pos:])
			if err != nil {
				return Event{}, 0, err
			}
			pos += n
		}
	}
	return Event{}, pos, nil
}

func (d *machine) newChunk() {
	d.rest, d.lineBytes, d.digits = 0, 0, false
}

// sizeLine takes what in has of a chunk-size line.
func (d *machine) sizeLine(in []byte) (int, refusal) {
	for i, c := range in {
		if err := d.sizeByte(c); err != nil {
			return 0, err
		}
		if d.phase == chunkData || d.phase == inTrailers {
			return i + 1, d.weigh()
		}
		d.lineBytes++
		if d.lineBytes >= d.limits.ChunkLine {
			return 0, &ErrChunkLineTooLong
		}
	}
	return len(in), nil
}

// What framing a chunk may have for nothing, and how much more all of them may
// have than they have data.
const (
	freeFraming = 32
	maxExcess   = 16 << 10
)

// weigh bounds what a peer can send without sending anything: one byte at a
// time, each in a chunk with a long extension.
func (d *machine) weigh() refusal {
	d.excess += int64(d.lineBytes) - freeFraming
	d.excess -= min(d.excess, d.rest)
	if d.excess = max(0, d.excess); d.excess > maxExcess {
		return &ErrTooMuchFraming
	}
	return nil
}

func (d *machine) sizeByte(c byte) refusal {
	switch d.phase {
	case chunkSize:
		v := hexValue(c)
		if v < 0 && d.digits {
			return d.afterSize(c)
		}
		// MUST anticipate large numerals and prevent overflow (RFC 9112, 7.1).
		if v < 0 || d.rest > maxInt64>>4 {
			return &ErrBadChunkSize
		}
		d.rest = d.rest<<4 | int64(v)
		d.digits = true
		return nil
	case chunkPad:
		return d.afterSize(c)
	case chunkExt:
		// A recipient MUST ignore extensions that it does not know (RFC 9112, 7.1.1). A
		// quoted string cannot hide a line end, so its quotes need not be understood.
		switch {
		case c == '\n':
			return &ErrBareLF
		case c == '\r':
			return d.step(sigCR)
		case isControl(c) && c != '\t':
			return &ErrBadChunkExtension
		}
		return nil
	default: // the LF
		s := sigChunk
		switch {
		case c != '\n':
			return &ErrBareCR
		case d.rest == 0:
			s = sigLastChunk
		}
		return d.step(s)
	}
}

// afterSize takes a byte behind the digits: padding, or what ends it.
func (d *machine) afterSize(c byte) refusal {
	s := sigCR
	switch c {
	case ' ', '\t':
		if d.phase == chunkPad {
			return nil
		}
		s = sigPad
	case ';':
		s = sigExtension
	case '\r':
	case '\n':
		return &ErrBareLF
	default:
		return &ErrBadChunkSize
	}
	return d.step(s)
}
