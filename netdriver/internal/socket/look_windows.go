//go:build !tinygo

package socket

import (
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/zreq-go/zreq/netdriver"
)

var _ netdriver.Checker = (*Conn)(nil)

const (
	fionbio        = 0x8004667e
	msgPeek        = 2
	wsaEWouldBlock = syscall.Errno(10035)
	wsaEShutdown   = syscall.Errno(10058)
)

// A look makes the system calls of Check and Write. A connection has one from the start,
// so that neither method makes a closure.
//
// The socket is non-blocking. On Windows that affects only calls without an OVERLAPPED,
// such as the ones here. Package net reads and dials as before.
type look struct {
	socket syscall.RawConn
	call   func(fd uintptr) // peeks, or sends what p has

	mu    sync.Mutex // guards what follows: one call at a time
	p     []byte     // to send; nil: peek
	err   error
	n     uint32
	byte  [1]byte
	until atomic.Int64 // when Write gives up, see since; 0: never
}

func (l *look) over(raw syscall.RawConn) error {
	l.socket, l.call = raw, l.callOn
	var failure error
	err := raw.Control(func(fd uintptr) {
		one, returned := [4]byte{1}, uint32(0)
		failure = syscall.WSAIoctl(syscall.Handle(fd), fionbio, &one[0], uint32(len(one)), nil, 0, &returned, nil, 0)
	})
	if err != nil {
		return err
	}
	return os.NewSyscallError("wsaioctl", failure)
}

// Check implements netdriver.Checker with one system call. If nothing has come, package
// syscall allocates 8 bytes for the error.
func (c *Conn) Check() error {
	if err := c.broke.err(); err != nil {
		return err
	}
	n, err := c.look.do(nil)
	switch {
	case err == wsaEWouldBlock:
		return nil
	case err != nil:
		err = c.opError("read", callError("read", err))
		c.broke.keep(err)
		return err
	case n == 0:
		return c.broke.end() // a Write may have seen the error meanwhile
	}
	return netdriver.ErrUnread
}

// do sends as much of p as the system takes at once, or peeks if p is nil. Neither waits.
// It uses Control, which ignores deadlines: a deadline that passed while the connection
// was idle does not mean that the connection is dead.
func (l *look) do(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.p = p
	err := l.socket.Control(l.call)
	l.p = nil
	if err != nil {
		return 0, err // it was closed
	}
	return int(l.n), l.err
}

func (l *look) callOn(fd uintptr) {
	l.n = 0
	if l.p == nil {
		buffer, flags := syscall.WSABuf{Len: 1, Buf: &l.byte[0]}, uint32(msgPeek)
		l.err = syscall.WSARecv(syscall.Handle(fd), &buffer, 1, &l.n, &flags, nil, nil)
		return
	}
	buffer := syscall.WSABuf{Len: uint32(len(l.p)), Buf: &l.p[0]}
	l.err = syscall.WSASend(syscall.Handle(fd), &buffer, 1, &l.n, 0, nil, nil)
}
