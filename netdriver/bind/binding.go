package bind

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"syscall"

	"github.com/zreq-go/zreq/netdriver"
)

// binding is what the sockets of a Driver are bound to.
type binding struct {
	device string     // the interface, or ""
	source netip.Addr // the address, or the zero Addr. Its zone, if any, is the device
}

// isEmpty reports whether nothing is bound, so that every dial fails with ErrUnbound.
func (b binding) isEmpty() bool { return b.device == "" && b.anySource() }

// anySource reports whether the system chooses the address. It takes the unspecified
// address for any address.
func (b binding) anySource() bool {
	return !b.source.IsValid() || b.source.Unmap().IsUnspecified()
}

// ip returns the address to dial from, or nil.
func (b binding) ip() net.IP { return b.source.AsSlice() }

// control binds the socket for one address. Loopback is on no other interface, so a
// socket that is bound to one could not reach it.
func (b binding) control(_, address string, c syscall.RawConn) error {
	if isLocal(address) {
		return nil
	}
	return b.bind(c)
}

// bind binds a socket to the interface, if one is set.
func (b binding) bind(c syscall.RawConn) error {
	if b.device == "" {
		return nil
	}
	return bindDevice(c, b.device)
}

// isKept reports whether c comes from the source. Linux lets a socket be bound to a
// broadcast or multicast address, and then connects from another one.
func (b binding) isKept(c netdriver.Conn) bool {
	end, ok := c.(interface{ LocalAddr() net.Addr })
	if !ok || b.anySource() {
		return true
	}
	local, ok := end.LocalAddr().(*net.TCPAddr)
	return ok && local.IP.Equal(b.ip())
}

// exists reports whether there is an interface and a source address now that a socket can
// be bound to.
func (b binding) exists() bool {
	reason := reasonOf(b.probe(context.Background()))
	return reason != ErrNoSource && reason != ErrNoInterface
}

// probe binds a socket in the same way as connections, sends nothing, and returns the
// error of the system call that failed.
func (b binding) probe(ctx context.Context) error {
	listen := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error { return b.bind(c) }}
	var host string
	if ip := b.ip(); ip != nil {
		host = ip.String()
	}
	c, err := listen.ListenPacket(ctx, "udp", net.JoinHostPort(host, "0"))
	if err == nil {
		return c.Close()
	}
	var call *os.SyscallError
	if errors.As(err, &call) {
		return call
	}
	return err
}

// isLocal reports whether address, a host and a port, is this machine whatever its
// interfaces are. The unspecified address is, because systems take it for loopback.
func isLocal(address string) bool {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return false
	}
	return a.Addr().IsLoopback() || a.Addr().IsUnspecified()
}
