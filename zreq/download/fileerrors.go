//go:build !tinygo

package download

import (
	"errors"
	"strconv"

	"github.com/zreq-go/zreq/internal/osfs"
)

// The kinds of errors of a [FileSink] and of a PartitionSink, for errors.Is. Other errors
// are those of the operating system, such as *fs.PathError.
var (
	// ErrBusy means that another job, of this or another process, downloads to the same
	// path at this moment.
	ErrBusy error = &passing{errors.New("another job is downloading to the same path: wait until it has ended")}
	// ErrForeign means that something else has the name of the part or of the state: a
	// symbolic link, a folder, a device, or a file that another user has made or that has
	// a second name.
	ErrForeign = errors.New("it was not made by this program: remove it, and find out who has put it there")
	// ErrNoRoom means that the file system or the partition is too small. What was written
	// before is kept.
	ErrNoRoom = errors.New("there is not enough room: remove other files, or choose another place")
)

// foreign is ErrForeign with what is wrong.
func foreign(name, what string) error { return &detail{ErrForeign, name + " " + what} }

// noRoom is ErrNoRoom with how much is needed.
func noRoom(need int64, cause error) error {
	return &detail{both(ErrNoRoom, cause), strconv.FormatInt(need, 10) + " more bytes are needed"}
}

// passing is an error that may go away by itself, such as a disk that others have filled.
type passing struct{ err error }

// Error returns the text of the cause.
func (p *passing) Error() string { return p.err.Error() }

// Unwrap returns the cause.
func (p *passing) Unwrap() error { return p.err }

// Resumable returns true; see [Error].
func (p *passing) Resumable() bool { return true }

// explain adds the cure to an error of a write or of the creation of a file.
func explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrNoRoom):
		return &passing{err}
	case osfs.IsFull(err):
		return &passing{both(ErrNoRoom, err)}
	case osfs.IsReadOnly(err):
		return &detail{err, "the program must be allowed to create files in the folder"}
	}
	return err
}
