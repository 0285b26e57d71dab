package unixnet

import (
	"net"

	"github.com/zreq-go/zreq/netdriver/internal/socket"
)

// A Conn is a connection to a Unix socket.
//
// Beside the methods of a net.Conn it has CloseWrite, and on Unix and Windows Check of
// netdriver.Checker. On Linux it has Queued of netdriver.Queuer, which counts what the
// server has not read, and two methods that move bytes without a copy through the memory
// of the program:
//
//	SendFile(f *os.File, offset, n int64) (sent int64, err error)
//	ReceiveFile(f *os.File, n int64) (received int64, err error)
//
// NetConn returns the *net.UnixConn, for example to learn who the server is.
type Conn = socket.Conn

// newConn returns the Conn of c.
func newConn(c *net.UnixConn) (*Conn, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return nil, err
	}
	return socket.New(c, raw, c.LocalAddr(), c.RemoteAddr())
}
