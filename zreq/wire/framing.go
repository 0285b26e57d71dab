package wire

// Framing says how the end of a body is found (RFC 9112, 6.3).
type Framing uint8

const (
	None       Framing = iota // there is no body: HEAD, 204, 304, or a length of zero
	Length                    // Content-Length
	Chunked                   // Transfer-Encoding: chunked
	UntilClose                // the end of the connection, which does not prove that the body is complete
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

// bodyFraming decides how the body is framed, by the numbered rules of RFC 9112, 6.3.
// The contradictions of rules 3 and 5 are refused before, where the lines of the head are
// read.
func (m *message) bodyFraming() Framing {
	switch {
	case m.framing == UntilClose: // rule 2, decided by the status line
		return UntilClose
	case m.bodiless: // rule 1
		return None
	case m.coded: // rule 4: the only coding that is accepted is chunked
		return Chunked
	case m.length == 0: // rule 6
		return None
	case m.length > 0: // rule 6
		return Length
	default: // rule 8
		return UntilClose
	}
}
