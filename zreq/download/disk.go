package download

import (
	"io"
	"io/fs"
	"os"
)

// disk is what saving asks of the system. A test has one that fails.
type disk interface {
	Stat(path string) (fs.FileInfo, error)
	Open(dir string) (folder, error)
}

// part is a file that is being written: an *os.File.
type part interface {
	io.WriteCloser
	Stat() (fs.FileInfo, error)
	Chmod(mode fs.FileMode) error
	Sync() error
}

// folder is one that is held: its names are meant in it, wherever its path leads
// meanwhile.
type folder interface {
	Create(name string, mode fs.FileMode) (part, error) // fs.ErrExist if it is there
	Rename(from, to string) error
	Remove(name string) error
	Sync() error // of its entries
	Close() error
}

// system is the disk of the operating system. What syncs its folders is in
// folder_unix.go.
type system struct{}

func (system) Stat(path string) (fs.FileInfo, error) { return os.Stat(path) }

func (system) Open(dir string) (folder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	entries, err := openEntries(root)
	if err != nil {
		_ = root.Close()
		return nil, err
	}
	return &rootFolder{root, entries}, nil
}

type rootFolder struct {
	*os.Root
	entries entries
}

// entries are what is synced of a folder. They are opened before anything is written,
// so that as little as possible can fail after a rename.
type entries interface {
	Sync() error
	Close() error
}

func (f *rootFolder) Create(name string, mode fs.FileMode) (part, error) {
	p, err := f.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, err
	}
	return p, nil
}

func (f *rootFolder) Sync() error { return f.entries.Sync() }

func (f *rootFolder) Close() error {
	err := f.entries.Close()
	if failed := f.Root.Close(); err == nil {
		err = failed
	}
	return err
}
