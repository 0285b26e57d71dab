//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package spool

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

const (
	// noFollow is for systems that have such a flag. Elsewhere Lstat comes first.
	noFollow = 0
	// syncable opens a file so that it can be synced: Windows wants to write to it.
	syncable = os.O_RDWR
	// renamesOpen is false where a file must be closed before it is moved.
	renamesOpen = false
)

// openEntries opens nothing: Windows, for one, cannot sync a folder.
func openEntries(*os.Root, string) (*os.File, error) { return nil, nil }

func syncEntries(*os.File) error { return nil }

// lock is for systems that have flock.
func lock(*os.File) error { return nil }

func (p *pickedFile) move(name string) error {
	return os.Rename(filepath.Join(p.home.Name(), p.name), filepath.Join(p.to.path, name))
}

// Numbers of errors of Windows. Elsewhere they mean something else, which these operations
// do not return.
const (
	notSameDevice = syscall.Errno(17)
	writeProtect  = syscall.Errno(19)
	diskFull      = syscall.Errno(112)
	nameTooLong   = syscall.Errno(206)
)

func isOtherDisk(err error) bool { return errors.Is(err, notSameDevice) }
func isTooLong(err error) bool   { return errors.Is(err, nameTooLong) }
func isReadOnly(err error) bool  { return errors.Is(err, writeProtect) }
func isFull(err error) bool      { return errors.Is(err, diskFull) }
