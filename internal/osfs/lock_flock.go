//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package osfs

import (
	"errors"
	"os"
	"syscall"
)

// TryLock locks a file until it is closed. It returns false if somebody else has locked it, of
// this or another process. A file on a file system that has no locks is used without.
func TryLock(f *os.File) (bool, error) {
	return locked(Control(f, func(fd int) error { return syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB) }))
}

// locked is what TryLock makes of the error of flock.
func locked(err error) (bool, error) {
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return false, nil
	case errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.ENOLCK): // NFS without a lock service
		return true, nil
	}
	return err == nil, err
}
