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

	// ErrTruncated: the input ended before the response did (RFC 9112, 8).
	ErrTruncated = errors.New("response cut short (RFC 9112, 8)")
	// ErrUpgrade: the connection stops speaking HTTP after this head, a 101 or a
	// 2xx to CONNECT. The head is well formed, but this codec cannot go on.
	ErrUpgrade = errors.New("connection switched to another protocol (RFC 9110, 15.2.2 and 9.3.6)")
	// ErrSequence: the call may not be made now, or its input does not continue the
	// input of the last call.
	ErrSequence = errors.New("decoder called out of sequence")
)

// Rules that a response can break. Each error is an [ErrMalformed].
var (
	ErrBadStatusLine     error = &fault{ErrMalformed, "malformed status line (RFC 9112, 4)"}
	ErrBadVersion        error = &fault{ErrMalformed, "not HTTP/1 (RFC 9112, 2.3)"}
	ErrBadField          error = &fault{ErrMalformed, "malformed field line (RFC 9112, 5.1)"}
	ErrBareCR            error = &fault{ErrMalformed, "carriage return without line feed (RFC 9112, 2.2)"}
	ErrBareLF            error = &fault{ErrMalformed, "line feed without carriage return in chunk framing or trailers (RFC 9112, 7.1)"}
	ErrNUL               error = &fault{ErrMalformed, "NUL in a head or in trailers (RFC 9110, 5.5)"}
	ErrBadFolding        error = &fault{ErrMalformed, "folded line before the first field or in a framing field (RFC 9112, 2.2 and 5.2)"}
	ErrBadLength         error = &fault{ErrMalformed, "invalid or contradictory Content-Length (RFC 9112, 6.3)"}
	ErrLengthAndCoding   error = &fault{ErrMalformed, "both Content-Length and Transfer-Encoding (RFC 9112, 6.3)"}
	ErrBadCoding         error = &fault{ErrMalformed, "transfer coding other than chunked, once (RFC 9112, 6.1)"}
	ErrBadChunkSize      error = &fault{ErrMalformed, "malformed chunk size (RFC 9112, 7.1)"}
	ErrBadChunkExtension error = &fault{ErrMalformed, "control character in a chunk extension (RFC 9112, 7.1.1)"}
	ErrBadChunkEnd       error = &fault{ErrMalformed, "chunk data not followed by CRLF (RFC 9112, 7.1)"}
)

// Limits that a response can exceed. Each error is an [ErrTooLarge]. The bounds are
// those of [Limits].
var (
	ErrHeadTooLarge         error = &fault{ErrTooLarge, "head over Limits.HeadBytes"}
	ErrTooManyFields        error = &fault{ErrTooLarge, "more field lines than Limits.Fields"}
	ErrTooManyInformational error = &fault{ErrTooLarge, "more 1xx responses than Limits.Informational"}
	ErrChunkLineTooLong     error = &fault{ErrTooLarge, "chunk-size line over Limits.ChunkLine"}
	ErrTooMuchFraming       error = &fault{ErrTooLarge, "chunk extensions outweigh the data by 16 KiB"}
	ErrTrailersTooLarge     error = &fault{ErrTooLarge, "trailers over Limits.TrailerBytes"}
)

// Input of a caller that no request may carry. Each error is an [ErrUnsendable].
var (
	ErrBadMethod     error = &fault{ErrUnsendable, "method is not a token (RFC 9110, 9.1)"}
	ErrBadTarget     error = &fault{ErrUnsendable, "control character, # or incomplete % in the request target (RFC 9112, 3.2)"}
	ErrBadFieldName  error = &fault{ErrUnsendable, "field name is not a token (RFC 9110, 5.1)"}
	ErrBadFieldValue error = &fault{ErrUnsendable, "control character or outer whitespace in a field value (RFC 9110, 5.5)"}
)

// A fault is an error of one of the kinds.
type fault struct {
	kind error
	text string
}

func (f *fault) Error() string { return f.text }

func (f *fault) Unwrap() error { return f.kind }
