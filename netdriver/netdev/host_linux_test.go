package netdev_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"
	"golang.org/x/sys/unix"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/netdev"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

// host is the sockets of Linux behaving as a chip: small numbers that are used
// again at once, -1 beside errors, a Send that does not say how far it got.
type host struct {
	mu      sync.Mutex
	sockets map[int]*hostSocket
}

type hostSocket struct {
	fd     int
	users  int
	closed bool
}

func newHost() *host { return &host{sockets: make(map[int]*hostSocket)} }

func (h *host) GetHostByName(name string) (netip.Addr, error) {
	addrs, err := net.DefaultResolver.LookupNetIP(context.Background(), "ip4", name)
	if err != nil {
		return netip.Addr{}, err
	}
	return addrs[0].Unmap(), nil
}

func (h *host) Addr() (netip.Addr, error) { return netip.MustParseAddr("127.0.0.1"), nil }

func (h *host) Socket(domain, stype, protocol int) (int, error) {
	if protocol != unix.IPPROTO_TCP {
		return -1, unix.EPROTONOSUPPORT
	}
	if domain != 2 || stype != 1 { // AF_INET and SOCK_STREAM, in TinyGo's numbers
		return -1, unix.EPROTONOSUPPORT
	}
	// Linux has other numbers on MIPS.
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, protocol)
	if err != nil {
		return -1, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	number := 0
	for h.sockets[number] != nil {
		number++
	}
	h.sockets[number] = &hostSocket{fd: fd}
	return number, nil
}

// use runs call on a socket that stays open until it returns.
func (h *host) use(number int, call func(fd int) (int, error)) (int, error) {
	h.mu.Lock()
	s := h.sockets[number]
	if s == nil {
		h.mu.Unlock()
		return -1, unix.EBADF
	}
	s.users++
	h.mu.Unlock()
	n, err := call(s.fd)
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.users--; s.users == 0 && s.closed {
		unix.Close(s.fd)
	}
	return n, err
}

func (h *host) Close(number int) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.sockets[number]
	if s == nil {
		return unix.EBADF
	}
	delete(h.sockets, number)
	if s.closed = true; s.users > 0 {
		return unix.Shutdown(s.fd, unix.SHUT_RDWR)
	}
	return unix.Close(s.fd)
}

// wait waits until fd is ready for events.
func wait(fd int, events int16, deadline time.Time) error {
	for {
		limit := -1
		if !deadline.IsZero() {
			limit = int(time.Until(deadline)/time.Millisecond) + 1
			if time.Until(deadline) <= 0 {
				return devTimeout{}
			}
		}
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: events}}, limit)
		if err != nil && err != unix.EINTR {
			return err
		}
		if n > 0 {
			return nil
		}
	}
}

func (h *host) Connect(number int, _ string, address netip.AddrPort) error {
	_, err := h.use(number, func(fd int) (int, error) {
		if !address.Addr().Is4() {
			return -1, unix.EAFNOSUPPORT
		}
		to := &unix.SockaddrInet4{Port: int(address.Port()), Addr: address.Addr().As4()}
		if err := unix.Connect(fd, to); err != unix.EINPROGRESS {
			return 0, err
		}
		if err := wait(fd, unix.POLLOUT, time.Now().Add(10*time.Second)); err != nil {
			return -1, err
		}
		if code, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR); err != nil || code != 0 {
			return -1, unix.Errno(code)
		}
		return 0, nil
	})
	return err
}

func (h *host) Recv(number int, p []byte, _ int, deadline time.Time) (int, error) {
	return h.use(number, func(fd int) (int, error) {
		for {
			n, err := unix.Read(fd, p)
			switch {
			case n > 0:
				return n, nil
			case n == 0:
				return -1, io.EOF
			case err != unix.EAGAIN && err != unix.EINTR:
				return -1, err
			}
			if err := wait(fd, unix.POLLIN, deadline); err != nil {
				return -1, err
			}
		}
	})
}

func (h *host) Send(number int, p []byte, _ int, deadline time.Time) (int, error) {
	return h.use(number, func(fd int) (int, error) {
		for sent := 0; sent < len(p); {
			n, err := unix.Write(fd, p[sent:])
			if n > 0 {
				sent += n
				continue
			}
			if err != unix.EAGAIN && err != unix.EINTR {
				return -1, err
			}
			if err := wait(fd, unix.POLLOUT, deadline); err != nil {
				return -1, err
			}
		}
		return len(p), nil
	})
}

func (h *host) Bind(int, netip.AddrPort) error          { return unix.EOPNOTSUPP }
func (h *host) Listen(int, int) error                   { return unix.EOPNOTSUPP }
func (h *host) Accept(int) (int, netip.AddrPort, error) { return -1, netip.AddrPort{}, unix.EOPNOTSUPP }
func (h *host) SetSockOpt(int, int, int, any) error     { return unix.EOPNOTSUPP }

// open is how many sockets are.
func (h *host) open() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.sockets)
}

func TestDriver(t *testing.T) {
	is := is.New(t)
	h := newHost()
	drivertest.Run(t, netdev.New(h), drivertest.Capabilities{
		Listen:            drivertest.TCP,
		RefusesAtOnce:     true,
		WriteTimeoutFinal: true,
	})
	is.Equal(h.open(), 0) // every socket was closed
}

func TestDriverRefusesIPv6AsTheDeviceDoes(t *testing.T) {
	is := is.New(t)
	h := newHost()
	_, err := netdev.New(h).Dial(t.Context(), "tcp", "[::1]:80")
	is.True(errors.Is(err, unix.EAFNOSUPPORT)) // the device's reason
	is.Equal(h.open(), 0)                      // and no socket left open
}

// secured dials over a device and shakes hands in software.
type secured struct {
	netdriver.Driver
	tls netdriver.TLS
}

func (s *secured) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := s.Driver.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return s.tls.Client(ctx, c, "127.0.0.1")
}

// securePeer is the server's end.
type securePeer struct {
	*tls.Conn
	below drivertest.TCPPeer
}

func (p securePeer) Reset() { p.below.Reset() }
func (p securePeer) Cut()   { p.below.CloseWrite() }

func TestDriverUnderTLS(t *testing.T) {
	is := is.New(t)
	ca, err := tlstest.NewAuthority()
	is.NoErr(err) // an authority is made of nothing
	config, err := ca.Server("127.0.0.1")
	is.NoErr(err) // it signs for addresses
	h := newHost()
	driver := &secured{netdev.New(h), tlsnet.New(&tlsnet.Config{RootCAs: ca.Pool()})}
	drivertest.Run(t, driver, drivertest.Capabilities{
		Listen: drivertest.Over(drivertest.TCP, func(p drivertest.Peer) (drivertest.Peer, error) {
			below := p.(drivertest.TCPPeer)
			server := tls.Server(below, config)
			if err := server.Handshake(); err != nil {
				below.Close()
				return nil, err
			}
			return securePeer{server, below}, nil
		}),
		RefusesAtOnce:     true,
		HalfClose:         true,
		EndProof:          true,
		WriteTimeoutFinal: true, // the device's
	})
	is.Equal(h.open(), 0) // every socket was closed
}
