//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package osfs

import (
	"errors"
	"os"
	"syscall"
	"testing"

	"github.com/matryer/is"
)

// TestLocked: a file system without locks, or without the service that has them, is used
// without. Every other failure is one.
func TestLocked(t *testing.T) {
	is := is.New(t)
	for cause, want := range map[syscall.Errno]error{
		syscall.ENOLCK:     nil, // NFS without a lock service
		syscall.ENOSYS:     nil,
		syscall.EOPNOTSUPP: nil,
		syscall.EIO:        syscall.EIO,
		syscall.EBADF:      syscall.EBADF,
	} {
		ok, err := locked(os.NewSyscallError("flock", cause))
		is.True(errors.Is(err, want))
		is.Equal(ok, want == nil)
	}
}

// TestTryLock: of two who have opened a file, one has the lock, until that one closes it.
func TestTryLock(t *testing.T) {
	is := is.New(t)
	home, err := Open(t.TempDir())
	is.NoErr(err)
	defer home.Close()
	open := func() *os.File {
		f, err := home.OpenFile("lock", os.O_RDWR|os.O_CREATE, 0o600)
		is.NoErr(err)
		return f
	}
	try := func(f *os.File) bool {
		ok, err := TryLock(f)
		is.NoErr(err)
		return ok
	}
	first, second := open(), open()
	defer second.Close()
	is.True(try(first))
	is.True(!try(second))
	is.NoErr(first.Close())
	is.True(try(second))
}
