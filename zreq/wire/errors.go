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
	ErrBadStatusLine     error = &fault{"malformed status line (RFC 9112, 4)", malformed}
	ErrBadVersion        error = &fault{"not HTTP/1 (RFC 9112, 2.3)", malformed}
	ErrBadField          error = &fault{"malformed field line (RFC 9112, 5.1)", malformed}
	ErrBareCR            error = &fault{"carriage return without line feed (RFC 9112, 2.2)", malformed}
	ErrBareLF            error = &fault{"line feed without carriage return in chunk framing or trailers (RFC 9112, 7.1)", malformed}
	ErrNUL               error = &fault{"NUL in a head or in trailers (RFC 9110, 5.5)", malformed}
	ErrBadFolding        error = &fault{"folded line before the first field or in a framing field (RFC 9112, 2.2 and 5.2)", malformed}
	ErrBadLength         error = &fault{"invalid or contradictory Content-Length (RFC 9112, 6.3)", malformed}
	ErrLengthAndCoding   error = &fault{"both Content-Length and Transfer-Encoding (RFC 9112, 6.3)", malformed}
	ErrBadCoding         error = &fault{"transfer coding other than chunked, once (RFC 9112, 6.1)", malformed}
	ErrBadChunkSize      error = &fault{"malformed chunk size (RFC 9112, 7.1)", malformed}
	ErrBadChunkExtension error = &fault{"control character in a chunk extension (RFC 9112, 7.1.1)", malformed}
	ErrBadChunkEnd       error = &fault{"chunk data not followed by CRLF (RFC 9112, 7.1)", malformed}
)

// What a response can have too much of. [Limits] has the bounds.
var (
	ErrHeadTooLarge         error = &fault{"head over Limits.HeadBytes", tooLarge}
	ErrTooManyFields        error = &fault{"more field lines than Limits.Fields", tooLarge}
	ErrTooManyInformational error = &fault{"more 1xx responses than Limits.Informational", tooLarge}
	ErrChunkLineTooLong     error = &fault{"chunk-size line over Limits.ChunkLine", tooLarge}
	ErrTooMuchFraming       error = &fault{"chunk extensions outweigh the data by 16 KiB", tooLarge}
	ErrTrailersTooLarge     error = &fault{"trailers over Limits.TrailerBytes", tooLarge}
)

// What a caller can give that no request may carry.
var (
	ErrBadMethod     error = &fault{"method is not a token (RFC 9110, 9.1)", unsendable}
	ErrBadTarget     error = &fault{"space, control character, # or incomplete % in the request target (RFC 9112, 3.2)", unsendable}
	ErrBadFieldName  error = &fault{"field name is not a token (RFC 9110, 5.1)", unsendable}
	ErrBadFieldValue error = &fault{"control character or outer whitespace in a field value (RFC 9110, 5.5)", unsendable}
)

// A fault is a broken rule of one of the kinds, or such a kind. Pointers instead
// of interfaces, so that the linker and not the program fills them in.
type fault struct {
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
