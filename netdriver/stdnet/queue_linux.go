//go:build !tinygo

package stdnet

import (
	"syscall"

	"github.com/zreq-go/zreq/netdriver"
)

var _ netdriver.Queuer = (*Conn)(nil)

const (
	soMeminfo  = 55 // not among the constants of package syscall
	wmemQueued = 5  // of its words, the memory of what the peer has not acknowledged
)

// Queued implements netdriver.Queuer: in the system's memory, which is somewhat
// more than the bytes.
func (c *Conn) Queued() (n int) {
	_ = c.look.socket.Control(func(fd uintptr) {
		// The one call of package syscall that asks for eight words. An old system
		// knows no SO_MEMINFO, and leaves them 0.
		words, err := syscall.GetsockoptICMPv6Filter(int(fd), syscall.SOL_SOCKET, soMeminfo)
		if err == nil {
			n = int(words.Data[wmemQueued])
		}
	})
	return n
}
