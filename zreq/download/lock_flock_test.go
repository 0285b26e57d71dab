//go:build (darwin || dragonfly || freebsd || linux || netbsd || openbsd) && !tinygo

package download

import (
	"errors"
	"os"
	"syscall"
	"testing"

	"github.com/matryer/is"
)

// TestLockError: a file system without locks, or without the service that has them, is used
// without. Every other failure is one.
func TestLockError(t *testing.T) {
	is := is.New(t)
	for cause, want := range map[syscall.Errno]error{
		syscall.EWOULDBLOCK: ErrBusy,
		syscall.ENOLCK:      nil, // NFS without a lock service
		syscall.ENOSYS:      nil,
		syscall.EOPNOTSUPP:  nil,
		syscall.EIO:         syscall.EIO,
		syscall.EBADF:       syscall.EBADF,
	} {
		is.True(errors.Is(lockError(os.NewSyscallError("flock", cause)), want))
	}
	is.NoErr(lockError(nil))
}
