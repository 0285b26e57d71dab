package spool

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/zreq-go/zreq/internal/osfs"
)

// The kinds of errors of a spool, for errors.Is. Other errors are those of the operating
// system, such as *fs.PathError, and those of package upload.
var (
	// ErrArgs means that the arguments are invalid. The cause says why.
	ErrArgs = errors.New("invalid arguments")
	// ErrBusy means that another process, or another Spool of this one, has the folder
	// open.
	ErrBusy = errors.New("the spool is open already: let one process add and send, or give each a folder of its own")
	// ErrRunning means that Run or Drain of the same Spool has not returned yet.
	ErrRunning = errors.New("Run is under way: end its context, and wait until it has returned")
	// ErrOtherDisk means that a file is on another file system than the spool, from where
	// it cannot be moved without a copy.
	ErrOtherDisk = errors.New("the file is on another file system than the spool: record beside the spool, or copy the file there first")
	// ErrNotFile means that only regular files can be added: no folder, symbolic link or
	// device.
	ErrNotFile = errors.New("not a regular file: add the file that a link leads to, or each file of a folder")
	// ErrName means that the name of a file is longer than MaxName, or than the file
	// system allows once it has its number.
	ErrName = errors.New("the name is too long: rename the file to one of at most " + strconv.Itoa(MaxName) + " bytes")
	// ErrSpooled means that the file is in the spool already, or belongs to it.
	ErrSpooled = errors.New("the file is in the spool already, or belongs to it: leave it there")
	// ErrNoRoom means that the file system is full.
	ErrNoRoom = errors.New("there is no room on the file system: remove other files")
	// ErrReadOnly means that the folder of the spool, or the one of a file that is added,
	// cannot be written to.
	ErrReadOnly = errors.New("the folder cannot be written to: " +
		"let the program create files in it, and look whether the disk has become read-only after an error")
	// ErrPassedOver means that Drain has left files that could not be sent. The error is a
	// [*PassedOverError].
	ErrPassedOver = errors.New("files were passed over")
	// ErrStatus means that a server has refused a file, or all of them. The error is a
	// [*StatusError].
	ErrStatus = errors.New("the server did not accept the file")
)

// An Error is what every error of Open, Add, Run and Drain is, except for ErrRunning, the
// cause of a context that has ended, and a [*PassedOverError].
type Error struct {
	Op   string // "open", "add", "list", "send", "remove" or "set aside"
	Path string // of the folder, or name of the file
	Err  error  // the cause
}

// Error names the operation and the file.
func (e *Error) Error() string {
	return "spool: " + e.Op + " " + strconv.Quote(e.Path) + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// A StatusError is an ErrStatus with what the server said.
type StatusError struct {
	Status int    // such as 413
	Reason string // of the status line
	Text   string // the beginning of the body, up to 4 KiB
}

// Error names the status, and for some the cure.
func (e *StatusError) Error() string {
	return ErrStatus.Error() + ": status " + strconv.Itoa(e.Status) + " " + e.Reason + cures[e.Status]
}

// Unwrap returns ErrStatus.
func (e *StatusError) Unwrap() error { return ErrStatus }

// cures are for those that end Run.
var cures = map[int]string{
	401: ": look at the credentials in Args.Upload",
	403: ": let the server accept files from this device",
	404: ": look at Args.URL",
	407: ": look at the credentials for the proxy",
}

// A PassedOverError is an ErrPassedOver with the number of files.
type PassedOverError struct {
	Files int   // that were passed over
	Last  error // why the last of them could not be sent
}

// Error says how many files are left, and why.
func (e *PassedOverError) Error() string {
	return fmt.Sprintf("spool: %v, and will be sent again: %d, the last because of: %v", ErrPassedOver, e.Files, e.Last)
}

// Unwrap returns ErrPassedOver and the last cause.
func (e *PassedOverError) Unwrap() []error { return []error{ErrPassedOver, e.Last} }

// errForeign is for a link, a folder or a device in the place of a file of the spool's own.
var errForeign = errors.New("it was not made by the spool: remove it, and find out who has put it there")

// explain adds the cure to an error of the file system.
func explain(err error) error {
	kind := kindOf(err)
	if kind == nil || errors.Is(err, kind) {
		return err
	}
	return fmt.Errorf("%w: %w", kind, err)
}

func kindOf(err error) error {
	switch {
	case isOtherDisk(err):
		return ErrOtherDisk
	case isTooLong(err):
		return ErrName
	case osfs.IsFull(err):
		return ErrNoRoom
	case osfs.IsReadOnly(err):
		return ErrReadOnly
	}
	return nil
}

// invalid is an ErrArgs with its cause.
func invalid(err error) error { return fmt.Errorf("%w: %w", ErrArgs, err) }
