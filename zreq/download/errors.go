package download

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zreq-go/zreq/zreq"
)

// ErrNoContent means that a response has no content to make a file from, such as a 204, a
// 205 or one to HEAD. If the response is refused for its status as well, the error is
// also a zreq.ErrStatus.
var ErrNoContent = errors.New("the response has no content, not even an empty one")

// The kinds of errors of a job, for errors.Is. Each is in an [*Error], and so is the cause,
// which says more. Beside these, errors.Is finds zreq.ErrOutOfRetries (no attempt is left,
// which is Resumable), those of the [Sink] and the [Store], and those of the last request.
var (
	// ErrArgs means that the job cannot be done as requested. Nothing was dialled.
	ErrArgs = errors.New("invalid arguments of a download")
	// ErrWant means that the response is not what Want asks for, such as a login page.
	ErrWant = errors.New("not the content that Want describes")
	// ErrDigest means that the whole content has arrived, a second time if it was resumed,
	// and has another SHA-256. Nothing was committed, and the Sink holds nothing any more.
	// Another call downloads it again; what was spent counts against its Budget.
	ErrDigest = errors.New("the content has another SHA-256 than it should have")
	// ErrChanged means that the server has another version than before, and that the Sink
	// cannot take back what it has.
	ErrChanged = errors.New("the content has changed on the server: set OnRestart to begin anew")
	// ErrRestarts means that the job would begin anew once more than MaxRestarts allows.
	ErrRestarts = errors.New("too many restarts: raise MaxRestarts, or remove the state, to try again")
	// ErrBudget means that Budget does not allow what is still to come.
	ErrBudget = errors.New("the budget is spent: raise Budget to go on")
	// ErrState means that the checkpoint could not be read or written.
	ErrState = errors.New("the state cannot be kept")
)

var (
	errNoResponse = errors.New("there is no response")
	errNoFile     = errors.New("there is something that is not a file")
	errSize       = errors.New("the temporary file is not as long as what was written to it")
	errUnproven   = &unproven{""}

	errBadOffset = errors.New("the Sink wants to go on at an offset that it cannot have")
	errBadCount  = errors.New("the Sink returned an impossible count")
)

// unproven is an ErrUnframed with other advice than to set AllowUnframed, which does not help
// here.
type unproven struct{ advice string }

func (u *unproven) Error() string { return "nothing proves that the body is whole" + u.advice }
func (*unproven) Unwrap() error   { return zreq.ErrUnframed }

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

// The further steps of a job. Its other steps are StepCheck, for a response that is not
// what was asked for, StepReceive, StepWrite and StepSync.
const (
	StepArgs   Step = iota + StepSyncDir + 1 // checking the arguments; nothing was dialled
	StepState                                // reading or writing the checkpoint
	StepOpen                                 // opening the Sink
	StepVerify                               // comparing the digest of the content
	StepCommit                               // giving the content its place; a later job can try again
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
	case StepArgs:
		return "begin"
	case StepState:
		return "keep state of"
	case StepOpen:
		return "open the sink for"
	case StepVerify:
		return "verify"
	case StepCommit:
		return "commit"
	}
	return "unknown"
}

// isOfDisk reports whether it is the Sink or the Store of a job that fails in the step.
func (s Step) isOfDisk() bool {
	switch s {
	case StepArgs, StepCheck, StepReceive, StepVerify:
		return false
	}
	return true
}

// Error is the error of every function in this package, and of the methods of a [File]. The
// methods of a [Sink] return errors as they are, such as an *fs.PathError: a job makes an
// Error of them, with the step.
type Error struct {
	Step Step
	Path string // of the file to be saved, or of the file or the partition of a job, as it was given
	Left string // path of the temporary file, if it could not be removed
	Err  error  // a *zreq.Error, an *fs.PathError, an *os.LinkError, …

	// The other fields are those of a job.

	URL    string // that was given, without credentials, query and fragment; "" if zreq would not ask it
	Offset int64  // bytes of the content that the Sink has taken

	// Resumable means that the same call may succeed later although nobody changes anything.
	// It then goes on where this one has stopped. Otherwise something has to be changed
	// first, and Err says what: after ErrBudget, for example, the Budget. An error of a Sink
	// or a Store is Resumable if it, or an error that it wraps, has a method
	// Resumable() bool that returns true. [ErrBusy] and flash.ErrLost have it, and so has
	// [ErrNoRoom] in a file system. Every error of StepCommit is Resumable.
	Resumable bool

	// RetryAfter is how long the server asks to be left alone, from now on; 0 if it does
	// not.
	RetryAfter time.Duration
}

// Error returns the step, the path or the URL, and the cause on one line. A job shows the path
// if the disk has failed, and otherwise the URL, unless the cause has that already.
func (e *Error) Error() string {
	s := "download: " + e.Step.String()
	cause := ""
	if e.Err != nil {
		cause = ": " + e.Err.Error()
	}
	switch {
	case e.Path != "" && (e.URL == "" || e.Step.isOfDisk()):
		s += " " + e.Path
	case !strings.Contains(cause, e.URL):
		s += " " + e.URL
	}
	s += cause
	if e.Left != "" {
		s += "; left behind: " + e.Left
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// failure is the error of a job whose Sink or Store has failed in a step.
func failure(step Step, err error) *Error {
	if l, ok := err.(*located); ok {
		step, err = l.step, l.err
	}
	if step == StepState {
		err = both(ErrState, err)
	}
	return &Error{Step: step, Err: err, Resumable: step == StepCommit || isResumable(err)}
}

// isResumable reports whether an error, or one that it wraps, says that it is. errors.As
// does not do this under TinyGo.
func isResumable(err error) bool {
	switch e := err.(type) {
	case interface{ Resumable() bool }:
		return e.Resumable()
	case interface{ Unwrap() error }:
		return isResumable(e.Unwrap())
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(e.Unwrap(), isResumable)
	}
	return false
}

// located is an error that names its step, because the job is in another one: a Sink that has
// a Store of its own is opened when the checkpoint is loaded.
type located struct {
	step Step
	err  error
}

// Error returns the text of the cause.
func (l *located) Error() string { return l.err.Error() }

// Unwrap returns the cause.
func (l *located) Unwrap() error { return l.err }

// detail is an error with more words in front of it. That and caused take the place of fmt,
// which a small program need not link.
type detail struct {
	kind error
	text string
}

// Error returns the text and the error.
func (d *detail) Error() string { return d.text + ": " + d.kind.Error() }

// Unwrap returns the error.
func (d *detail) Unwrap() error { return d.kind }

// both returns a kind with its cause, on one line.
func both(kind, cause error) error {
	if cause == nil {
		return kind
	}
	return &caused{kind, cause}
}

type caused struct{ kind, cause error }

// Error returns the kind and the cause.
func (c *caused) Error() string { return c.kind.Error() + ": " + c.cause.Error() }

// Unwrap returns both.
func (c *caused) Unwrap() []error { return []error{c.kind, c.cause} }

// statusError is a status that is not the content.
type statusError struct{ status int }

// Error names the status.
func (e *statusError) Error() string { return "the status is " + strconv.Itoa(e.status) }

// Unwrap returns zreq.ErrStatus.
func (e *statusError) Unwrap() error { return zreq.ErrStatus }
