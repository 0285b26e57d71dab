package stdnet

import (
	"context"
	"net"
	"syscall"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/internal/socket"
)

// Name is the name under which the driver with default settings is registered.
const Name = "tcp"

func init() { netdriver.Register(Name, new(Driver)) }

var _ netdriver.Driver = (*Driver)(nil)

// missing is the error of a nil *Driver.
type missing struct{}

func (*missing) Error() string {
	return "the *stdnet.Driver is nil: give new(stdnet.Driver), or leave the field Driver nil"
}

// Permanent says that it does not help to dial again.
func (*missing) Permanent() bool { return true }

// A Driver dials TCP. The zero value is ready to use. Its fields must not be changed
// after the first Dial. Use it by pointer: two pointers are two drivers.
type Driver struct {
	// LocalIP is the address to dial from, for a device with several links. If nil, the
	// system chooses.
	LocalIP net.IP

	// DeadAfter is how long the peer may leave bytes unacknowledged, or accept no more of
	// them, before the system takes the link for dead. Reads and writes then fail with
	// syscall.ETIMEDOUT, and netdriver.Checker reports it. If zero, it is 35 seconds. If
	// negative, it is as long as the system wants, a quarter of an hour by default.
	//
	// It should be longer than Timeouts.Write of the calls: a peer that acknowledges
	// everything, but has had no room for so long, is given up as well.
	//
	// A connection that only receives has nothing unacknowledged. There the probes of
	// KeepAlive find out. Linux only.
	DeadAfter time.Duration

	// KeepAlive is how long a connection may be silent before the system asks the peer
	// whether it is still there. A probe costs a packet in each direction, and wakes a
	// modem that sleeps. If negative, there are no probes, and an idle connection causes
	// no traffic.
	//
	// On Linux, with DeadAfter, a probe without an answer is repeated after a quarter of
	// DeadAfter, and the link is dead at the first repetition when the peer has been silent
	// for DeadAfter. If KeepAlive is zero, it is about half of DeadAfter: 19 seconds by
	// default. The system takes these times in whole seconds, up to nine hours.
	//
	// Otherwise a probe is repeated after 15 seconds, and the link is dead when nine in a
	// row had no answer. If KeepAlive is zero, it is 15 seconds.
	KeepAlive time.Duration

	// Resolver looks names up. If nil, it is net.DefaultResolver.
	Resolver *net.Resolver

	// Control, if not nil, is called with each socket before it connects, so that a
	// program can set socket options. Its arguments are "tcp4" or "tcp6" and the address
	// that the socket connects to. If it returns an error, that address is given up. It
	// may be called for several sockets at the same time.
	Control func(network, address string, c syscall.RawConn) error
}

// Dial connects to address over network: "tcp", or "tcp4" or "tcp6" to use only one IP
// version. If the process or the system has no descriptor left (EMFILE, ENFILE), the error
// is netdriver.ErrNoSocket, even if it was the look-up of the name that needed one.
func (d *Driver) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	if d == nil {
		return nil, new(missing)
	}
	switch network {
	case "tcp", "tcp4", "tcp6":
	default:
		return nil, net.UnknownNetworkError(network)
	}
	dead := d.DeadAfter
	if dead == 0 {
		dead = 35 * time.Second
	}
	dialer := net.Dialer{
		KeepAlive: d.KeepAlive, KeepAliveConfig: probes(dead, d.KeepAlive), Resolver: d.Resolver, Control: d.Control,
	}
	if d.LocalIP != nil {
		dialer.LocalAddr = &net.TCPAddr{IP: d.LocalIP}
	}
	c, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, socket.DialError(err)
	}
	conn, err := newConn(c.(*net.TCPConn), dead)
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	return conn, nil
}
