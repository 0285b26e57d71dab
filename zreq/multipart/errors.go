package multipart

import (
	"errors"
	"strconv"
)

// The kinds of error, for errors.Is. All but ErrContentType and ErrArgs come in an
// [Error], which names the part.
var (
	// ErrArgs means that an argument makes no sense, such as a buffer that cannot hold a
	// delimiter.
	ErrArgs = errors.New("multipart: invalid arguments")
	// ErrContentType means that a Content-Type is not multipart, or has no boundary that
	// could be one. A server that answers with a page, such as a login, does that.
	ErrContentType = errors.New("multipart: Content-Type is not multipart with a boundary")
	// ErrMalformed means that the head of a part is no field lines.
	ErrMalformed = errors.New("malformed head of a part (RFC 2046, 5.1)")
	// ErrTooLarge means that the head of a part does not fit in Args.Buffer, that more than
	// 64 KiB come before the first part, or that a part does not fit in the buffer given to
	// Part.ReadInto.
	ErrTooLarge = errors.New("over a limit")
	// ErrLength means that no delimiter follows the bytes that Content-Length or
	// Content-Range announced. If the server counts wrong, Args.IgnoreLength helps.
	ErrLength = errors.New("no delimiter where the part should end by its length")
	// ErrRange means that a part of multipart/byteranges has no valid Content-Range, or one
	// that contradicts its Content-Length or an earlier part.
	ErrRange = errors.New("missing or contradictory Content-Range (RFC 9110, 14.6)")
	// ErrTruncated means that the body ended before its last delimiter.
	ErrTruncated = errors.New("body ended before the last delimiter (RFC 2046, 5.1.1)")
)

var (
	errPreamble  = &detail{ErrTooLarge, "64 KiB and no delimiter: the boundary in Content-Type is not that of this body"}
	errBadLength = &detail{ErrMalformed, "Content-Length is no number, or there are two: Args.IgnoreLength helps"}
)

// detail is one of the kinds with more words.
type detail struct {
	kind error
	text string
}

// Error returns the kind and the text.
func (d *detail) Error() string { return d.kind.Error() + ": " + d.text }

// Unwrap returns the kind.
func (d *detail) Unwrap() error { return d.kind }

// Error says in which part a body is wrong.
type Error struct {
	Part int // counted from 0; -1: before the first part
	Err  error
}

// Error names the part and the cause.
func (e *Error) Error() string {
	if e.Part < 0 {
		return "multipart: before the first part: " + e.Err.Error()
	}
	return "multipart: part " + strconv.Itoa(e.Part) + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
