package wire

// Framing says how the end of a body is found (RFC 9112, 6.3).
type Framing uint8

const (
	None       Framing = iota // there is no body: HEAD, 204, 304, or a length of zero
	Length                    // Content-Length
	Chunked                   // Transfer-Encoding: chunked
	UntilClose                // the end of the connection, which proves nothing
)

var framingNames = [...]string{
	None:       "no body",
	Length:     "length",
	Chunked:    "chunked",
	UntilClose: "until close",
}

// String returns a short name, such as "chunked".
func (f Framing) String() string {
	if int(f) >= len(framingNames) {
		return "unknown framing"
	}
	return framingNames[f]
}

// frame decides how the body of the head that has just been read is framed, by
// the numbered rules of RFC 9112, 6.3. Rule 2, CONNECT, and the contradictions
// of rules 3 and 5 have been refused line by line.
func (d *machine) frame() refusal {
	var s signal
	switch {
	case d.bodiless: // rule 1
		d.framing, s = None, sigNoBody
	case d.coded: // rule 4; the only coding that passes is chunked
		d.framing, s = Chunked, sigChunked
		d.newChunk()
	case d.length == 0: // rule 6
		d.framing, s = None, sigNoBody
	case d.length > 0: // rule 6
		d.framing, s = Length, sigLength
		d.rest = d.length
	default: // rule 8
		d.framing, s = UntilClose, sigUntilClose
		d.rest = maxInt64
	}
	return d.step(s)
}
