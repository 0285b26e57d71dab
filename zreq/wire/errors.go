package wire

import "errors"

// The kinds of error, for errors.Is. An error about a rule that the response breaks is
// an ErrMalformed, one about a limit is an ErrTooLarge, and one about something that no
// request may carry is an ErrUnsendable. ErrTruncated, ErrUpgrade and ErrSequence are of
// no kind.
var (
	ErrMalformed  = errors.New("malformed response")
	ErrTooLarge   = errors.New("response over a limit")
	ErrUnsendable = errors.New("not fit to be sent")

	// ErrTruncated means that the input ended before the response did (RFC 9112, 8).
	ErrTruncated = errors.New("response cut short (RFC 9112, 8)")
	// ErrUpgrade means that the connection stops speaking HTTP after this head, which is
	// a 101. This codec cannot go on.
	ErrUpgrade = errors.New("connection switched to another protocol (RFC 9110, 15.2.2 and 9.3.6)")
	// ErrSequence means that the call may not be made now, or that its input does not
	// continue the input of the last call.
	ErrSequence = errors.New("decoder called out of sequence")
)

// Rules that a response can break. Each error is an [ErrMalformed].
var (
	ErrBadStatusLine     error = &rule{"malformed status line (RFC 9112, 4)", malformed}
	ErrTLS               error = &rule{"TLS in place of a status line: its URL begins with https://", malformed}
	ErrBadVersion        error = &rule{"not HTTP/1 (RFC 9112, 2.3)", malformed}
	ErrBadField          error = &rule{"malformed field line (RFC 9112, 5.1)", malformed}
	ErrBareCR            error = &rule{"carriage return without line feed (RFC 9112, 2.2)", malformed}
	ErrBareLF            error = &rule{"line feed without carriage return in chunk framing or trailers (RFC 9112, 7.1)", malformed}
	ErrNUL               error = &rule{"NUL in a head or in trailers (RFC 9110, 5.5)", malformed}
	ErrBadFolding        error = &rule{"folded line before the first field or in a framing field (RFC 9112, 2.2 and 5.2)", malformed}
	ErrBadLength         error = &rule{"invalid or contradictory Content-Length (RFC 9112, 6.3)", malformed}
	ErrLengthAndCoding   error = &rule{"both Content-Length and Transfer-Encoding (RFC 9112, 6.3)", malformed}
	ErrBadCoding         error = &rule{"transfer coding other than chunked, once (RFC 9112, 6.1)", malformed}
	ErrBadChunkSize      error = &rule{"malformed chunk size (RFC 9112, 7.1)", malformed}
	ErrBadChunkExtension error = &rule{"control character in a chunk extension (RFC 9112, 7.1.1)", malformed}
	ErrBadChunkEnd       error = &rule{"chunk data not followed by CRLF (RFC 9112, 7.1)", malformed}
)

// Limits that a response can exceed. Each error is an [ErrTooLarge]. The bounds are
// those of [Limits].
var (
	ErrHeadTooLarge         error = &rule{"head over Limits.HeadBytes", tooLarge}
	ErrTooManyFields        error = &rule{"more field lines than Limits.Fields", tooLarge}
	ErrTooManyInformational error = &rule{"more 1xx responses than Limits.Informational", tooLarge}
	ErrChunkLineTooLong     error = &rule{"chunk-size line over Limits.ChunkLine", tooLarge}
	ErrTooMuchFraming       error = &rule{"chunk extensions outweigh the data by 16 KiB", tooLarge}
	ErrTrailersTooLarge     error = &rule{"trailers over Limits.TrailerBytes", tooLarge}
)

// Input of a caller that no request may carry. Each error is an [ErrUnsendable].
var (
	ErrBadMethod     error = &rule{"method is not a token (RFC 9110, 9.1)", unsendable}
	ErrBadTarget     error = &rule{"control character, # or incomplete % in the request target (RFC 9112, 3.2)", unsendable}
	ErrBadFieldName  error = &rule{"field name is not a token (RFC 9110, 5.1)", unsendable}
	ErrBadFieldValue error = &rule{"control character or outer whitespace in a field value (RFC 9110, 5.5)", unsendable}
)

// rule is an error of one of the kinds.
type rule struct {
	text string
	kind kind
}

type kind uint8

const (
	malformed kind = iota
	tooLarge
	unsendable
)

func (e *rule) Error() string { return e.text }

// Unwrap returns the kind.
func (e *rule) Unwrap() error {
	switch e.kind {
	case malformed:
		return ErrMalformed
	case tooLarge:
		return ErrTooLarge
	}
	return ErrUnsendable
}
