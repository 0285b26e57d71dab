package bind

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
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
	b := d.binding()
	switch {
	case b.isEmpty():
		return nil, ErrUnbound
	case b.device != "" && !bindsDevices:
		return nil, b.fault(ErrUnsupported, errors.ErrUnsupported)
	}
	d.prepared.Do(d.prepare)
	c, err := d.tcp.Dial(ctx, network, address)
	if err != nil {
		return nil, b.explain(ctx, err)
	}
	if !b.isKept(c) {
		_ = c.Close()
		return nil, b.fault(ErrNoSource, errElsewhere)
	}
	return c, nil
}

func (d *Driver) prepare() {
	b := d.binding()
	d.tcp = stdnet.Driver{
		LocalIP:   b.ip(),
		DeadAfter: d.DeadAfter,
		KeepAlive: d.KeepAlive,
		Resolver:  d.Resolver,
		Control:   b.control,
	}
	if d.Resolver == nil {
		d.tcp.Resolver = b.resolver()
	}
}

// binding returns what sockets are bound to. The nil Driver binds to nothing.
func (d *Driver) binding() binding {
	switch {
	case d == nil:
		return binding{}
	case d.Interface != "":
		return binding{device: d.Interface, source: d.Source}
	}
	return binding{device: d.Source.Zone(), source: d.Source}
}
