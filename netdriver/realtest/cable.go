package realtest

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// A cable passes connections on to a server, and counts what clients send.
type cable struct {
	address string
	taken   atomic.Int64
	cutAt   int64 // a connection is cut when so many bytes were taken from its client; 0: never
}

// plug makes a cable to a server.
func plug(t *testing.T, server string, cutAt int64) *cable {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{address: l.Addr().String(), cutAt: cutAt}
	var all sync.WaitGroup
	var open sync.Map
	all.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			open.Store(client, true)
			all.Go(func() { c.pass(client, server) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		open.Range(func(conn, _ any) bool { _ = conn.(net.Conn).Close(); return true })
		all.Wait()
	})
	return c
}

// pass copies until one side ends, and then ends the other.
func (c *cable) pass(client net.Conn, server string) {
	defer client.Close()
	_ = client.(*net.TCPConn).SetReadBuffer(socketBuffer)
	far, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer far.Close()
	_ = far.(*net.TCPConn).SetWriteBuffer(socketBuffer)
	var back sync.WaitGroup
	defer back.Wait()
	back.Go(func() {
		defer client.Close()
		_, _ = io.Copy(client, far)
	})
	defer far.Close()
	buf := make([]byte, 32<<10)
	for taken := int64(0); c.cutAt == 0 || taken < c.cutAt; {
		n, err := client.Read(buf)
		taken += int64(n)
		c.taken.Add(int64(n))
		if _, failed := far.Write(buf[:n]); failed != nil || err != nil {
			return
		}
	}
}
