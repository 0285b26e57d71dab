package stdnet

import (
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

var (
	_ netdriver.Conn       = (*Conn)(nil)
	_ netdriver.HalfCloser = (*Conn)(nil)
)

// A Conn is a TCP connection of the system. On Unix and Windows it is a netdriver.Checker.
type Conn struct {
	*net.TCPConn
	look look

	// What SendFile and ReceiveFile do; nil until the first. These are functions,
	// because the types of what they work with would be in every program.
	send    func(f *os.File, offset, n int64) (sent int64, err error)
	receive func(f *os.File, n int64) (received int64, err error)

	// Why the connection broke. Linux tells a socket's error once, to whoever
	// asks first, and says after that that the stream has ended.
	broke atomic.Pointer[error]
}

// Read returns what there is. A connection that broke never ends in io.EOF,
// whoever was told of it first.
func (c *Conn) Read(p []byte) (int, error) {
	n, err := c.TCPConn.Read(p)
	switch {
	case err == nil:
	case err == io.EOF:
		err = c.end()
	default:
		c.keep(err)
	}
	return n, err
}

// Write writes all of p, or says why not.
func (c *Conn) Write(p []byte) (int, error) {
	n, err := c.write(p)
	if err != nil {
		c.keep(err)
	}
	return n, err
}

// Close and SetDeadline are what TCPConn has. As methods of *Conn they are not also
// made for Conn, by the linker's leave, which is 0.5 KB in every program.

// Close closes the connection.
func (c *Conn) Close() error { return c.TCPConn.Close() }

// SetDeadline sets the time after which Read and Write fail.
func (c *Conn) SetDeadline(t time.Time) error {
	c.look.writeBy(t)
	return c.TCPConn.SetDeadline(t)
}

// end is what to say where the system says that the stream has ended.
func (c *Conn) end() error {
	if err := c.broke.Load(); err != nil {
		return *err
	}
	return io.EOF
}

// keep remembers the first error with which the connection broke. That is no
// deadline of ours, but it may be a timeout of the system: ETIMEDOUT, from a
// peer that is gone.
func (c *Conn) keep(err error) {
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, net.ErrClosed) || oneSided(err) {
		return
	}
	c.broke.CompareAndSwap(nil, &err)
}

// NetConn returns the connection of package net, for what only it can do: socket
// options. It has no other owner: closing it closes c. An error that it is told
// of c may never hear of.
func (c *Conn) NetConn() net.Conn { return c.TCPConn }
