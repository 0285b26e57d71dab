//go:build !tinygo

package download

import (
	"errors"
	"syscall"
)

const sharingViolation = syscall.Errno(32)

// explainRename adds the most likely reason why Windows refused a rename: it does not
// replace a file that is open, unless the program that opened it allows that.
func explainRename(err error) error {
	if errors.Is(err, sharingViolation) || errors.Is(err, syscall.ERROR_ACCESS_DENIED) {
		return &detail{err, "another program may have the file open, which Windows does not replace"}
	}
	return err
}
