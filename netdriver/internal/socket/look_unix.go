//go:build unix && !aix && !tinygo

package socket

import (
	"syscall"

	"github.com/zreq-go/zreq/netdriver"
)

var _ netdriver.Checker = (*Conn)(nil)

// recvfrom is a variable, so that a test can interrupt it.
var recvfrom = syscall.Recvfrom

// A look makes the system call of Check. A connection has one from the start, so that
// Check allocates nothing.
type look struct {
	peek func(fd uintptr) // the method value peekAt, kept because making one allocates
	byte [1]byte
	n    int
	err  error
}

func (l *look) over(syscall.RawConn) error {
	l.peek = l.peekAt
	return nil
}

// Check implements netdriver.Checker with one system call.
func (c *Conn) Check() error {
	if err := c.broke.err(); err != nil {
		return err
	}
	l := &c.look
	// Control ignores deadlines, unlike Read: a deadline that passed while the
	// connection was idle does not mean that the connection is dead.
	if err := c.raw.Control(l.peek); err != nil {
		return err
	}
	switch {
	case l.err == syscall.EAGAIN || l.err == syscall.EWOULDBLOCK:
		return nil
	case l.err != nil:
		return c.failed("read", "read", l.err)
	case l.n == 0:
		return c.broke.end() // a Write may have seen the error meanwhile
	}
	return netdriver.ErrUnread
}

func (l *look) peekAt(fd uintptr) {
	for {
		l.n, _, l.err = recvfrom(int(fd), l.byte[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		if l.err != syscall.EINTR {
			return
		}
	}
}
