//go:build !tinygo

package stdnet

import (
	"syscall"

	"github.com/zreq-go/zreq/netdriver"
)

var _ netdriver.Queuer = (*Conn)(nil)

const (
	soMeminfo  = 55 // not among the constants of package syscall
	wmemQueued = 5  // the word with the memory of what the peer has not acknowledged
)

// Queued implements netdriver.Queuer. It returns the memory that the system uses for the
// unacknowledged bytes, which is somewhat more than their number.
func (c *Conn) Queued() (n int) {
	_ = c.look.socket.Control(func(fd uintptr) {
		// This is the only call of package syscall that asks for eight words. An old
		// system does not know SO_MEMINFO and leaves them 0.
		words, err := syscall.GetsockoptICMPv6Filter(int(fd), syscall.SOL_SOCKET, soMeminfo)
		if err == nil {
			n = int(words.Data[wmemQueued])
		}
	})
	return n
}
