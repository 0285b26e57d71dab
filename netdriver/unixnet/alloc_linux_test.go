//go:build !race

package unixnet_test

import (
	"context"
	"net"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/unixnet"
	"github.com/zreq-go/zreq/zreq"
)

// TestCallAllocatesNoMore: a call over a kept connection costs what it costs over TCP.
func TestCallAllocatesNoMore(t *testing.T) {
	is := is.New(t)
	path := newPath(t)
	unix := listen(t, path)
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	is.NoErr(err)
	overUnix := allocs(t, unixnet.New(path), unix.Listener, "http://docker/x")
	overTCP := allocs(t, new(stdnet.Driver), tcp, "http://"+tcp.Addr().String()+"/x")
	is.Equal(overUnix, overTCP)
	is.Equal(overUnix, 0.0)
}

// allocs returns how often a call over a kept connection allocates. It closes l.
func allocs(t *testing.T, d netdriver.Driver, l net.Listener, url string) float64 {
	t.Helper()
	defer l.Close()
	served := make(chan struct{})
	go func() {
		defer close(served)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		request, answer := make([]byte, 4096), []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		for {
			if _, err := c.Read(request); err != nil {
				return
			}
			_, _ = c.Write(answer)
		}
	}()
	ctx := context.Background()
	conn, err := zreq.Connect(ctx, url, &zreq.Args{Driver: d})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(); <-served }()
	var resp zreq.Response
	args := &zreq.Args{Connection: conn, Into: &resp}
	n := testing.AllocsPerRun(200, func() {
		if _, err := zreq.Get(ctx, url, args); err != nil {
			t.Error(err)
		}
	})
	return n
}
