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

// boundUnsent sets the limit. An old system may refuse it.
func boundUnsent(fd uintptr) {
	_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpNotsentLowat, maxUnsent)
}
