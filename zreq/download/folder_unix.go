//go:build unix && !tinygo

package download

import (
	"errors"
	"os"
	"syscall"
)

func openEntries(root *os.Root) (entries, error) {
	f, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	return unixEntries{f}, nil
}

type unixEntries struct{ *os.File }

// Sync does not fail if the file system cannot sync folders.
func (f unixEntries) Sync() error {
	err := f.File.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}
