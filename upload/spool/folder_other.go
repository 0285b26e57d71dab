//go:build !unix

package spool

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// syncable opens a file so that it can be synced: Windows wants to write to it.
const syncable = os.O_RDWR

func (p *pickedFile) move(name string) error {
	return os.Rename(filepath.Join(p.home.Name(), p.name), filepath.Join(p.to.path, name))
}

// Numbers of errors of Windows. Elsewhere they mean something else, which these operations
// do not return.
const (
	notSameDevice = syscall.Errno(17)
	nameTooLong   = syscall.Errno(206)
)

func isOtherDisk(err error) bool { return errors.Is(err, notSameDevice) }
func isTooLong(err error) bool   { return errors.Is(err, nameTooLong) }
