package spool

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

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
	root    *os.Root
	path    string
	entries *os.File // of the folder; nil where folders cannot be opened
	lock    *os.File
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
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	f := &rootFolder{root: root, path: path}
	if f.entries, err = openEntries(root, "."); err == nil {
		f.lock, err = root.OpenFile(lockName, os.O_RDWR|os.O_CREATE|noFollow, 0o600)
	}
	if err == nil {
		err = lock(f.lock)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

func syncPath(path string) error {
	root, err := os.OpenRoot(path)
	if err != nil {
		return err
	}
	defer root.Close()
	return syncIn(root, ".")
}

// syncIn syncs the entries of a folder in root.
func syncIn(root *os.Root, name string) error {
	f, err := openEntries(root, name)
	if err != nil || f == nil {
		return err
	}
	defer f.Close()
	return syncEntries(f)
}

// listed is how many names are read at a time.
const listed = 128

func (f *rootFolder) List(sub string, yield func(name string, regular bool)) error {
	dir, err := f.root.Open(sub)
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
	info, err := f.root.Lstat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, nil, err
	}
	file, err := f.root.OpenFile(name, os.O_RDONLY|noFollow, 0)
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
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|noFollow, 0o600)
	if err != nil {
		return nil, err
	}
	return file, nil
}

func (f *rootFolder) Mkdir(name string) error      { return f.root.Mkdir(name, 0o700) }
func (f *rootFolder) Rename(from, to string) error { return f.root.Rename(from, to) }
func (f *rootFolder) Remove(name string) error     { return f.root.Remove(name) }

func (f *rootFolder) Sync(sub string) error {
	if sub == "." && f.entries != nil {
		return syncEntries(f.entries)
	}
	return syncIn(f.root, sub)
}

func (f *rootFolder) Close() error {
	err := f.root.Close()
	for _, file := range []*os.File{f.entries, f.lock} {
		if file != nil {
			err = errors.Join(err, file.Close())
		}
	}
	return err
}

// pickedFile is a file of the operating system outside the spool.
type pickedFile struct {
	to      *rootFolder
	home    *os.Root // the folder that it is in
	entries *os.File // the same; nil where folders cannot be opened
	name    string   // in home
	file    *os.File
}

func (f *rootFolder) Pick(path string) (picked, error) {
	home, err := os.OpenRoot(filepath.Dir(path))
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
	if p.entries, err = openEntries(p.home, "."); err != nil {
		return err
	}
	p.file, err = p.home.OpenFile(p.name, syncable|noFollow, 0)
	return err
}

// isAtHome reports whether the file is in the folder of the spool already.
func (p *pickedFile) isAtHome() (bool, error) {
	a, err := p.home.Stat(".")
	if err != nil {
		return false, err
	}
	b, err := p.to.root.Stat(".")
	return err == nil && os.SameFile(a, b), err
}

func (p *pickedFile) Sync() error { return p.file.Sync() }

func (p *pickedFile) Move(name string) error {
	if !renamesOpen {
		_ = p.file.Close()
	}
	return p.move(name)
}

func (p *pickedFile) SyncFolder() error {
	if p.entries == nil {
		return nil
	}
	return syncEntries(p.entries)
}

func (p *pickedFile) Close() error {
	for _, file := range []*os.File{p.entries, p.file} {
		if file != nil {
			_ = file.Close() // nothing was written to it
		}
	}
	return p.home.Close()
}
