package osfs

import (
	"errors"
	"io/fs"
	"syscall"
)

// Numbers of errors of Windows.
const (
	writeProtect = syscall.Errno(19)
	diskFull     = syscall.Errno(112)
)

// IsFull reports whether the disk allows no more bytes.
func IsFull(err error) bool { return errors.Is(err, diskFull) }

// IsReadOnly reports whether the disk, or a permission that the program lacks, allows no
// changes.
func IsReadOnly(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, writeProtect)
}
