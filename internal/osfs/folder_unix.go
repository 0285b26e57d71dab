//go:build unix

package osfs

import (
	"errors"
	"os"
	"syscall"
)

// RenamesOpen means that a file may get another name while it is open, and so can stay
// locked.
const RenamesOpen = true

const nonBlock = syscall.O_NONBLOCK

func openEntries(root *os.Root, name string) (*os.File, error) { return root.Open(name) }

func syncEntries(f *os.File) error {
	err := f.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}
