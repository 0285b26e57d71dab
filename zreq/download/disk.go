//go:build !tinygo

package download

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"

	"github.com/zreq-go/zreq/internal/osfs"
)

// disk is what saving needs from the operating system. Tests have one that fails.
type disk interface {
	Stat(path string) (fs.FileInfo, error)
	Open(dir string) (folder, error)
}

// part is a file that is being written. It is an *os.File.
type part interface {
	io.WriteCloser
	io.ReaderAt
	io.Seeker
	Stat() (fs.FileInfo, error)
	Chmod(mode fs.FileMode) error
	Truncate(size int64) error
	Sync() error
}

// folder is a folder that is kept open. Names are resolved in it, wherever its path leads
// in the meantime.
type folder interface {
	Create(name string, mode fs.FileMode) (part, error) // fs.ErrExist if the file exists
	Edit(name string) (part, error)                     // opens a file that exists, for reading and writing
	Read(name string) (part, error)                     // the same, for reading
	Lstat(name string) (fs.FileInfo, error)
	Lock(p part) error                                 // ErrBusy if another has it
	Owns(name string, p part) (same bool, err error)   // whether that is still the file of that name; ErrForeign
	Reserve(p part, from, until, keepFree int64) error // room for these bytes; ErrNoRoom
	Rename(from, to string) error
	Remove(name string) error
	Sync() error // of its entries
	Close() error
}

// system is the disk of the operating system.
type system struct{}

func (system) Stat(path string) (fs.FileInfo, error) { return os.Stat(path) }

func (system) Open(dir string) (folder, error) {
	home, err := osfs.Open(dir)
	if err != nil {
		return nil, err
	}
	return &rootFolder{home}, nil
}

type rootFolder struct{ *osfs.Folder }

func (f *rootFolder) Create(name string, mode fs.FileMode) (part, error) {
	p, err := f.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, err
	}
	return p, nil
}

func (f *rootFolder) Edit(name string) (part, error) { return f.open(name, os.O_RDWR) }

func (f *rootFolder) Read(name string) (part, error) { return f.open(name, os.O_RDONLY) }

func (f *rootFolder) open(name string, flag int) (part, error) {
	p, err := f.OpenFile(name, flag, 0)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Lock locks a part until it is closed.
func (f *rootFolder) Lock(p part) error {
	file, is := p.(*os.File)
	if !is {
		return nil
	}
	locked, err := osfs.TryLock(file)
	if err == nil && !locked {
		err = ErrBusy
	}
	return err
}

// Owns reports whether p is the file that has the name now. It is an error if that is not a
// file of this user alone: somebody else could write to it.
func (f *rootFolder) Owns(name string, p part) (bool, error) {
	now, err := f.Lstat(name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return false, err
	}
	info, err := p.Stat()
	if err != nil || !os.SameFile(now, info) {
		return false, err
	}
	if !info.Mode().IsRegular() { // it has come between Lstat and Open
		return false, foreign(strconv.Quote(name), "is not a file")
	}
	folder, err := f.Stat(".")
	if err != nil {
		return false, err
	}
	return true, checkOwner(info, folder)
}

func (f *rootFolder) Reserve(p part, from, until, keepFree int64) error {
	return reserve(p, from, until, keepFree)
}

func (f *rootFolder) Sync() error { return f.Folder.Sync(".") }
