package wire

// A message is what the last head said, as far as this package interprets it.
type message struct {
	status        int
	length        int64 // Content-Length, or -1
	framing       Framing
	minor         uint8
	bodiless      bool // no body follows, whatever the fields say
	lengthVoid    bool // Content-Length was sent but cannot be trusted
	coded         bool // Transfer-Encoding was sent
	doubt         bool // the framing fields contradict each other, the version or the status
	saidClose     bool // Connection: close
	saidKeepAlive bool // Connection: keep-alive
	allowance          // Keep-Alive
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

// mayBeHTTP reports whether in can be the start of a status line. A peer that speaks
// another protocol is refused at its first byte.
func mayBeHTTP(in []byte) bool {
	n := min(len(in), len("HTTP/"))
	return string(in[:n]) == "HTTP/"[:n]
}

// notHTTP is the error of a response that begins with c. A server that expects TLS answers
// a plain request by an alert, if by anything (RFC 8446, 5.1).
func notHTTP(c byte) error {
	const alert = 21
	if c == alert {
		return ErrTLS
	}
	return ErrBadStatusLine
}

// parseStatusLine reads HTTP-version SP status-code [ SP [ reason-phrase ] ]
// (RFC 9112, 4). It ignores the reason phrase, as a client SHOULD.
func parseStatusLine(line []byte) (status int, minor uint8, err error) {
	if len(line) > 5 && isDigit(line[5]) && line[5] != '1' {
		return 0, 0, ErrBadVersion
	}
	if len(line) < len("HTTP/1.1 200") || string(line[:7]) != "HTTP/1." || !isDigit(line[7]) || line[8] != ' ' {
		return 0, 0, ErrBadStatusLine
	}
	for _, c := range line[9:12] {
		if !isDigit(c) {
			return 0, 0, ErrBadStatusLine
		}
		status = status*10 + int(c-'0')
	}
	if status < 100 || len(line) > 12 && line[12] != ' ' {
		return 0, 0, ErrBadStatusLine
	}
	if line[7] != '0' {
		minor = 1
	}
	return status, minor, nil
}

// begin forgets the previous head and starts the next one. It keeps what a 1xx said
// about the connection: that it closes (RFC 9112, 9.6), or that its framing is doubtful.
func (m *message) begin(status int, minor uint8) {
	*m = message{
		status: status, minor: minor,
		length: -1, allowance: unlimited,
		doubt: m.doubt, saidClose: m.saidClose,
	}
}

// interpret reads a field that says something about the framing or the connection.
func (m *message) interpret(name fieldName, value []byte) error {
	switch {
	case name == otherName:
		return nil
	case name == connection:
		m.saidClose = m.saidClose || HasToken(value, "close")
		m.saidKeepAlive = m.saidKeepAlive || HasToken(value, "keep-alive")
		return nil
	case name == keepAlive:
		m.allowance.read(value)
		return nil
	case m.framing == UntilClose:
		return nil // MUST ignore the framing fields of a 2xx to CONNECT (RFC 9110, 9.3.6)
	case m.status < 200:
		// Neither framing field may be sent with a 1xx (RFC 9110, 8.6; RFC 9112, 6.1).
		// A length of zero is true all the same, as with a 204.
		n, ok := parseLength(value)
		m.doubt = m.doubt || name != contentLength || !ok || n != 0
		return nil
	case name == contentLength:
		return m.contentLength(value)
	default:
		return m.transferEncoding(value)
	}
}

func (m *message) contentLength(value []byte) error {
	n, ok := parseLength(value)
	switch {
	case m.coded:
		// A response with both fields is refused: it is how messages are smuggled
		// (RFC 9112, 6.3, rule 3).
		m.lengthVoid = true
		return m.framingFault(ErrLengthAndCoding)
	case !ok, m.length >= 0 && m.length != n:
		// MUST be treated as an unrecoverable error (RFC 9112, 6.3, rule 5).
		m.lengthVoid = true
		return m.framingFault(ErrBadLength)
	}
	m.length = n
	if m.status == 204 && n > 0 {
		m.doubt = true // MUST NOT be sent with a 204 (RFC 9110, 8.6)
	}
	return nil
}

func (m *message) transferEncoding(value []byte) error {
	again := m.coded
	m.coded = true
	if m.minor == 0 || m.status == 204 {
		// In an HTTP/1.0 message the framing MUST be treated as faulty, even if it can be
		// decoded. With a 204 the field MUST NOT be sent (RFC 9112, 6.1).
		m.doubt = true
	}
	if m.length >= 0 {
		m.lengthVoid = true
		return m.framingFault(ErrLengthAndCoding)
	}
	if again || !isChunked(value) {
		return m.framingFault(ErrBadCoding)
	}
	return nil
}

// framingFault returns err, a fault of the framing fields, unless the response has no
// body. Then the fields do not matter, but the connection is not used again.
func (m *message) framingFault(err error) error {
	if m.bodiless {
		m.doubt = true
		return nil
	}
	return err
}

// closes reports whether the peer closes the connection after this response
// (RFC 9112, 9.3 and 9.6).
func (m *message) closes() bool {
	return m.saidClose || m.minor == 0 && !m.saidKeepAlive || m.framing == UntilClose
}

// declaredLength is the Content-Length, or -1 if there is none that can be trusted.
func (m *message) declaredLength() int64 {
	if m.lengthVoid {
		return -1
	}
	return m.length
}
