//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package spool

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

const (
	// noFollow does not open what a symbolic link leads to.
	noFollow = syscall.O_NOFOLLOW
	// syncable opens a file so that it can be synced.
	syncable = os.O_RDONLY
	// renamesOpen means that a file may be moved while it is open.
	renamesOpen = true
)

// openEntries opens a folder in root, to sync its entries.
func openEntries(root *os.Root, name string) (*os.File, error) { return root.Open(name) }

// syncEntries does not fail if the file system cannot sync folders.
func syncEntries(f *os.File) error {
	err := f.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}

// lock locks a file until it is closed. A file system that has no locks is used without.
func lock(f *os.File) error {
	err := control(f, func(fd int) error { return syscall.Flock(fd, syscall.LOCK_EX|syscall.LOCK_NB) })
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return ErrBusy
	case errors.Is(err, errors.ErrUnsupported):
		return nil
	}
	return err
}

// move renames from one open folder to the other, wherever their paths lead by now.
func (p *pickedFile) move(name string) error {
	return control(p.entries, func(from int) error {
		return control(p.to.entries, func(to int) error {
			if err := unix.Renameat(from, p.name, to, name); err != nil {
				return &os.LinkError{Op: "rename", Old: p.name, New: name, Err: err}
			}
			return nil
		})
	})
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
			if failed = do(int(fd)); !errors.Is(failed, syscall.EINTR) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	return failed
}

func isOtherDisk(err error) bool { return errors.Is(err, syscall.EXDEV) }
func isTooLong(err error) bool   { return errors.Is(err, syscall.ENAMETOOLONG) }
func isReadOnly(err error) bool  { return errors.Is(err, syscall.EROFS) }

// isFull reports whether the file system, or the quota of the user, allows no more.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
