package roundtrip_test

import (
	"io"
	"net"
	"sync"
	"testing"

	"github.com/matryer/is"
)

const chunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

// handle starts a server that does with a connection what f does, once it has sent
// anything, and closes it then.
func handle(t *testing.T, f func(c *net.TCPConn, over <-chan struct{})) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	is.New(t).NoErr(err)
	over := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer c.Close()
				_, _ = c.Read(make([]byte, 4096))
				f(c.(*net.TCPConn), over)
			})
		}
	})
	t.Cleanup(func() { listener.Close(); close(over); all.Wait() })
	return "http://" + listener.Addr().String()
}

// hangs says text and nothing after it.
func hangs(t *testing.T, text string) string {
	return handle(t, func(c *net.TCPConn, over <-chan struct{}) {
		_, _ = io.WriteString(c, text)
		<-over
	})
}

// closes closes the connection.
func closes(t *testing.T) string { return handle(t, func(*net.TCPConn, <-chan struct{}) {}) }
