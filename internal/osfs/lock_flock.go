//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package osfs

import (
	"errors"
	"os"
	"syscall"
)

// TryLock locks a file until it is closed. It returns false if somebody else has locked it, in
// this or another process. It returns true if the file system has no locks.
func TryLock(f *os.File) (bool, error) {
	return locked(Control(f, func(fd int) error { return syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB) }))
}

// locked returns the results of TryLock for an error of flock.
func locked(err error) (bool, error) {
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return false, nil
	case errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.ENOLCK): // NFS without a lock service
		return true, nil
	}
	return err == nil, err
}
