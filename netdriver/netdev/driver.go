package netdev

import (
	"context"
	"sync"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

const (
	// SegmentBytes is the most that one Recv or Send of the device sees: what
	// several chips move at a time. Longer writes are cut, longer reads are short.
	SegmentBytes = 1436
	// MaxSlice bounds [Options].Slice, so that a new deadline or a Close ends a
	// Read within 100 ms.
	MaxSlice = 100 * time.Millisecond
	// MaxDials is how many dials are inside the device at a time. Others wait.
	MaxDials = 4

	defaultSlice = 50 * time.Millisecond
	// pause is between two calls of a device that returned at once with nothing.
	pause = 5 * time.Millisecond
)

// Options is what a program knows of its device.
type Options struct {
	// Slice is how long one Recv may wait in the device. If zero or negative,
	// 50 ms; if above MaxSlice, MaxSlice. Longer wakes the processor less often.
	Slice time.Duration

	// Ends are errors, besides io.EOF, by which the device says that the peer
	// ended its side, compared by errors.Is: net.ErrClosed for a w5500. An error
	// that the device gives for anything else as well must not be here: what
	// breaks would pass for what is complete.
	Ends []error
}

// A Driver dials through a device. It is safe for concurrent use.
type Driver struct {
	dev   Netdever
	slice time.Duration
	ends  []error

	places chan struct{} // one for each dial inside the device

	mu    sync.Mutex
	lost  int           // dials inside the device whose context has ended
	stuck chan struct{} // closed while all places are lost to them
	held  map[int]hold  // numbers of closed sockets on which calls are inside
}

// A TLSDriver is a Driver that also has the device speak TLS.
type TLSDriver struct{ Driver }

var (
	_ netdriver.Driver    = (*Driver)(nil)
	_ netdriver.Driver    = (*TLSDriver)(nil)
	_ netdriver.TLSDialer = (*TLSDriver)(nil)
)

// New returns a Driver over dev with no options.
func New(dev Netdever) *Driver { return NewWith(dev, Options{}) }

// NewWith returns a Driver over dev.
func NewWith(dev Netdever, o Options) *Driver {
	d := &Driver{}
	d.set(dev, o)
	return d
}

// NewTLS returns a Driver over a device whose own TLS is good. Who calls it
// vouches that the device really encrypts, that it verifies the peer's chain
// and host name, and fails otherwise: there are drivers that take the request
// for TLS and connect in plain text.
func NewTLS(dev Netdever, o Options) *TLSDriver {
	d := &TLSDriver{}
	d.set(dev, o)
	return d
}

func (d *Driver) set(dev Netdever, o Options) {
	d.dev, d.slice, d.ends = dev, min(o.Slice, MaxSlice), o.Ends
	if d.slice <= 0 {
		d.slice = defaultSlice
	}
	d.places, d.stuck = make(chan struct{}, MaxDials), make(chan struct{})
}

// Dial implements [netdriver.Driver]. The device looks names up; addresses it
// gets as they are, also those that it may refuse.
func (d *Driver) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	return d.dial(ctx, network, address, protoTCP)
}

// DialTLS implements [netdriver.TLSDialer]. The device gets one name for
// looking up, SNI and verification: serverName must be the host of address, without its
// zone if it has one. The device gets the zone with the address.
func (d *TLSDriver) DialTLS(ctx context.Context, network, address, serverName string) (netdriver.Conn, error) {
	if host, _, err := split(address); err == nil && withoutZone(host) != serverName {
		return nil, errServerName
	}
	return d.dial(ctx, network, address, protoTLS)
}
