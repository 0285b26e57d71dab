package spool

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/zreq-go/zreq/internal/osfs"
	"github.com/zreq-go/zreq/upload"
)

// folder is what a spool needs of the operating system. Tests have one whose power fails.
type folder interface {
	List(sub string, yield func(name string, regular bool)) error // everything in a folder, in any order
	Open(name string) (upload.Source, io.Closer, error)
	Create(name string) (output, error) // empties a file that exists
	Mkdir(name string) error            // fs.ErrExist if it exists
	Rename(from, to string) error
	Remove(name string) error
	Sync(sub string) error            // the entries of the folder "." or of one in it
	Pick(path string) (picked, error) // opens a regular file that is to be moved here, and its folder
	Close() error
}

// output is a small file that is written at once.
type output interface {
	io.WriteCloser
	Sync() error
}

// picked is a file that is to be moved into the folder.
type picked interface {
	Sync() error            // its content
	Move(name string) error // into the folder, where it has that name
	SyncFolder() error      // the entries of the folder that it has left
	Close() error
}

// rootFolder is a folder of the operating system. It is kept open, so that it stays the
// same wherever its path leads in the meantime.
type rootFolder struct {
	*osfs.Folder
	path string
	lock *os.File
}

const lockName = ".lock"

// openFolder creates the folder if there is none, and locks it.
func openFolder(path string) (*rootFolder, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	made := os.Mkdir(path, 0o700)
	if made != nil && !errors.Is(made, fs.ErrExist) {
		return nil, made
	}
	// Also if the folder exists: it may be new to the disk, if the power fails now.
	if err := syncPath(filepath.Dir(path)); err != nil && made == nil {
		return nil, err
	}
	home, err := osfs.Open(path)
	if err != nil {
		return nil, err
	}
	f := &rootFolder{Folder: home, path: path}
	if err := f.claim(); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

func syncPath(path string) error {
	f, err := osfs.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync(".")
}

// claim locks the folder.
func (f *rootFolder) claim() (err error) {
	f.lock, err = f.openOwn(lockName, os.O_RDWR)
	if err != nil {
		return err
	}
	locked, err := osfs.TryLock(f.lock)
	if err == nil && !locked {
		err = ErrBusy
	}
	return err
}

// listed is how many names are read at a time.
const listed = 128

func (f *rootFolder) List(sub string, yield func(name string, regular bool)) error {
	dir, err := f.Folder.Open(sub)
	if err != nil {
		return err
	}
	defer dir.Close()
	for {
		entries, err := dir.ReadDir(listed)
		for _, e := range entries {
			yield(e.Name(), e.Type().IsRegular())
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// Open returns fs.ErrNotExist if the name has become that of something else.
func (f *rootFolder) Open(name string) (upload.Source, io.Closer, error) {
	info, err := f.Lstat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, nil, err
	}
	file, err := f.OpenFile(name, os.O_RDONLY, 0)
	if err != nil {
		return nil, nil, err
	}
	source, err := upload.File(file)
	if err != nil {
		_ = file.Close()
		return nil, nil, err
	}
	return source, file, nil
}

func (f *rootFolder) Create(name string) (output, error) {
	file, err := f.openOwn(name, os.O_WRONLY|os.O_TRUNC)
	if err != nil {
		return nil, err
	}
	return file, nil
}

// openOwn opens a file that belongs to the spool, or creates it. Lstat comes first, because
// an os.Root follows a link to another file in it.
func (f *rootFolder) openOwn(name string, flag int) (*os.File, error) {
	info, err := f.Lstat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: name, Err: errForeign}
	}
	if osfs.IgnoreMissing(err) != nil {
		return nil, err
	}
	return f.OpenFile(name, flag|os.O_CREATE, 0o600)
}

func (f *rootFolder) Mkdir(name string) error { return f.Folder.Mkdir(name, 0o700) }

func (f *rootFolder) Close() error {
	err := f.Folder.Close()
	if f.lock != nil {
		err = errors.Join(err, f.lock.Close())
	}
	return err
}

// pickedFile is a file of the operating system outside the spool.
type pickedFile struct {
	to   *rootFolder
	home *osfs.Folder // the folder that it is in
	name string       // in home
	file *os.File
}

func (f *rootFolder) Pick(path string) (picked, error) {
	home, err := osfs.Open(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	p := &pickedFile{to: f, home: home, name: filepath.Base(path)}
	if err := p.open(); err != nil {
		_ = p.Close()
		return nil, err
	}
	return p, nil
}

func (p *pickedFile) open() error {
	info, err := p.home.Lstat(p.name) // comes first, because opening a pipe waits
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return ErrNotFile
	}
	if same, err := p.isAtHome(); err != nil {
		return err
	} else if same && isOwn(p.name) {
		return ErrSpooled
	}
	p.file, err = p.home.OpenFile(p.name, syncable, 0)
	return err
}

// isAtHome reports whether the file is in the folder of the spool already.
func (p *pickedFile) isAtHome() (bool, error) {
	a, err := p.home.Stat(".")
	if err != nil {
		return false, err
	}
	b, err := p.to.Stat(".")
	return err == nil && os.SameFile(a, b), err
}

func (p *pickedFile) Sync() error { return p.file.Sync() }

func (p *pickedFile) Move(name string) error {
	if !osfs.RenamesOpen {
		_ = p.file.Close()
	}
	return p.move(name)
}

func (p *pickedFile) SyncFolder() error { return p.home.Sync(".") }

func (p *pickedFile) Close() error {
	if p.file != nil {
		_ = p.file.Close() // nothing was written to it
	}
	return p.home.Close()
}
