//go:build !tinygo

package stdnet

import "syscall"

const (
	tcpNotsentLowat = 25 // not among the constants of package syscall
	// maxUnsent limits what the system takes and has not sent. Without it, a Write to a
	// slow peer waits until a third of a buffer of several MB is free, and seems to make
	// no progress.
	maxUnsent = 128 << 10
)

// setOptions sets the options of a socket that is connected. An old system may refuse them.
func setOptions(raw syscall.RawConn) error {
	return raw.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpNotsentLowat, maxUnsent)
	})
}
