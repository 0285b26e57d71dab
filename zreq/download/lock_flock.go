//go:build (darwin || dragonfly || freebsd || linux || netbsd || openbsd) && !tinygo

package download

import (
	"errors"
	"os"
	"syscall"
)

// lock locks a file until it is closed. A file system that has no locks is used without.
func lock(p part) error {
	f, is := p.(*os.File)
	if !is {
		return nil
	}
	return lockError(control(f, func(fd int) error { return syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB) }))
}

// lockError returns the error of a lock: none where there are no locks.
func lockError(err error) error {
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return ErrBusy
	case errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.ENOLCK): // NFS without a lock service
		return nil
	}
	return err
}

// control calls do with the descriptor of f, which stays open meanwhile, until it is not
// interrupted by a signal.
func control(f *os.File, do func(fd int) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		for {
			if failed = do(int(fd)); failed != syscall.EINTR {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	return failed
}
