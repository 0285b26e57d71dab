package wire

// A message is what a head says, as far as this package interprets it.
type message struct {
	_             [0]func()
	status        int
	minor         int
	framing       Framing
	bodiless      bool  // no body follows, whatever the fields say
	length        int64 // Content-Length, or -1
	lengthVoid    bool  // there is one, but it is not to be trusted
	coded         bool  // there is a Transfer-Encoding
	doubt         bool  // the framing fields contradict each other, the version or the status
	saidClose     bool  // Connection: close
	saidKeepAlive bool  // Connection: keep-alive
	allowance           // Keep-Alive
}

// A fieldName is the name of a field that this package interprets.
type fieldName uint8

const (
	otherName fieldName = iota
	connection
	contentLength
	transferEncoding
	keepAlive
)

func nameOf(name []byte) fieldName {
	switch {
	case len(name) == 10 && EqualName(name, "connection"):
		return connection
	case len(name) == 14 && EqualName(name, "content-length"):
		return contentLength
	case len(name) == 17 && EqualName(name, "transfer-encoding"):
		return transferEncoding
	case len(name) == 10 && EqualName(name, "keep-alive"):
		return keepAlive
	default:
		return otherName
	}
}

// mayBeHTTP says whether in, as far as it goes, begins as a status line does, so
// that a peer that speaks another protocol is refused at its first byte.
func mayBeHTTP(in []byte) bool {
	n := min(len(in), len("HTTP/"))
	return string(in[:n]) == "HTTP/"[:n]
}

// statusLine reads HTTP-version SP status-code [ SP [ reason-phrase ] ]
// (RFC 9112, 4). The reason phrase is left alone: a client SHOULD ignore it.
func (d *machine) statusLine(line []byte) refusal {
	if len(line) > 5 && isDigit(line[5]) && line[5] != '1' {
		return &ErrBadVersion
	}
	if len(line) < len("HTTP/1.1 200") || string(line[:7]) != "HTTP/1." || !isDigit(line[7]) || line[8] != ' ' {
		return &ErrBadStatusLine
	}
	status := 0
	for _, c := range line[9:12] {
		if !isDigit(c) {
			return &ErrBadStatusLine
		}
		status = status*10 + int(c-'0')
	}
	if status < 100 || len(line) > 12 && line[12] != ' ' {
		return &ErrBadStatusLine
	}
	// What a 1xx made doubtful, or ended, stays so (RFC 9112, 9.6).
	d.message = message{status: status, length: -1, allowance: unlimited, doubt: d.doubt, saidClose: d.saidClose}
	if line[7] != '0' {
		d.minor = 1
	}
	return d.judgeStatus()
}

// judgeStatus does what the status alone decides.
func (d *machine) judgeStatus() refusal {
	switch {
	case d.status == 101, d.connect && d.status/100 == 2:
		return &ErrUpgrade
	case d.status < 200:
		d.informational++
		if d.informational > d.limits.Informational {
			return &ErrTooManyInformational
		}
		d.bodiless = true // so that its framing fields do no harm
	case d.headRequest, d.status == 204, d.status == 304:
		d.bodiless = true // RFC 9112, 6.3, rule 1
	}
	return nil
}

// interpret reads the last field, now that it is complete, if it is one of those
// that decide over the framing or the connection.
func (d *machine) interpret(in []byte) refusal {
	s := &d.section
	name := s.name
	s.name = otherName
	value := in[s.from:s.to]
	switch {
	case name == otherName:
		return nil
	case name == connection:
		d.saidClose = d.saidClose || HasToken(value, "close")
		d.saidKeepAlive = d.saidKeepAlive || HasToken(value, "keep-alive")
		return nil
	case name == keepAlive:
		d.keepAlive(value)
		return nil
	case d.status < 200:
		// Neither framing field may be sent with a 1xx (RFC 9110, 8.6; RFC 9112, 6.1).
		// A length of zero says what is true all the same, as with a 204.
		n, ok := parseLength(value)
		d.doubt = d.doubt || name != contentLength || !ok || n != 0
		return nil
	case name == contentLength:
		return d.contentLength(value)
	default:
		return d.transferEncoding(value)
	}
}

func (d *machine) contentLength(value []byte) refusal {
	n, ok := parseLength(value)
	switch {
	case d.coded:
		// A response with both fields is refused: it is how messages are smuggled
		// (RFC 9112, 6.3, rule 3).
		d.lengthVoid = true
		return d.framingFault(&ErrLengthAndCoding)
	case !ok, d.length >= 0 && d.length != n:
		// MUST be treated as an unrecoverable error (RFC 9112, 6.3, rule 5).
		d.lengthVoid = true
		return d.framingFault(&ErrBadLength)
	}
	d.length = n
	if d.status == 204 && n > 0 {
		d.doubt = true // MUST NOT be sent with a 204 (RFC 9110, 8.6)
	}
	return nil
}

func (d *machine) transferEncoding(value []byte) refusal {
	again := d.coded
	d.coded = true
	if d.minor == 0 || d.status == 204 {
		// Before HTTP/1.1 the framing MUST be taken as faulty even if it can be
		// decoded; with a 204 the field MUST NOT be sent (RFC 9112, 6.1).
		d.doubt = true
	}
	if d.length >= 0 {
		d.lengthVoid = true
		return d.framingFault(&ErrLengthAndCoding)
	}
	if again || !isChunked(value) {
		return d.framingFault(&ErrBadCoding)
	}
	return nil
}

// framingFault refuses a response for what its framing fields say, unless it has
// no body to frame. Then nothing is lost but the trust in what comes after it.
func (d *machine) framingFault(err refusal) refusal {
	if d.bodiless {
		d.doubt = true
		return nil
	}
	return err
}
