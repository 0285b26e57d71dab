//go:build !tinygo

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

// A File is a file that is being written. It has a temporary name until Commit, so that
// its own name never belongs to a part of a file. It is for one goroutine at a time.
type File struct {
	disk disk
	path string // that the file will have
	dir  string // folder of path, not cleaned: cleaning could make it another one
	base string
	home folder // dir, kept open; nil when it is not needed any more
	name string // of the temporary file; "" if it does not exist any more
	part part   // the temporary file; nil when it is closed
	size int64  // of everything that was written
	err  error  // the first failure
}

// maxNames is how many names are tried for a temporary file.
const maxNames = 100

// Create creates a File that will be at path. Pass it to Response.WriteTo, alone or with
// a hash in an io.MultiWriter; with a hash, or over TLS, Response.SaveTo with 32 KiB of
// memory is quicker, since it writes whole pages. Check that the response is Fit and
// Complete, and then call Commit. Call Close in any case.
func Create(path string) (*File, error) { return create(system{}, path) }

func create(d disk, path string) (*File, error) {
	f := &File{disk: d, path: path}
	if err := f.begin(); err != nil {
		return nil, f.abandon(err)
	}
	return f, nil
}

// begin creates the temporary file. It never has more permissions than the file will
// have.
func (f *File) begin() error {
	mode, old, err := modeAt(f.disk, f.path)
	if err == nil {
		err = f.enter()
	}
	if err == nil {
		err = f.make(mode)
	}
	if err == nil && old {
		err = setMode(f.part, mode)
	}
	if err != nil {
		return f.fail(StepCreate, err)
	}
	return nil
}

// modeAt returns the permissions of the file at the path, if it exists, and otherwise those
// of os.Create, from which the system subtracts the umask.
func modeAt(d disk, path string) (mode fs.FileMode, old bool, err error) {
	info, err := d.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return 0o666, false, nil
	case err != nil:
		return 0, false, err
	case !info.Mode().IsRegular():
		return 0, false, pathError(path, errNoFile)
	}
	return info.Mode().Perm(), true, nil
}

// enter opens the folder. Until the file is in place, the working directory or a link in
// the path may change.
func (f *File) enter() (err error) {
	f.dir, f.base, f.home, err = enterAt(f.disk, f.path)
	return err
}

// enterAt opens the folder of a path.
func enterAt(d disk, path string) (dir, base string, home folder, err error) {
	if dir, base = filepath.Split(path); base == "" {
		return dir, base, nil, pathError(path, fs.ErrInvalid)
	}
	at := dir
	if at == "" {
		at = "."
	}
	home, err = d.Open(at)
	return dir, base, home, err
}

// make creates the temporary file under a name that does not exist.
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

// maxBase is how many bytes of the name are used in that of the temporary file. File
// systems limit a name to about 255 bytes, and the rest needs some of them.
const maxBase = 120

// short cuts a long name, but not in the middle of a character: some file systems refuse
// that.
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

// setMode restores the permissions that the umask has taken from those of the old file.
// Some file systems have the same permissions for all files and do not let anybody set
// them.
func setMode(p part, mode fs.FileMode) error {
	info, err := p.Stat()
	if err != nil || info.Mode().Perm() == mode {
		return err
	}
	return p.Chmod(mode)
}

func pathError(path string, err error) error {
	return &fs.PathError{Op: "create", Path: path, Err: err}
}

// Write appends p. After an error nothing more can be written or committed.
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

// ReceiveFrom implements zreq.Receiver over connections that can write what they receive
// into a file, such as those of package stdnet on Linux.
func (f *File) ReceiveFrom(c netdriver.Conn, n int64) (received int64, ok bool, err error) {
	if f.err != nil {
		return 0, false, nil
	}
	received, ok, failed, err := receiveFile(f.part, c, n)
	f.size += received
	if failed != nil {
		_ = f.fail(StepWrite, failed) // Write and Commit return it
	}
	return received, ok, err
}

// receiveFile is ReceiveFrom for a file. failed is an error of the file.
func receiveFile(p part, c netdriver.Conn, n int64) (received int64, ok bool, failed, err error) {
	fast, can := c.(interface {
		ReceiveFile(f *os.File, n int64) (int64, error)
	})
	file, is := p.(*os.File)
	if !can || !is {
		return 0, false, nil, nil
	}
	received, err = fast.ReceiveFile(file, n)
	switch {
	case err == nil:
	case received == 0 && errors.Is(err, errors.ErrUnsupported):
		return 0, false, nil, nil // Write returns the reason
	case isOfFile(err):
		return received, true, err, nil
	}
	return received, true, nil, err
}

// isOfFile reports whether err is an error of a file and not of a connection.
func isOfFile(err error) bool {
	var e *fs.PathError
	return errors.As(err, &e)
}

// Commit syncs the File to the disk and gives it its name. If it fails, the file at the
// path is as it was, unless the error has StepSyncDir.
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

// measure compares the size on disk with the number of bytes written. It finds a
// connection or a file system that only claims to have written.
func (f *File) measure() error {
	info, err := f.part.Stat()
	if err == nil && info.Size() != f.size {
		err = errSize
	}
	return err
}

// leave closes the folder.
func (f *File) leave() {
	if f.home != nil {
		_ = f.home.Close() // nothing was written to it
		f.home = nil
	}
}

// closed returns the error of writing to f, or nil if f can be written to.
func (f *File) closed() error {
	if f == nil {
		return &Error{Step: StepWrite, Err: fs.ErrInvalid}
	}
	if f.err == nil && f.part == nil {
		return &Error{Step: StepWrite, Path: f.path, Err: fs.ErrClosed}
	}
	return f.err
}

// Close removes a File that was not committed. After Commit, and when it is called again,
// it does nothing. Closing a nil File does nothing.
func (f *File) Close() error {
	if f == nil {
		return nil
	}
	if f.part != nil {
		_ = f.part.Close() // it will be removed
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

// fail records the first failure.
func (f *File) fail(step Step, err error) error {
	f.err = &Error{Step: step, Path: f.path, Err: err}
	return f.err
}

// abandon closes f. If that leaves the temporary file behind, it says so in err.
func (f *File) abandon(err error) error {
	var e *Error
	if f.Close() != nil && errors.As(err, &e) {
		e.Left = f.dir + f.name
	}
	return err
}
