//go:build !tinygo

package socket

import (
	"io"
	"syscall"
)

var _ io.WriterTo = (*Conn)(nil)

// WriteTo copies to w until the peer ends the stream. Where the system can, it copies
// without a buffer. An error of c or of w breaks c, because what was read for w is lost.
func (c *Conn) WriteTo(w io.Writer) (int64, error) {
	n, err := io.Copy(w, c.system)
	if err != nil {
		c.broke.keep(err)
		return n, err
	}
	if err := c.broke.end(); err != io.EOF {
		return n, err
	}
	return n, nil
}

// SyscallConn returns the socket, for socket options.
func (c *Conn) SyscallConn() (syscall.RawConn, error) { return c.raw, nil }
