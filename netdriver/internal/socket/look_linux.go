//go:build !tinygo

package socket

import (
	"net"
	"syscall"

	"github.com/zreq-go/zreq/netdriver"
)

var _ netdriver.Queuer = (*Conn)(nil)

const (
	soMeminfo  = 55 // not among the constants of package syscall
	wmemAlloc  = 2  // the word with the memory of what the peer has not read, of a Unix socket
	wmemQueued = 5  // the word with the memory of what the peer has not acknowledged, of TCP
)

// Queued implements netdriver.Queuer. It returns the memory that the system uses for the
// bytes that the peer has not acknowledged, or, over a Unix socket, has not read. That is
// somewhat more than their number.
func (c *Conn) Queued() (n int) {
	word := wmemQueued
	if _, unix := c.remote.(*net.UnixAddr); unix {
		word = wmemAlloc
	}
	_ = c.raw.Control(func(fd uintptr) {
		// This is the only call of package syscall that asks for eight words. An old
		// system does not know SO_MEMINFO and leaves them 0.
		words, err := syscall.GetsockoptICMPv6Filter(int(fd), syscall.SOL_SOCKET, soMeminfo)
		if err == nil {
			n = int(words.Data[word])
		}
	})
	return n
}
