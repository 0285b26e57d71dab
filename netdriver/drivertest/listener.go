package drivertest

import (
	"fmt"
	"net"
	"sync/atomic"
	"testing"

	"github.com/zreq-go/zreq/netdriver/memnet"
)

// TCP is a Listen for drivers that reach the loopback interface of the system.
func TCP(t testing.TB) Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return tcpListener{l}
}

type tcpListener struct{ net.Listener }

func (l tcpListener) Address() string { return l.Addr().String() }

func (l tcpListener) Accept() (Peer, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return TCPPeer{c.(*net.TCPConn)}, nil
}

// TCPPeer is the Peer of [TCP], for code that wraps it.
type TCPPeer struct{ *net.TCPConn }

// Reset breaks the connection.
func (p TCPPeer) Reset() {
	_ = p.SetLinger(0)
	_ = p.TCPConn.Close()
}

// Memory returns a Listen for drivers that dial in n.
func Memory(n *memnet.Net) func(t testing.TB) Listener {
	var count atomic.Int32
	return func(t testing.TB) Listener {
		t.Helper()
		l, err := n.Listen(fmt.Sprintf("peer%d.test:80", count.Add(1)))
		if err != nil {
			t.Fatal(err)
		}
		return memListener{l}
	}
}

type memListener struct{ *memnet.Listener }

func (l memListener) Accept() (Peer, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Over returns a Listen whose peers are those of listen, wrapped by wrap, for example as
// servers that speak TLS. If wrap fails, it must close its argument.
func Over(listen func(t testing.TB) Listener, wrap func(Peer) (Peer, error)) func(t testing.TB) Listener {
	return func(t testing.TB) Listener {
		t.Helper()
		return overListener{listen(t), wrap}
	}
}

type overListener struct {
	Listener
	wrap func(Peer) (Peer, error)
}

func (l overListener) Accept() (Peer, error) {
	p, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return l.wrap(p)
}
