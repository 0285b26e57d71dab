package upload

import (
	"errors"
	"strconv"
)

// Errors of uploads besides those of package zreq, for errors.Is.
var (
	// ErrArgs means that the arguments are invalid. The cause says why. Nothing was
	// dialled.
	ErrArgs = errors.New("invalid arguments")
	// ErrNoSize means that a directory, pipe, socket or device has no size that is known
	// in advance.
	ErrNoSize = errors.New("not a regular file, so its size is not known: " +
		"what can be read is given to zreq as Args.Body, and goes out in chunks")
	// ErrRewind means that the body would have to be sent again, but cannot be read
	// again.
	ErrRewind = errors.New("the body cannot be read again: give upload a Source with Seek or Rewind")
	// ErrChanged means that the file was written to while it was sent, and has the same
	// size as before. The server may have received neither the old content nor the new
	// one.
	ErrChanged = errors.New("the file was written to during the upload")
	// ErrUnsent means that the server reported success before everything was sent. The
	// error is an [*UnsentError], and the Response is returned as well.
	ErrUnsent = errors.New("the server reported success before all was sent")
)

var (
	errMethod   = errors.New("the method of an upload is POST, PUT or PATCH")
	errNil      = errors.New("fd is nil: there is nothing to send")
	errNegative = errors.New("fd has a negative size: it does not know it, or was read beyond its end")
	errRate     = errors.New("BytesPerSecond is negative")
	errBeyond   = errors.New("the offset lies beyond the end of the file")
)

// argsError is an ErrArgs with its cause.
type argsError struct{ err error }

func (e *argsError) Error() string   { return "upload: " + ErrArgs.Error() + ": " + e.err.Error() }
func (e *argsError) Unwrap() []error { return []error{ErrArgs, e.err} }

// A SizeError means that the size of a file has changed. Both sizes are in bytes from
// where the upload began in the file.
type SizeError struct {
	Said int64 // before the upload, and in the Content-Length
	Now  int64 // when the change was found
}

// Error names both sizes.
func (e *SizeError) Error() string {
	change := "grew"
	if e.Now < e.Said {
		change = "shrank"
	}
	return "the file " + change + " during the upload: it had " + strconv.FormatInt(e.Said, 10) +
		" bytes and has " + strconv.FormatInt(e.Now, 10)
}

// An UnsentError is an ErrUnsent with the number of bytes.
type UnsentError struct {
	Sent  int64 // bytes of the body that are known to have been sent
	Total int64 // size of the body
}

// Error says how much was sent.
func (e *UnsentError) Error() string {
	return "upload: " + ErrUnsent.Error() + ": " + strconv.FormatInt(e.Sent, 10) + " of " +
		strconv.FormatInt(e.Total, 10) + " bytes"
}

// Unwrap returns ErrUnsent.
func (e *UnsentError) Unwrap() error { return ErrUnsent }
