//go:build !tinygo

package flash

import "os"

// Ioctl is the type of the system call that OpenMTD uses in place of the real one.
type Ioctl = ioctlFunc

// OpenMTD is MTD for a file that is open, with an ioctl of the test.
func OpenMTD(f *os.File, ioctl Ioctl) (DeviceCloser, error) { return openMTD(f, ioctl) }
