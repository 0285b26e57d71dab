//go:build !tinygo

package stdnet

import "syscall"

const (
	tcpNotsentLowat = 25 // not among the constants of package syscall
	// maxUnsent bounds what the system takes and has not sent. Without it a Write
	// to a slow peer waits until a third of a buffer of some megabytes is free,
	// and looks as if nothing moved.
	maxUnsent = 128 << 10
)

// boundUnsent is a favour that an old system may refuse.
func boundUnsent(fd uintptr) {
	_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpNotsentLowat, maxUnsent)
}
