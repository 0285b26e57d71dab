//go:build !unix && !tinygo

package download

import (
	"errors"
	"io/fs"
	"syscall"
)

// noFollow is for systems that have such a flag. Elsewhere Owns finds a link.
const noFollow = 0

// renamesOpen is false where a file must be closed before it gets another name.
const renamesOpen = false

// checkOwner is for systems whose files have a user.
func checkOwner(_, _ fs.FileInfo) error { return nil }

// diskFull is ERROR_DISK_FULL of Windows. Elsewhere the number means something else that a
// write does not return.
const diskFull = syscall.Errno(112)

func isFull(err error) bool { return errors.Is(err, diskFull) }

func isReadOnly(err error) bool { return errors.Is(err, fs.ErrPermission) }
