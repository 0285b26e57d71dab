//go:build unix

package download

import (
	"errors"
	"os"
	"syscall"
)

func (system) Open(dir string) (folder, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	return unixFolder{f}, nil
}

type unixFolder struct{ *os.File }

// Sync is no failure where the file system says that it has no such thing.
func (f unixFolder) Sync() error {
	err := f.File.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}
