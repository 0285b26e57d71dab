package socket

import (
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

var (
	_ netdriver.Conn       = (*Conn)(nil)
	_ netdriver.HalfCloser = (*Conn)(nil)
)

// A System is a connection of package net: a *net.TCPConn or a *net.UnixConn.
type System interface {
	net.Conn
	CloseWrite() error
}

// A Conn is a connection of the system. On Unix and Windows it is a netdriver.Checker, and
// on Linux a netdriver.Queuer.
type Conn struct {
	system        System
	local, remote net.Addr
	raw           syscall.RawConn
	look          look
	transfers     transfers
	broke         breakage
}

// New returns the Conn of s, whose socket is raw. If that fails, s is still open.
//
// What s could tell itself is passed as well, because a program links a method that is
// called through an interface for every type that has it.
func New(s System, raw syscall.RawConn, local, remote net.Addr) (*Conn, error) {
	c := &Conn{system: s, raw: raw, local: local, remote: remote}
	if err := c.look.over(raw); err != nil {
		return nil, err
	}
	return c, nil
}

// Read returns what there is. On a connection that broke it never returns io.EOF,
// even if another method was the first to see the error.
func (c *Conn) Read(p []byte) (int, error) {
	n, err := c.system.Read(p)
	switch {
	case err == nil:
	case err == io.EOF:
		err = c.broke.end()
	default:
		c.broke.keep(err)
	}
	return n, err
}

// Write writes all of p, or returns how much it wrote and why it stopped.
func (c *Conn) Write(p []byte) (int, error) {
	n, err := c.write(p)
	if err != nil {
		c.broke.keep(err)
	}
	return n, err
}

// Close closes the connection. It wakes a blocked Read or Write.
func (c *Conn) Close() error { return c.system.Close() }

// CloseWrite sends the end of the stream. Read continues to work.
func (c *Conn) CloseWrite() error { return c.system.CloseWrite() }

// SetDeadline sets the time after which Read and Write fail.
func (c *Conn) SetDeadline(t time.Time) error {
	c.look.writeBy(t)
	return c.system.SetDeadline(t)
}

// SetReadDeadline sets the time after which Read fails.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.system.SetReadDeadline(t) }

// SetWriteDeadline sets the time after which Write fails.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.look.writeBy(t)
	return c.system.SetWriteDeadline(t)
}

// LocalAddr returns the address of our end.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr returns the address of the peer.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// NetConn returns the connection of package net, for socket options. It is the same
// connection: closing it closes c. If it reports an error, c may never see that error.
func (c *Conn) NetConn() net.Conn { return c.system }

// failed returns the error of a system call, which was made for op, as package net returns
// it, and remembers it.
func (c *Conn) failed(op, call string, err error) error {
	err = c.opError(op, os.NewSyscallError(call, err))
	c.broke.keep(err)
	return err
}

func (c *Conn) opError(op string, err error) error {
	return &net.OpError{Op: op, Net: c.remote.Network(), Source: c.local, Addr: c.remote, Err: err}
}
