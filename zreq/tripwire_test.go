package zreq_test

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

// tripwire is a driver that asks before and after each thing that is done with
// it or with its connections.
type tripwire struct {
	netdriver.Driver
	before func(op string) error // its error is returned, and nothing done
	after  func(op string) error // its error is returned beside what was done
	got    atomic.Int64          // bytes read by the client
	put    atomic.Int64          // bytes written
}

type trippedConn struct {
	*memnet.Conn
	wire *tripwire
}

func newTripwire(d netdriver.Driver) *tripwire {
	w := &tripwire{Driver: d}
	w.disarm()
	return w
}

func (w *tripwire) disarm() {
	w.before = func(string) error { return nil }
	w.after = w.before
}

func (w *tripwire) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	if err := w.before("dial"); err != nil {
		return nil, err
	}
	c, err := w.Driver.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if err := w.after("dial"); err != nil {
		_ = c.Close()
		return nil, err
	}
	return &trippedConn{c.(*memnet.Conn), w}, nil
}

func (c *trippedConn) Read(p []byte) (int, error) {
	if err := c.wire.before("read"); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(p)
	c.wire.got.Add(int64(n))
	return n, either(c.wire.after("read"), err)
}

func (c *trippedConn) Write(p []byte) (int, error) {
	if err := c.wire.before("write"); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(p)
	c.wire.put.Add(int64(n))
	return n, either(c.wire.after("write"), err)
}

func (c *trippedConn) SetReadDeadline(t time.Time) error {
	return c.deadline(t, c.Conn.SetReadDeadline)
}

func (c *trippedConn) SetWriteDeadline(t time.Time) error {
	return c.deadline(t, c.Conn.SetWriteDeadline)
}

func (c *trippedConn) deadline(t time.Time, set func(time.Time) error) error {
	if err := c.wire.before("deadline"); err != nil {
		return err
	}
	err := set(t)
	return either(c.wire.after("deadline"), err)
}

func (c *trippedConn) Check() error {
	if err := c.wire.before("check"); err != nil {
		return err
	}
	err := c.Conn.Check()
	return either(c.wire.after("check"), err)
}

func either(err, or error) error {
	if err != nil {
		return err
	}
	return or
}
