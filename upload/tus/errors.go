package tus

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/zreq-go/zreq/zreq"
)

// The kinds of errors of an upload, for errors.Is. Each is in an [*Error], and so is the
// cause, which says more. Beside these, errors.Is finds zreq.ErrOutOfRetries (no attempt is
// left, which is Resumable), upload.ErrArgs, upload.ErrRewind, upload.ErrChanged and a
// *upload.SizeError, those of the source and the [Store], and those of the last request.
var (
	// ErrNotTus means that the endpoint does not speak tus 1.0.0. The cause is what it
	// said.
	ErrNotTus = errors.New("the endpoint does not speak tus 1.0.0: give the URL at which the server creates uploads")
	// ErrRefused means that the server does not want the upload, by the Status of the
	// error, or does not have what Args ask for.
	ErrRefused = errors.New("the server has refused the upload")
	// ErrTooLarge means that the source is larger than the server takes. It is an
	// ErrRefused.
	ErrTooLarge error = &tooLarge{}
	// ErrProtocol means that the server breaks a rule of tus, so that nobody knows how
	// much it has.
	ErrProtocol = errors.New("the server breaks the rules of tus")
	// ErrLocation means that the server has created the upload at a URL that cannot be
	// used.
	ErrLocation = errors.New("the server has created the upload at a URL that cannot be used")
	// ErrRestarts means that the upload would begin anew once more than MaxRestarts
	// allows.
	ErrRestarts = errors.New("the server loses uploads: raise MaxRestarts to begin anew once more")
	// ErrState means that the record could not be read or written.
	ErrState = errors.New("the state cannot be kept")
	// ErrBusy means that another upload, of this or another process, uses the same StateFile
	// at this moment.
	ErrBusy = errors.New("another upload uses the same state file: wait until it has ended")
)

// tooLarge is an ErrRefused.
type tooLarge struct{}

func (*tooLarge) Error() string { return "the file is larger than the server takes" }
func (*tooLarge) Unwrap() error { return ErrRefused }

// Step is the part of an upload that failed.
type Step uint8

// The steps, in their order.
const (
	StepArgs      Step = iota // checking the arguments; nothing was dialled
	StepState                 // reading or writing the record
	StepDiscover              // asking what the server can do (OPTIONS)
	StepCreate                // creating the upload (POST)
	StepAsk                   // asking for the offset (HEAD)
	StepSend                  // sending (PATCH)
	StepTerminate             // removing the upload from the server (DELETE)
)

// String returns a short name of the step.
func (s Step) String() string {
	switch s {
	case StepArgs:
		return "begin"
	case StepState:
		return "keep state of"
	case StepDiscover:
		return "discover"
	case StepCreate:
		return "create at"
	case StepAsk:
		return "ask about"
	case StepSend:
		return "send to"
	case StepTerminate:
		return "terminate"
	}
	return "unknown"
}

// Error is the error of every function in this package.
type Error struct {
	Step   Step
	URL    string // of the endpoint, without credentials, query and fragment; "(not a URL)" if zreq would not ask it
	Status int    // of the response that ended the upload; 0 if none did
	Offset int64  // bytes of the source that the server has confirmed
	Err    error  // a *zreq.Error, an *fs.PathError, …

	Resumable bool // the same call may succeed later, and goes on where this one has stopped

	// RetryAfter is how long the server asks to be left alone, from now on; 0 if it does
	// not.
	RetryAfter time.Duration
}

// Error returns the step, the URL, the status and the cause on one line.
func (e *Error) Error() string {
	s := "tus: " + e.Step.String() + " " + e.URL
	if e.Status != 0 {
		s += ": status " + strconv.Itoa(e.Status)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// both returns a kind with its cause, on one line.
func both(kind, cause error) error { return fmt.Errorf("%w: %w", kind, cause) }

// detail returns a kind with more words.
func detail(kind error, text string) error { return fmt.Errorf("%w: %s", kind, text) }

// maxSaid bounds what is quoted of the text of a response, in bytes.
const maxSaid = 120

// said quotes what a response says for people, which begins its body if that is text.
func said(r *zreq.Response) string {
	text := r.Reason()
	if content, err := r.Content(); err == nil && len(content) > 0 && content[0] != '<' {
		text = string(content[:min(len(content), maxSaid)])
	}
	return strconv.QuoteToASCII(text[:min(len(text), maxSaid)])
}
