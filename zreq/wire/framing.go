package wire

// Framing says how the end of a body is found (RFC 9112, 6.3).
type Framing uint8

const (
	None       Framing = iota // there is no body: HEAD, 204, 304, or a length of zero
	Length                    // Content-Length
	Chunked                   // Transfer-Encoding: chunked
	UntilClose                // the end of the connection, which proves nothing
)
