//go:build !tinygo

package download

import (
	"io"
	"io/fs"
	"os"
)

// disk is what saving needs from the operating system. Tests have one that fails.
type disk interface {
	Stat(path string) (fs.FileInfo, error)
	Open(dir string) (folder, error)
}

// part is a file that is being written. It is an *os.File.
type part interface {
	io.WriteCloser
	Stat() (fs.FileInfo, error)
	Chmod(mode fs.FileMode) error
	Sync() error
}

// folder is a folder that is kept open. Names are resolved in it, wherever its path leads
// in the meantime.
type folder interface {
	Create(name string, mode fs.FileMode) (part, error) // fs.ErrExist if the file exists
	Rename(from, to string) error
	Remove(name string) error
	Sync() error // of its entries
	Close() error
}

// system is the disk of the operating system. folder_unix.go has the code that syncs its
// folders.
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

// entries syncs the entries of a folder. It is opened before anything is written, so that
// as little as possible can fail after a rename.
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
