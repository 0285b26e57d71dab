package download

import (
	"errors"
	"fmt"
	"syscall"
)

const sharingViolation = syscall.Errno(32)

// explainRename says what most often stands behind a rename that Windows refuses: it
// replaces no file that is open, unless whoever opened it allows that.
func explainRename(err error) error {
	if errors.Is(err, sharingViolation) || errors.Is(err, syscall.ERROR_ACCESS_DENIED) {
		return fmt.Errorf("%w: another program may have the file open, which Windows does not replace", err)
	}
	return err
}
