package zreq_test

import (
	"context"
	"io"
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// maxIdle is what a kept connection may hold beyond the driver's own, in bytes.
const maxIdle = 512

// fleet is a network whose one server answers one request on each of many
// connections, one after the other, in one goroutine, and keeps them open.
func fleet(t *testing.T, size int) *memnet.Net {
	t.Helper()
	n := memnet.New()
	l, err := n.Listen("device.test:80")
	if err != nil {
		t.Fatal(err)
	}
	answer := []byte(withLength("a body that the callback gets, and nobody keeps"))
	open := make([]*memnet.Conn, 0, size)
	served := make(chan struct{})
	go func() {
		defer close(served)
		request := make([]byte, 4096)
		for range size {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Read(request)
			_, _ = c.Write(answer)
			open = append(open, c)
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-served
		for _, c := range open {
			_ = c.Close()
		}
	})
	return n
}

// settled is the number of goroutines once those that end have ended.
func settled(want int) int {
	for range 1000 {
		if runtime.NumGoroutine() <= want {
			break
		}
		runtime.Gosched()
	}
	return runtime.NumGoroutine()
}

func TestIdleConnectionHoldsAlmostNothing(t *testing.T) {
	is := is.New(t)
	const size = 1000
	bare := bareConnections(t, fleet(t, size), size)
	least := int64(math.MaxInt64)
	for range 5 { // what else goes on in the process can only add to it
		if least = min(least, keptConnections(t, fleet(t, size), size)); least-bare <= maxIdle {
			break
		}
	}
	t.Logf("bare connection: %d bytes; kept by zreq: %d more", bare, least-bare)
	is.True(least-bare <= maxIdle) // it has no buffer, and little else
}

// keptConnections is what one connection of n costs that zreq keeps.
func keptConnections(t *testing.T, n *memnet.Net, size int) int64 {
	t.Helper()
	is := is.New(t)
	kept := make([]*zreq.Connection, size)
	goroutines := runtime.NumGoroutine() - 1 // without the server, which ends with the last
	before := zreqtest.LiveHeap()
	for i := range kept {
		kept[i] = keep(t, n)
	}
	is.True(settled(goroutines) <= goroutines) // it has no goroutine
	each := (zreqtest.LiveHeap() - before) / int64(size)
	is.Equal(n.Open(), size)  // it is open
	is.Equal(n.Dials(), size) // and the first of its kind
	for _, c := range kept {
		is.NoErr(c.Close()) // it closes like any other
	}
	is.Equal(n.Open(), 0) // and nothing is left of it
	return each
}

// keep makes a call and keeps only its connection.
func keep(t *testing.T, n *memnet.Net) *zreq.Connection {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	resp, err := zreq.Get(ctx, "http://device.test/x", &zreq.Args{
		Driver:         n,
		Headers:        asks(),
		StreamCallback: func([]byte) error { return nil },
	})
	if err != nil || resp.Connection == nil {
		t.Fatalf("no connection was kept: %v", err)
	}
	return resp.Connection
}

// bareConnections is what one connection of n costs when it has carried a
// request and its answer, with deadlines, by hand.
func bareConnections(t *testing.T, n *memnet.Net, size int) int64 {
	t.Helper()
	open := make([]netdriver.Conn, size)
	answer := make([]byte, 4096)
	before := zreqtest.LiveHeap()
	for i := range open {
		c, err := n.Dial(context.Background(), "tcp", "device.test:80")
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetWriteDeadline(time.Now().Add(30 * time.Second))
		_, _ = io.WriteString(c, "GET /x HTTP/1.1\r\nHost: device.test\r\n\r\n")
		_ = c.SetReadDeadline(time.Now().Add(30 * time.Second))
		if _, err := c.Read(answer); err != nil {
			t.Fatal(err)
		}
		open[i] = c
	}
	each := (zreqtest.LiveHeap() - before) / int64(size)
	for _, c := range open {
		_ = c.Close()
	}
	return each
}
