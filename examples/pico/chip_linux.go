package main

import (
	"errors"
	"io"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/zreq-go/zreq/netdriver/netdev"
)

// sockets is how many the chip has, as a W5500.
const sockets = 8

var (
	errNoMoreSockets = errors.New("no more sockets")
	errNoName        = errors.New("the chip looks no names up")
	errUnsupported   = errors.New("not supported")
)

// A chip is the sockets of Linux as a network chip has them: few, with small numbers.
type chip struct {
	mu      sync.Mutex
	sockets [sockets]int // file descriptors; 0 if there is none
}

var _ netdev.Netdever = (*chip)(nil)

func newChip() *chip { return new(chip) }

// Open returns how many sockets are open.
func (c *chip) Open() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, fd := range c.sockets {
		if fd > 0 {
			n++
		}
	}
	return n
}

func (c *chip) GetHostByName(string) (netip.Addr, error) { return netip.Addr{}, errNoName }
func (c *chip) Addr() (netip.Addr, error)                { return netip.AddrFrom4([4]byte{127, 0, 0, 1}), nil }

// Socket makes a socket that does not block, so that it can wait until a deadline.
func (c *chip) Socket(_, _, _ int) (int, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, unix.IPPROTO_TCP)
	if err != nil {
		return -1, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for number := range c.sockets {
		if c.sockets[number] == 0 {
			c.sockets[number] = fd
			return number, nil
		}
	}
	unix.Close(fd)
	return -1, errNoMoreSockets
}

func (c *chip) fd(number int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sockets[number]
}

func (c *chip) Connect(number int, _ string, to netip.AddrPort) error {
	fd := c.fd(number)
	err := unix.Connect(fd, &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()})
	if err != unix.EINPROGRESS {
		return err
	}
	if err := wait(fd, unix.POLLOUT, time.Now().Add(5*time.Second)); err != nil {
		return err
	}
	code, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err == nil && code != 0 {
		err = unix.Errno(code)
	}
	return err
}

// Send sends all of p or fails. As with most chips, nobody knows then how much has left.
func (c *chip) Send(number int, p []byte, _ int, deadline time.Time) (int, error) {
	fd := c.fd(number)
	for sent := 0; sent < len(p); {
		n, err := unix.Write(fd, p[sent:])
		if err == unix.EAGAIN {
			err = wait(fd, unix.POLLOUT, deadline)
		}
		if err != nil {
			return -1, err
		}
		sent += max(n, 0)
	}
	return len(p), nil
}

func (c *chip) Recv(number int, p []byte, _ int, deadline time.Time) (int, error) {
	fd := c.fd(number)
	for {
		n, err := unix.Read(fd, p)
		switch {
		case n > 0:
			return n, nil
		case n == 0:
			return -1, io.EOF
		case err == unix.EAGAIN:
			err = wait(fd, unix.POLLIN, deadline)
		}
		if err != nil {
			return -1, err
		}
	}
}

func (c *chip) Close(number int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	fd := c.sockets[number]
	c.sockets[number] = 0
	return unix.Close(fd)
}

func (c *chip) Bind(int, netip.AddrPort) error          { return errUnsupported }
func (c *chip) Listen(int, int) error                   { return errUnsupported }
func (c *chip) Accept(int) (int, netip.AddrPort, error) { return -1, netip.AddrPort{}, errUnsupported }
func (c *chip) SetSockOpt(int, int, int, any) error     { return errUnsupported }

// wait waits until fd is ready for events.
func wait(fd int, events int16, deadline time.Time) error {
	for {
		limit := -1
		if !deadline.IsZero() {
			if limit = int(time.Until(deadline) / time.Millisecond); limit < 0 {
				return timeout{}
			}
		}
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: events}}, limit+1)
		if n > 0 || err != nil && err != unix.EINTR {
			return err
		}
	}
}

// timeout is the one of TinyGo's package netdev.
type timeout struct{}

func (timeout) Error() string { return "timeout expired" }
func (timeout) Timeout() bool { return true }
