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
	// a 101 or a 2xx to CONNECT. The head is well formed, but this codec cannot go on.
	ErrUpgrade = errors.New("connection switched to another protocol (RFC 9110, 15.2.2 and 9.3.6)")
	// ErrSequence means that the call may not be made now, or that its input does not
	// continue the input of the last call.
	ErrSequence = errors.New("decoder called out of sequence")
)

// Rules that a response can break. Each error is an [ErrMalformed].
var (
	ErrBadStatusLine     error = malformed("malformed status line (RFC 9112, 4)")
	ErrBadVersion        error = malformed("not HTTP/1 (RFC 9112, 2.3)")
	ErrBadField          error = malformed("malformed field line (RFC 9112, 5.1)")
	ErrBareCR            error = malformed("carriage return without line feed (RFC 9112, 2.2)")
	ErrBareLF            error = malformed("line feed without carriage return in chunk framing or trailers (RFC 9112, 7.1)")
	ErrNUL               error = malformed("NUL in a head or in trailers (RFC 9110, 5.5)")
	ErrBadFolding        error = malformed("folded line before the first field or in a framing field (RFC 9112, 2.2 and 5.2)")
	ErrBadLength         error = malformed("invalid or contradictory Content-Length (RFC 9112, 6.3)")
	ErrLengthAndCoding   error = malformed("both Content-Length and Transfer-Encoding (RFC 9112, 6.3)")
	ErrBadCoding         error = malformed("transfer coding other than chunked, once (RFC 9112, 6.1)")
	ErrBadChunkSize      error = malformed("malformed chunk size (RFC 9112, 7.1)")
	ErrBadChunkExtension error = malformed("control character in a chunk extension (RFC 9112, 7.1.1)")
	ErrBadChunkEnd       error = malformed("chunk data not followed by CRLF (RFC 9112, 7.1)")
)

// Limits that a response can exceed. Each error is an [ErrTooLarge]. The bounds are
// those of [Limits].
var (
	ErrHeadTooLarge         error = tooLarge("head over Limits.HeadBytes")
	ErrTooManyFields        error = tooLarge("more field lines than Limits.Fields")
	ErrTooManyInformational error = tooLarge("more 1xx responses than Limits.Informational")
	ErrChunkLineTooLong     error = tooLarge("chunk-size line over Limits.ChunkLine")
	ErrTooMuchFraming       error = tooLarge("chunk extensions outweigh the data by 16 KiB")
	ErrTrailersTooLarge     error = tooLarge("trailers over Limits.TrailerBytes")
)

// Input of a caller that no request may carry. Each error is an [ErrUnsendable].
var (
	ErrBadMethod     error = unsendable("method is not a token (RFC 9110, 9.1)")
	ErrBadTarget     error = unsendable("control character, # or incomplete % in the request target (RFC 9112, 3.2)")
	ErrBadFieldName  error = unsendable("field name is not a token (RFC 9110, 5.1)")
	ErrBadFieldValue error = unsendable("control character or outer whitespace in a field value (RFC 9110, 5.5)")
)

// The errors of each kind have a type of their own, so that Unwrap knows the kind.
type (
	malformed  string
	tooLarge   string
	unsendable string
)

func (e malformed) Error() string  { return string(e) }
func (e tooLarge) Error() string   { return string(e) }
func (e unsendable) Error() string { return string(e) }

func (malformed) Unwrap() error  { return ErrMalformed }
func (tooLarge) Unwrap() error   { return ErrTooLarge }
func (unsendable) Unwrap() error { return ErrUnsendable }
