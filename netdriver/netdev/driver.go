package netdev

import (
	"context"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

const (
	// SegmentBytes is the largest number of bytes that one Recv or Send of the device is
	// given. Several chips move that much at a time. Longer writes are split, and longer
	// reads are short.
	SegmentBytes = 1436
	// MaxSlice is the largest [Options].Slice, so that a new deadline or a Close ends a
	// Read within 100 ms.
	MaxSlice = 100 * time.Millisecond
	// MaxDials is how many dials can be inside the device at the same time. Others wait.
	MaxDials = 4

	defaultSlice = 50 * time.Millisecond
	// pause is the time between two calls of a device that returned at once with nothing.
	pause = 5 * time.Millisecond
)

// Options is what a program knows about its device.
type Options struct {
	// Slice is how long one Recv may wait in the device. A longer slice wakes the
	// processor less often. If zero or negative, it is 50 ms. If above MaxSlice, it is
	// MaxSlice.
	Slice time.Duration

	// Ends are errors, besides io.EOF, with which the device reports that the peer ended
	// its side, such as net.ErrClosed for a w5500. They are compared by errors.Is. An
	// error that the device also returns for anything else must not be listed: a
	// connection that breaks would then count as a complete response.
	Ends []error

	// Sockets is how many sockets the device has for connections. A Session opens no more
	// of them at the same time. Zero means that it is not known.
	Sockets int

	// Full are errors of the device that mean that it has no socket left, such as
	// netdev.ErrNoMoreSockets of TinyGo's drivers. They are compared by errors.Is. A dial
	// that fails with one fails with [netdriver.ErrNoSocket], and a Session then closes an
	// idle connection and dials again.
	Full []error
}

// A Driver dials through a device. It is safe for concurrent use.
type Driver struct {
	dev     Netdever
	slice   instant // how long one Recv may wait
	ends    []error
	full    []error
	sockets int

	dials   dials
	numbers numbers
}

// A TLSDriver is a Driver whose device also speaks TLS.
type TLSDriver struct{ Driver }

var (
	_ netdriver.Driver    = (*Driver)(nil)
	_ netdriver.Driver    = (*TLSDriver)(nil)
	_ netdriver.TLSDialer = (*TLSDriver)(nil)

	_ netdriver.SocketLimiter = (*Driver)(nil)
)

// New returns a Driver over dev with default options.
func New(dev Netdever) *Driver { return NewWith(dev, Options{}) }

// NewWith returns a Driver over dev with the options o.
func NewWith(dev Netdever, o Options) *Driver {
	d := &Driver{}
	d.set(dev, o)
	return d
}

// NewTLS returns a Driver over a device that speaks TLS itself. By calling it, a program
// vouches that the device really encrypts, that it verifies the chain and the host name
// of the peer, and that it fails otherwise. Some drivers accept the request for TLS and
// connect in plain text.
func NewTLS(dev Netdever, o Options) *TLSDriver {
	d := &TLSDriver{}
	d.set(dev, o)
	return d
}

func (d *Driver) set(dev Netdever, o Options) {
	d.dev, d.slice, d.ends = dev, instant(min(o.Slice, MaxSlice)), o.Ends
	d.full, d.sockets = o.Full, o.Sockets
	if d.slice <= 0 {
		d.slice = instant(defaultSlice)
	}
	d.dials.init()
}

// Sockets implements [netdriver.SocketLimiter].
func (d *Driver) Sockets() int { return d.sockets }

// Dial implements [netdriver.Driver]. The device looks names up. IP addresses are passed
// to it as they are, even if it may refuse them.
func (d *Driver) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	return d.dial(ctx, network, address, protoTCP)
}

// DialTLS implements [netdriver.TLSDialer]. The device takes one name for looking up, SNI
// and verification, so serverName must be the host of address, without its zone if it has
// one. The zone is passed to the device with the address.
func (d *TLSDriver) DialTLS(ctx context.Context, network, address, serverName string) (netdriver.Conn, error) {
	if host, _, err := split(address); err == nil && withoutZone(host) != serverName {
		return nil, errServerName
	}
	return d.dial(ctx, network, address, protoTLS)
}
