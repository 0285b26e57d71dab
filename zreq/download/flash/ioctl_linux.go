//go:build !tinygo

package flash

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/zreq-go/zreq/internal/osfs"
)

// ioctlFunc is the system call, which tests replace.
type ioctlFunc func(fd, request uintptr, arg unsafe.Pointer) (int, error)

func ioctl(fd, request uintptr, arg unsafe.Pointer) (int, error) {
	n, _, errno := unix.Syscall(unix.SYS_IOCTL, fd, request, uintptr(arg))
	if errno != 0 {
		return 0, os.NewSyscallError("ioctl", errno)
	}
	return int(n), nil
}

// control makes an ioctl, again if a signal has interrupted it.
func (d *mtd) control(request uintptr, arg unsafe.Pointer) (n int, err error) {
	err = osfs.Control(d.f, func(fd int) error {
		n, err = d.ioctl(uintptr(fd), request, arg)
		return err
	})
	return n, err
}

func (d *mtd) info() (info unix.MtdInfo, err error) {
	_, err = d.control(unix.MEMGETINFO, unsafe.Pointer(&info))
	return info, err
}

func (d *mtd) lock() error {
	return osfs.Control(d.f, func(fd int) error { return unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB) })
}

func (d *mtd) eraseRange(start, n int64) error {
	_, err := d.control(unix.MEMERASE64, unsafe.Pointer(&unix.EraseInfo64{Start: uint64(start), Length: uint64(n)}))
	return err
}

func (d *mtd) isBad(off int64) (bool, error) {
	n, err := d.control(unix.MEMGETBADBLOCK, unsafe.Pointer(&off))
	return n > 0, err
}

func (d *mtd) markBad(off int64) error {
	_, err := d.control(unix.MEMSETBADBLOCK, unsafe.Pointer(&off))
	return err
}
