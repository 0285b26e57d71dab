package stdnet

import (
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"
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
	look      look
	transfers transfers

	// Why the connection broke. Linux reports the error of a socket once, to whoever
	// asks first, and after that it reports the end of the stream.
	broke atomic.Pointer[error]
}

// Read returns what there is. On a connection that broke it never returns io.EOF,
// even if another method was the first to see the error.
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

// Write writes all of p, or returns how much it wrote and why it stopped.
func (c *Conn) Write(p []byte) (int, error) {
	n, err := c.look.write(c.TCPConn, p)
	if err != nil {
		c.keep(err)
	}
	return n, err
}

// Close closes the connection. It wakes a blocked Read or Write.
func (c *Conn) Close() error { return c.TCPConn.Close() }

// SetDeadline sets the time after which Read and Write fail.
func (c *Conn) SetDeadline(t time.Time) error {
	c.look.writeBy(t)
	return c.TCPConn.SetDeadline(t)
}

// SetWriteDeadline sets the time after which Write fails.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.look.writeBy(t)
	return c.TCPConn.SetWriteDeadline(t)
}

// end returns the error to report when the system reports the end of the stream.
func (c *Conn) end() error {
	if err := c.broke.Load(); err != nil {
		return *err
	}
	return io.EOF
}

// keep remembers the first error with which the connection broke. A deadline of the
// caller does not break it. A timeout of the system does: ETIMEDOUT, when the peer is
// gone.
func (c *Conn) keep(err error) {
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, net.ErrClosed) || oneSided(err) {
		return
	}
	c.broke.CompareAndSwap(nil, &err)
}

// readError is an error that a look has found as package net tells one of Read.
func (c *Conn) readError(err error) error {
	if errno, ok := err.(syscall.Errno); ok {
		err = os.NewSyscallError("read", errno)
	}
	return &net.OpError{Op: "read", Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: err}
}

// NetConn returns the connection of package net, for socket options. It is the same
// connection: closing it closes c. If it reports an error, c may never see that error.
func (c *Conn) NetConn() net.Conn { return c.TCPConn }
