package zreq_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

// redirecting is a driver to a server in memory that answers /x by way of /y with
// answer, and allocates nothing for it.
func redirecting(t *testing.T, answer string) *memnet.Net {
	t.Helper()
	n := memnet.New()
	l, err := n.Listen("device.test:80")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	first, second := []byte(moved(302, "/y")), []byte(answer)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		buffer := make([]byte, 4096)
		for {
			n, err := c.Read(buffer)
			if err != nil {
				return
			}
			says := second
			if bytes.HasPrefix(buffer[:n], []byte("GET /x ")) {
				says = first
			}
			if _, err := c.Write(says); err != nil {
				return
			}
		}
	}()
	return n
}

// TestRedirectAllocates: what a call allocates for a redirect does not depend on
// how long the body behind it is, and is not much.
func TestRedirectAllocates(t *testing.T) {
	if underRace {
		t.Skip("the race detector makes pools forget")
	}
	for name, framed := range map[string]func(string) string{"Content-Length": withLength, "chunked": byChunks} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			allocs := func(size int) float64 {
				c := newKeptCall(t, "GET", redirecting(t, framed(strings.Repeat("x", size))), site, 0)
				c.args.Into = new(zreq.Response)
				n := c.allocs(context.Background(), 100)
				is.NoErr(c.err)
				is.Equal(c.bytes, size)
				is.Equal(len(c.args.Into.History()), 1)
				is.Equal(c.args.Connection.Dials(), 1)
				return n
			}
			few := allocs(5_000)
			is.Equal(allocs(500_000), few) // nothing for a chunk
			is.True(few > 0 && few <= 12)  // Location, URLs and history
		})
	}
}
