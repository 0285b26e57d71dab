//go:build !tinygo

package socket

import (
	"errors"
	"syscall"
)

const wsaEMFile = syscall.Errno(10024)

// isNoSocket reports whether err says that there is no socket left.
func isNoSocket(err error) bool { return errors.Is(err, wsaEMFile) }

// open opens a socket, closes it, and returns why that failed.
func open() error {
	s, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	return syscall.Closesocket(s)
}
