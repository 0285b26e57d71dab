package zreq_test

import (
	"crypto/tls"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

// serveEach answers every request on every connection of n with what answer
// makes of its path, until the listener closes and the client has closed each
// connection. over, if not nil, is what the server speaks HTTP over.
func serveEach(t testing.TB, n *memnet.Net, over func(*memnet.Conn) io.ReadWriteCloser, answer func(path string) string) {
	t.Helper()
	l, err := n.Listen("")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer c.Close()
				if over == nil {
					serveOne(c, answer)
				} else {
					serveOne(over(c), answer)
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		serving.Wait()
	})
}

func serveOne(c io.ReadWriter, answer func(path string) string) {
	var head []byte
	buffer := make([]byte, 4096)
	for {
		n, err := c.Read(buffer)
		if err != nil {
			return
		}
		head = append(head, buffer[:n]...)
		request, _, whole := strings.Cut(string(head), "\r\n\r\n")
		if !whole {
			continue
		}
		head = head[:0]
		if _, err := io.WriteString(c, answer(strings.Fields(request)[1])); err != nil {
			return
		}
	}
}

// bodyOf is a body that belongs to path and to no other.
func bodyOf(path string, size int) string {
	return strings.Repeat(path, size/len(path)+1)[:size]
}

func withLength(body string) string {
	return "HTTP/1.1 200 OK\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
}

func inChunks(body string, size int) string {
	var b strings.Builder
	b.WriteString("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
	for len(body) > 0 {
		n := min(size, len(body))
		b.WriteString(strconv.FormatInt(int64(n), 16) + ";part\r\n" + body[:n] + "\r\n")
		body = body[n:]
	}
	return b.String() + "0\r\nSum: none\r\n\r\n"
}

// noAddr makes a net.Conn of a connection in memory, for crypto/tls as server.
type noAddr struct{ *memnet.Conn }

func (noAddr) LocalAddr() net.Addr  { return nil }
func (noAddr) RemoteAddr() net.Addr { return nil }

// newTLS returns the two sides of TLS for host.
func newTLS(t testing.TB, host string) (netdriver.TLS, func(*memnet.Conn) io.ReadWriteCloser) {
	t.Helper()
	ca, err := tlstest.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	config, err := ca.Server(host)
	if err != nil {
		t.Fatal(err)
	}
	server := func(c *memnet.Conn) io.ReadWriteCloser { return tls.Server(noAddr{c}, config) }
	return tlsnet.New(&tlsnet.Config{RootCAs: ca.Pool()}), server
}
