//go:build !tinygo

package flash

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ioctlFunc is the system call, which tests replace.
type ioctlFunc func(fd, request uintptr, arg unsafe.Pointer) (int, error)

func ioctl(fd, request uintptr, arg unsafe.Pointer) (int, error) {
	for {
		n, _, errno := unix.Syscall(unix.SYS_IOCTL, fd, request, uintptr(arg))
		if errno == 0 {
			return int(n), nil
		}
		if errno != unix.EINTR {
			return 0, os.NewSyscallError("ioctl", errno)
		}
	}
}

// control calls fn with the file descriptor, which stays open meanwhile.
func (d *mtd) control(fn func(fd uintptr) error) error {
	raw, err := d.f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = fn(fd) }); err != nil {
		return err
	}
	return failed
}

func (d *mtd) info() (info unix.MtdInfo, err error) {
	err = d.control(func(fd uintptr) error {
		_, err := d.ioctl(fd, unix.MEMGETINFO, unsafe.Pointer(&info))
		return err
	})
	return info, err
}

func (d *mtd) lock() error {
	return d.control(func(fd uintptr) error { return unix.Flock(int(fd), unix.LOCK_EX|unix.LOCK_NB) })
}

func (d *mtd) eraseRange(start, n int64) error {
	return d.control(func(fd uintptr) error {
		_, err := d.ioctl(fd, unix.MEMERASE64, unsafe.Pointer(&unix.EraseInfo64{Start: uint64(start), Length: uint64(n)}))
		return err
	})
}

func (d *mtd) isBad(off int64) (isBad bool, err error) {
	err = d.control(func(fd uintptr) error {
		n, err := d.ioctl(fd, unix.MEMGETBADBLOCK, unsafe.Pointer(&off))
		isBad = n > 0
		return err
	})
	return isBad, err
}

func (d *mtd) markBad(off int64) error {
	return d.control(func(fd uintptr) error {
		_, err := d.ioctl(fd, unix.MEMSETBADBLOCK, unsafe.Pointer(&off))
		return err
	})
}
