package download

import (
	"errors"

	"github.com/zreq-go/zreq/zreq"
)

// ErrNoContent means that a response has no content to make a file from, such as a 204, a
// 205 or one to HEAD. If the response is refused for its status as well, the error is
// also a zreq.ErrStatus.
var ErrNoContent = errors.New("the response has no content, not even an empty one")

var (
	errNoResponse = errors.New("there is no response")
	errNoFile     = errors.New("there is something that is not a file")
	errSize       = errors.New("the temporary file is not as long as what was written to it")
	errUnproven   = &unproven{}
)

// unproven is an ErrUnframed without the advice to set AllowUnframed, which does not help
// here.
type unproven struct{}

func (*unproven) Error() string { return "nothing proves that the body is whole" }
func (*unproven) Unwrap() error { return zreq.ErrUnframed }

// Step is the part of saving that failed.
type Step uint8

// The steps, in their order.
const (
	StepCheck   Step = iota // the response was refused; the disk was not touched
	StepCreate              // creating the temporary file
	StepReceive             // receiving the body
	StepWrite               // writing the temporary file
	StepSync                // syncing it to the disk
	StepClose               // closing it
	StepRename              // renaming it
	StepSyncDir             // syncing the folder; the file is in place and complete, but a power cut may bring back the old one
)

// String returns a short name of the step.
func (s Step) String() string {
	switch s {
	case StepCheck:
		return "check"
	case StepCreate:
		return "create"
	case StepReceive:
		return "receive"
	case StepWrite:
		return "write"
	case StepSync:
		return "sync"
	case StepClose:
		return "close"
	case StepRename:
		return "rename"
	case StepSyncDir:
		return "sync folder of"
	}
	return "unknown"
}

// Error is the error of every function in this package.
type Error struct {
	Step Step
	Path string // of the file to be saved, as it was given
	Left string // path of the temporary file, if it could not be removed
	Err  error  // a *zreq.Error, an *fs.PathError, an *os.LinkError, …
}

// Error returns the step, the path and the cause on one line.
func (e *Error) Error() string {
	s := "download: " + e.Step.String() + " " + e.Path
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	if e.Left != "" {
		s += "; left behind: " + e.Left
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
