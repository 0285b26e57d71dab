//go:build unix && !aix && !tinygo

package socket

import (
	"errors"
	"syscall"
)

// isNoSocket reports whether err says that there is no descriptor left.
func isNoSocket(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// open opens a socket, closes it, and returns why that failed.
func open() error {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	return syscall.Close(fd)
}
