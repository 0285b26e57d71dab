package download

import (
	"io"
	"io/fs"
	"os"
)

// disk is what saving asks of the system. A test has one that fails.
type disk interface {
	Stat(path string) (fs.FileInfo, error)
	Create(path string, mode fs.FileMode) (part, error) // fs.ErrExist if it is there
	Open(dir string) (folder, error)
	Rename(from, to string) error
	Remove(path string) error
}

// part is a file that is being written: an *os.File.
type part interface {
	io.WriteCloser
	Stat() (fs.FileInfo, error)
	Chmod(mode fs.FileMode) error
	Sync() error
}

// folder is one whose entries can be synced.
type folder interface {
	Sync() error
	Close() error
}

// system is the disk of the operating system. Its folders are in folder_unix.go.
type system struct{}

func (system) Stat(path string) (fs.FileInfo, error) { return os.Stat(path) }

func (system) Create(path string, mode fs.FileMode) (part, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (system) Rename(from, to string) error { return os.Rename(from, to) }

func (system) Remove(path string) error { return os.Remove(path) }
