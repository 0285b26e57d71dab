package trials

import (
	"context"
	"io"
	"net"
	"sync/atomic"
	"syscall"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/stdnet"
)

// link is a way to the loopback that can fall silent, as a cable does that was pulled out
// behind the next switch: nothing breaks, but nothing arrives any more. On a gateway it is a
// &bind.Driver{Interface: "eth0"}.
type link struct {
	tcp    stdnet.Driver
	silent atomic.Bool
}

// Dial connects to address. Over a silent link that takes until ctx ends.
func (l *link) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	if l.silent.Load() {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	c, err := l.tcp.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &linkConn{c, l}, nil
}

type linkConn struct {
	netdriver.Conn
	link *link
}

// Read loses what arrives over a silent link. A connection that breaks is reset, as by a
// router that has lost its address: the next request then goes over the other link. A server
// that closes it would show that the link works.
func (c *linkConn) Read(p []byte) (int, error) {
	for {
		n, err := c.Conn.Read(p)
		if err == io.EOF {
			return n, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
		}
		if err != nil || !c.link.silent.Load() {
			return n, err
		}
	}
}
