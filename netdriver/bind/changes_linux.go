package bind

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// Multicast groups of rtnetlink, from linux/rtnetlink.h.
const (
	groupLink        = 1 << 0
	groupIPv4Address = 1 << 4
	groupIPv6Address = 1 << 8
)

// changes is a socket on which the system tells that interfaces or addresses have changed.
type changes struct {
	socket *os.File
	raw    syscall.RawConn
	forget func() bool // lets go of the context
}

// newChanges subscribes to the changes. The end of ctx ends a wait.
func newChanges(ctx context.Context) (*changes, error) {
	fd, err := syscall.Socket(syscall.AF_NETLINK, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, syscall.NETLINK_ROUTE)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	c := &changes{socket: os.NewFile(uintptr(fd), "rtnetlink")}
	groups := &syscall.SockaddrNetlink{Family: syscall.AF_NETLINK, Groups: groupLink | groupIPv4Address | groupIPv6Address}
	if err := syscall.Bind(fd, groups); err != nil {
		_ = c.socket.Close()
		return nil, os.NewSyscallError("bind", err)
	}
	if c.raw, err = c.socket.SyscallConn(); err != nil {
		_ = c.socket.Close()
		return nil, err
	}
	c.forget = context.AfterFunc(ctx, func() { _ = c.socket.SetReadDeadline(time.Unix(1, 0)) })
	return c, nil
}

func (c *changes) close() {
	c.forget()
	_ = c.socket.Close()
}

// wait returns when something has changed. What it is does not matter, because the state is
// read anew. So an overrun of the socket (ENOBUFS) is a change like another.
func (c *changes) wait() error {
	changed, failure := false, error(nil)
	err := c.raw.Read(func(fd uintptr) bool {
		changed, failure = drain(int(fd))
		return changed || failure != nil
	})
	return errors.Join(err, failure)
}

// drain takes what the socket holds, up to a limit, so that a burst of changes is one.
func drain(fd int) (changed bool, err error) {
	var message [4096]byte // a longer one is cut
	for range 100 {
		switch _, _, err := syscall.Recvfrom(fd, message[:], 0); err {
		case nil, syscall.ENOBUFS:
			changed = true
		case syscall.EINTR:
		case syscall.EAGAIN:
			return changed, nil
		default:
			return changed, os.NewSyscallError("recvfrom", err)
		}
	}
	return changed, nil
}
