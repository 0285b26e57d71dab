//go:build !windows

package osfs

import (
	"errors"
	"io/fs"
	"syscall"
)

// IsFull reports whether the file system, the quota of the user, or the largest size of a file
// allows no more bytes.
func IsFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}

// IsReadOnly reports whether the file system, or a permission that the program lacks, allows no
// changes.
func IsReadOnly(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}
