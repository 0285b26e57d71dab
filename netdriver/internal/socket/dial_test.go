package socket_test

import (
	"net"
	"testing"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/internal/socket"
)

// connect returns both ends of a connection, and closes them when the test ends.
func connect(t testing.TB, l drivertest.Listener) (netdriver.Conn, drivertest.Peer) {
	t.Helper()
	dialled, err := net.Dial("tcp", l.Address())
	if err != nil {
		t.Fatal(err)
	}
	tcp := dialled.(*net.TCPConn)
	raw, err := tcp.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	c, err := socket.New(tcp, raw, tcp.LocalAddr(), tcp.RemoteAddr())
	if err != nil {
		t.Fatal(err)
	}
	peer, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(); _ = peer.Close(); _ = l.Close() })
	return c, peer
}
