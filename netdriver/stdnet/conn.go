package stdnet

import (
	"net"
	"time"

	"github.com/zreq-go/zreq/netdriver/internal/socket"
)

// A Conn is a TCP connection of the system.
//
// Beside the methods of a net.Conn it has CloseWrite, and on Unix and Windows Check of
// netdriver.Checker. On Linux it has Queued of netdriver.Queuer, and two methods that move
// bytes without a copy through the memory of the program:
//
//	SendFile(f *os.File, offset, n int64) (sent int64, err error)
//	ReceiveFile(f *os.File, n int64) (received int64, err error)
//
// NetConn returns the *net.TCPConn, and SyscallConn the socket, for socket options.
type Conn = socket.Conn

// newConn returns the Conn of c. dead is DeadAfter or its default.
func newConn(c *net.TCPConn, dead time.Duration) (*Conn, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return nil, err
	}
	if err := setOptions(raw, dead); err != nil {
		return nil, err
	}
	return socket.New(c, raw, c.LocalAddr(), c.RemoteAddr())
}
