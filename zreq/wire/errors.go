package wire

import "errors"

// The kinds of error. What breaks a rule unwraps to ErrMalformed, what is over
// a limit to ErrTooLarge, and what a caller gave and no request may carry to
// ErrUnsendable. The others stand for themselves.
var (
	ErrMalformed  error = malformed
	ErrTooLarge   error = tooLarge
	ErrUnsendable error = unsendable

	// ErrTruncated: the input ended before the response did (RFC 9112, 8).
	ErrTruncated = errors.New("response cut short (RFC 9112, 8)")
	// ErrUpgrade: the connection stops speaking HTTP after this head, a 101 or a
	// 2xx to CONNECT. It is well formed, but this codec cannot go on.
	ErrUpgrade = errors.New("connection switched to another protocol (RFC 9110, 15.2.2 and 9.3.6)")
	// ErrSequence: a call that may not be made now, or input that does not go on
	// where the last call left it.
	ErrSequence = errors.New("decoder called out of sequence")
)

// What a response can do wrong.
var (
	ErrBadStatusLine     error = &fault{text: "malformed status line (RFC 9112, 4)", kind: malformed}
	ErrBadVersion        error = &fault{text: "not HTTP/1 (RFC 9112, 2.3)", kind: malformed}
	ErrBadField          error = &fault{text: "malformed field line (RFC 9112, 5.1)", kind: malformed}
	ErrBareCR            error = &fault{text: "carriage return without line feed (RFC 9112, 2.2)", kind: malformed}
	ErrBareLF            error = &fault{text: "line feed without carriage return in chunk framing or trailers (RFC 9112, 7.1)", kind: malformed}
	ErrNUL               error = &fault{text: "NUL in a head or in trailers (RFC 9110, 5.5)", kind: malformed}
	ErrBadFolding        error = &fault{text: "folded line before the first field or in a framing field (RFC 9112, 2.2 and 5.2)", kind: malformed}
	ErrBadLength         error = &fault{text: "invalid or contradictory Content-Length (RFC 9112, 6.3)", kind: malformed}
	ErrLengthAndCoding   error = &fault{text: "both Content-Length and Transfer-Encoding (RFC 9112, 6.3)", kind: malformed}
	ErrBadCoding         error = &fault{text: "transfer coding other than chunked, once (RFC 9112, 6.1)", kind: malformed}
	ErrBadChunkSize      error = &fault{text: "malformed chunk size (RFC 9112, 7.1)", kind: malformed}
	ErrBadChunkExtension error = &fault{text: "control character in a chunk extension (RFC 9112, 7.1.1)", kind: malformed}
	ErrBadChunkEnd       error = &fault{text: "chunk data not followed by CRLF (RFC 9112, 7.1)", kind: malformed}
)

// What a response can have too much of. [Limits] has the bounds.
var (
	ErrHeadTooLarge         error = &fault{text: "head over Limits.HeadBytes", kind: tooLarge}
	ErrTooManyFields        error = &fault{text: "more field lines than Limits.Fields", kind: tooLarge}
	ErrTooManyInformational error = &fault{text: "more 1xx responses than Limits.Informational", kind: tooLarge}
	ErrChunkLineTooLong     error = &fault{text: "chunk-size line over Limits.ChunkLine", kind: tooLarge}
	ErrTooMuchFraming       error = &fault{text: "chunk extensions outweigh the data by 16 KiB", kind: tooLarge}
	ErrTrailersTooLarge     error = &fault{text: "trailers over Limits.TrailerBytes", kind: tooLarge}
)

// What a caller can give that no request may carry.
var (
	ErrBadMethod     error = &fault{text: "method is not a token (RFC 9110, 9.1)", kind: unsendable}
	ErrBadTarget     error = &fault{text: "control character, # or incomplete % in the request target (RFC 9112, 3.2)", kind: unsendable}
	ErrBadFieldName  error = &fault{text: "field name is not a token (RFC 9110, 5.1)", kind: unsendable}
	ErrBadFieldValue error = &fault{text: "control character or outer whitespace in a field value (RFC 9110, 5.5)", kind: unsendable}
)

// A fault is a broken rule of one of the kinds, or such a kind. Pointers instead
// of interfaces, so that the linker and not the program fills them in.
type fault struct {
	_    [0]func()
	text string
	kind *fault
}

var (
	malformed  = &fault{text: "malformed response"}
	tooLarge   = &fault{text: "response over a limit"}
	unsendable = &fault{text: "not fit to be sent"}
)

func (f *fault) Error() string { return f.text }

func (f *fault) Unwrap() error {
	if f.kind == nil {
		return nil
	}
	return f.kind
}
