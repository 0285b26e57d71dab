package download

import (
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"unicode/utf8"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

var (
	_ io.WriteCloser = (*File)(nil)
	_ zreq.Receiver  = (*File)(nil)
)

// A File is one that is being written. It has another name until Commit, so that
// what lies under the right one is never half a file. It is for one goroutine at a
// time.
type File struct {
	disk disk
	path string // what it will be
	dir  string // of path, as the system understands it: cleaned it may be another one
	base string
	home folder // dir, held; nil when there is nothing to do in it any more
	name string // of the temporary file; "" if there is none any more
	part part   // nil when it is closed
	size int64  // of all that was written
	err  error  // the first failure
}

// maxNames is how many names are tried for a temporary file.
const maxNames = 100

// Create begins a file that is to be at path. Give Response.WriteTo the File, alone
// or beside a hash in an io.MultiWriter, and see to it that the response is Fit and
// Complete. Then call Commit; and Close, in any case.
func Create(path string) (*File, error) { return create(system{}, path) }

func create(d disk, path string) (*File, error) {
	f := &File{disk: d, path: path}
	if err := f.begin(); err != nil {
		return nil, f.abandon(err)
	}
	return f, nil
}

// begin makes the temporary file. With it can never be done more than with the one
// that it will be.
func (f *File) begin() error {
	mode, old, err := f.mode()
	if err == nil {
		err = f.enter()
	}
	if err == nil {
		err = f.make(mode)
	}
	if err == nil && old {
		err = f.setMode(mode)
	}
	if err != nil {
		return f.fail(StepCreate, err)
	}
	return nil
}

// mode is that of the file at the path, if there is one; else that of os.Create, from
// which the system takes the umask.
func (f *File) mode() (mode fs.FileMode, old bool, err error) {
	info, err := f.disk.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0o666, false, nil
	case err != nil:
		return 0, false, err
	case !info.Mode().IsRegular():
		return 0, false, pathError(f.path, errNoFile)
	}
	return info.Mode().Perm(), true, nil
}

// enter takes hold of the folder. Until the file is in place the working directory may
// change, and a link on the way.
func (f *File) enter() (err error) {
	if f.dir, f.base = filepath.Split(f.path); f.base == "" {
		return pathError(f.path, fs.ErrInvalid)
	}
	dir := f.dir
	if dir == "" {
		dir = "."
	}
	f.home, err = f.disk.Open(dir)
	return err
}

// make gives the temporary file a name that nobody has.
func (f *File) make(mode fs.FileMode) (err error) {
	for range maxNames {
		name := "." + short(f.base) + "." + strconv.FormatUint(uint64(rand.Uint32()), 36) + ".part"
		if f.part, err = f.home.Create(name, mode); err == nil {
			f.name = name
			return nil
		}
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return err
}

// maxBase is how much of a name is taken over into that of the temporary file: of all
// that a file system takes, which is 255 bytes or not many fewer, something is left for
// the rest.
const maxBase = 120

// short cuts a long name between two characters: some file systems know no half ones.
func short(base string) string {
	if len(base) <= maxBase {
		return base
	}
	n := maxBase
	for n > 0 && !utf8.RuneStart(base[n]) {
		n--
	}
	return base[:n]
}

// setMode gives back what the umask took of the mode of an old file. Some file systems
// have one mode for all files, and let nobody set it.
func (f *File) setMode(mode fs.FileMode) error {
	info, err := f.part.Stat()
	if err != nil || info.Mode().Perm() == mode {
		return err
	}
	return f.part.Chmod(mode)
}

func pathError(path string, err error) error {
	return &fs.PathError{Op: "create", Path: path, Err: err}
}

// Write writes p behind what was written before. After an error nothing more can be
// written, nor committed.
func (f *File) Write(p []byte) (int, error) {
	if err := f.closed(); err != nil {
		return 0, err
	}
	n, err := f.part.Write(p)
	f.size += int64(n)
	if err != nil {
		return n, f.fail(StepWrite, err)
	}
	return n, nil
}

// ReceiveFrom implements zreq.Receiver over connections that can put what comes into
// a file, as those of package stdnet can on Linux.
func (f *File) ReceiveFrom(c netdriver.Conn, n int64) (received int64, ok bool, err error) {
	fast, can := c.(interface {
		ReceiveFile(f *os.File, n int64) (int64, error)
	})
	file, is := f.part.(*os.File)
	if !can || !is || f.err != nil {
		return 0, false, nil
	}
	received, err = fast.ReceiveFile(file, n)
	f.size += received
	switch {
	case err == nil:
	case received == 0 && errors.Is(err, errors.ErrUnsupported):
		return 0, false, nil // Write finds out why
	case isOfFile(err):
		_ = f.fail(StepWrite, err) // Write and Commit tell
		return received, true, nil
	}
	return received, true, err
}

// isOfFile reports whether err is one of a file, and not of a connection.
func isOfFile(err error) bool {
	var e *fs.PathError
	return errors.As(err, &e)
}

// Commit syncs what was written to the disk and makes it the file at the path. An
// error says that the path is as it was, but for that of StepSyncDir.
func (f *File) Commit() error {
	if err := f.closed(); err != nil {
		return err
	}
	if err := f.measure(); err != nil {
		return f.fail(StepWrite, err)
	}
	if err := f.part.Sync(); err != nil {
		return f.fail(StepSync, err)
	}
	part := f.part
	f.part = nil
	if err := part.Close(); err != nil {
		return f.fail(StepClose, err)
	}
	if err := f.home.Rename(f.name, f.base); err != nil {
		return f.fail(StepRename, explainRename(err))
	}
	f.name = ""
	defer f.leave()
	if err := f.home.Sync(); err != nil {
		return f.fail(StepSyncDir, err)
	}
	return nil
}

// measure asks the disk how much it has. So who only says that he has put something
// into the file, be it a connection or a file system, is found out.
func (f *File) measure() error {
	info, err := f.part.Stat()
	if err == nil && info.Size() != f.size {
		err = errSize
	}
	return err
}

// leave lets go of the folder.
func (f *File) leave() {
	if f.home != nil {
		_ = f.home.Close() // nothing was written by way of it
		f.home = nil
	}
}

// closed is why nothing can be written, if nothing can.
func (f *File) closed() error {
	if f == nil {
		return &Error{Step: StepWrite, Err: fs.ErrInvalid}
	}
	if f.err == nil && f.part == nil {
		return &Error{Step: StepWrite, Path: f.path, Err: fs.ErrClosed}
	}
	return f.err
}

// Close removes what was not committed. After Commit, and when called again, it does
// nothing. Closing nil is harmless.
func (f *File) Close() error {
	if f == nil {
		return nil
	}
	if f.part != nil {
		_ = f.part.Close() // it is of no use any more
		f.part = nil
	}
	defer f.leave()
	if f.name == "" || f.home == nil {
		return nil
	}
	if err := f.home.Remove(f.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return &Error{Step: StepClose, Path: f.path, Left: f.dir + f.name, Err: err}
	}
	f.name = ""
	return nil
}

// fail notes the first failure.
func (f *File) fail(step Step, err error) error {
	f.err = &Error{Step: step, Path: f.path, Err: err}
	return f.err
}

// abandon closes f, and says in err if that leaves something behind.
func (f *File) abandon(err error) error {
	var e *Error
	if f.Close() != nil && errors.As(err, &e) {
		e.Left = f.dir + f.name
	}
	return err
}
