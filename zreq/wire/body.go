package wire

const maxInt64 = 1<<63 - 1

// body decodes the body and its chunk framing (RFC 9112, 7.1) up to the next event or
// the end of in.
func (d *Decoder) body(in []byte) (Event, int, error) {
	pos := 0
	for pos < len(in) {
		switch d.phase {
		case inLength, untilClose, chunkData:
			ev := d.data(in[pos:])
			return ev, pos + len(ev.Data), nil
		case dataCR, dataLF:
			if err := d.chunkEnd(in[pos]); err != nil {
				return Event{}, 0, err
			}
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

// data returns the bytes of in, which is not empty, that belong to the body.
func (d *Decoder) data(in []byte) Event {
	n := len(in)
	if int64(n) >= d.rest {
		n = int(d.rest)
		d.phase.step(sigBodyRead)
	}
	d.rest -= int64(n)
	return Event{Kind: Data, Data: in[:n:n]}
}

// Expect returns how many bytes of body come next, with nothing else between them: the
// rest of the length or of the chunk, or a very large number for a body until close. The
// connection may still end before they have come.
func (d *Decoder) Expect() int64 {
	switch d.phase {
	case inLength, chunkData:
		return d.rest
	case untilClose:
		return maxInt64
	default:
		return 0
	}
}

// Skip tells d that n bytes of body were moved without Next, for example by a driver
// that puts them into a file. If n is negative or larger than Expect, Skip returns
// ErrSequence.
func (d *Decoder) Skip(n int64) error {
	switch {
	case n < 0 || n > d.Expect():
		return ErrSequence
	case n == 0 || d.phase == untilClose:
		return nil
	}
	d.rest -= n
	if d.rest == 0 {
		d.phase.step(sigBodyRead)
	}
	return nil
}

// chunkEnd takes one byte of the CRLF after a chunk.
func (d *Decoder) chunkEnd(c byte) error {
	switch {
	case d.phase == dataCR && c == '\r':
		d.phase.step(sigCR)
	case d.phase == dataLF && c == '\n':
		d.newChunk()
		d.phase.step(sigLF)
	default:
		return ErrBadChunkEnd
	}
	return nil
}

func (d *Decoder) newChunk() {
	d.rest, d.lineBytes, d.digits = 0, 0, false
}

// sizeLine takes the bytes of in that belong to a chunk-size line.
func (d *Decoder) sizeLine(in []byte) (int, error) {
	for i, c := range in {
		if err := d.sizeByte(c); err != nil {
			return 0, err
		}
		if d.phase == chunkData || d.phase == inTrailers {
			return i + 1, d.weigh()
		}
		d.lineBytes++
		if d.lineBytes >= d.limits.ChunkLine {
			return 0, ErrChunkLineTooLong
		}
	}
	return len(in), nil
}

const (
	freeFraming = 32       // bytes of a chunk-size line that are not counted
	maxExcess   = 16 << 10 // by which the counted bytes of a body may exceed its data
)

// weigh refuses a peer that sends much framing and little data: one byte at a time,
// for example, each in a chunk with a long extension.
func (d *Decoder) weigh() error {
	d.excess += int64(d.lineBytes) - freeFraming
	d.excess -= min(d.excess, d.rest)
	if d.excess = max(0, d.excess); d.excess > maxExcess {
		return ErrTooMuchFraming
	}
	return nil
}

// sizeByte takes one byte of a chunk-size line.
func (d *Decoder) sizeByte(c byte) error {
	switch d.phase {
	case chunkSize, chunkPad:
		v := hexValue(c)
		if v < 0 && d.digits || d.phase == chunkPad {
			return d.afterSize(c)
		}
		// MUST anticipate large numerals and prevent overflow (RFC 9112, 7.1).
		if v < 0 || d.rest > maxInt64>>4 {
			return ErrBadChunkSize
		}
		d.rest = d.rest<<4 | int64(v)
		d.digits = true
	case chunkExt:
		// A recipient MUST ignore extensions that it does not know (RFC 9112, 7.1.1). A
		// quoted string cannot contain a line end, so quotes need no special treatment.
		switch {
		case c == '\n':
			return ErrBareLF
		case c == '\r':
			d.phase.step(sigCR)
		case isControl(c) && c != '\t':
			return ErrBadChunkExtension
		}
	default: // sizeLF
		if c != '\n' {
			return ErrBareCR
		}
		next := sigChunk
		if d.rest == 0 {
			next = sigLastChunk
		}
		d.phase.step(next)
	}
	return nil
}

// afterSize takes a byte after the digits of a chunk size: padding, or what ends it.
func (d *Decoder) afterSize(c byte) error {
	next := sigPad
	switch c {
	case ' ', '\t':
		if d.phase == chunkPad {
			return nil
		}
	case ';':
		next = sigExtension
	case '\r':
		next = sigCR
	case '\n':
		return ErrBareLF
	default:
		return ErrBadChunkSize
	}
	d.phase.step(next)
	return nil
}
