package bind

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/stdnet"
)

var _ netdriver.Driver = (*Driver)(nil)

// A Driver dials TCP through Interface, from Source, or both. If neither is set, every
// dial fails, so that a forgotten setting does not use another link. Its fields must not
// be changed after the first Dial. Use it by pointer: two pointers are two drivers. Its
// connections are those of stdnet.
type Driver struct {
	// Interface is the name of the only network interface that connections use. If empty,
	// the routing table chooses. Linux only.
	Interface string

	// Source is the address that connections come from. If it is the zero Addr, or
	// unspecified (0.0.0.0, ::), the system chooses one, and Interface must be set.
	// Servers of the other IP version cannot be reached. A link-local address needs an
	// Interface, or a zone, which stands for the Interface.
	Source netip.Addr

	// DeadAfter is how long the peer may leave bytes unacknowledged before the system takes
	// the link for dead; see stdnet.Driver. If zero, it is 35 seconds. If negative, it is
	// as long as the system wants. Linux only.
	DeadAfter time.Duration

	// KeepAlive is how long a connection may be silent before the system asks the peer
	// whether it is still there; see stdnet.Driver. If zero, it is about half of DeadAfter,
	// and 15 seconds on other systems. If negative, there are no probes.
	KeepAlive time.Duration

	// Resolver looks names up, and is not bound. If nil, names come from /etc/hosts and
	// from the nameservers of the system, which are asked through Interface and from
	// Source.
	Resolver *net.Resolver

	prepared sync.Once
	tcp      stdnet.Driver
}

// Dial connects to address over network: "tcp", or "tcp4" or "tcp6" to use only one IP
// version. If the interface or the source address is at fault, the error is an [*Error]
// that says why.
func (d *Driver) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	switch {
	case d.unbound():
		return nil, ErrUnbound
	case d.device() != "" && !bindsDevices:
		return nil, d.fault(ErrUnsupported, errors.ErrUnsupported)
	}
	d.prepared.Do(d.prepare)
	c, err := d.tcp.Dial(ctx, network, address)
	if err != nil {
		return nil, d.explain(ctx, err)
	}
	if !d.keptTo(c) {
		_ = c.Close()
		return nil, d.fault(ErrNoSource, errElsewhere)
	}
	return c, nil
}

// keptTo reports whether c comes from Source. Linux lets a socket be bound to a broadcast
// or multicast address, and then connects from another one.
func (d *Driver) keptTo(c netdriver.Conn) bool {
	end, ok := c.(interface{ LocalAddr() net.Addr })
	if !ok || isAny(d.Source) {
		return true
	}
	local, ok := end.LocalAddr().(*net.TCPAddr)
	return ok && local.IP.Equal(d.ip())
}

func (d *Driver) prepare() {
	d.tcp = stdnet.Driver{
		LocalIP:   d.ip(),
		DeadAfter: d.DeadAfter,
		KeepAlive: d.KeepAlive,
		Resolver:  d.Resolver,
		Control:   d.control,
	}
	if d.Resolver == nil {
		d.tcp.Resolver = d.resolver()
	}
}

// control binds the socket for one address. Loopback is on no other interface, so a
// socket that is bound to one could not reach it.
func (d *Driver) control(_, address string, c syscall.RawConn) error {
	if isLocal(address) {
		return nil
	}
	return d.bind(c)
}

// bind binds a socket to the interface, if one is set.
func (d *Driver) bind(c syscall.RawConn) error {
	if d.device() == "" {
		return nil
	}
	return bindDevice(c, d.device())
}

// device returns the interface to bind to, or "".
func (d *Driver) device() string {
	if d.Interface != "" {
		return d.Interface
	}
	return d.Source.Zone()
}

// ip returns the address to dial from, or nil. Its zone, if any, is the device.
func (d *Driver) ip() net.IP { return d.Source.AsSlice() }

// isAny reports whether a source binds to nothing. The system takes the unspecified
// address for any address.
func isAny(source netip.Addr) bool {
	return !source.IsValid() || source.Unmap().IsUnspecified()
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
