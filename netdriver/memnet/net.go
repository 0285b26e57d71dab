package memnet

import (
	"context"
	"sync"

	"github.com/zreq-go/zreq/netdriver"
)

var _ netdriver.Driver = (*Net)(nil)

// A Net is a network: it has listeners, and is the driver that dials them. Its fields
// must be set before the first Dial.
type Net struct {
	// BufferBytes is the size of the buffer for each direction of a connection. If zero
	// or negative, it is DefaultBufferBytes.
	BufferBytes int

	// OnDial, if not nil, is called by each Dial, on the goroutine of the caller. k is
	// the number of the Dial, from 1. OnDial returns the faults of the dialling end, or
	// an error, which Dial returns.
	OnDial func(k int, address string) (Faults, error)

	mu        sync.Mutex
	listeners map[string]*Listener
	open      map[*Conn]struct{}
	dials     int
	spare     spare
}

// New returns a network without listeners.
func New() *Net { return new(Net) }

// Dials returns how often Dial was called, with success or without.
func (n *Net) Dials() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.dials
}

// Open returns how many dialled connections are not closed by the side that dialled.
func (n *Net) Open() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.open)
}

// Dial connects to the listener at address. It does not wait for Accept. If the listener
// is silent, Dial waits until ctx ends.
func (n *Net) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	k := n.count()
	if network != "tcp" {
		return nil, ErrNetwork
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var faults Faults
	if n.OnDial != nil {
		var err error
		if faults, err = n.OnDial(k, address); err != nil {
			return nil, err
		}
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c, silence, err := n.connect(address, faults)
		if err != nil {
			return nil, err
		}
		if silence == nil {
			return c, nil
		}
		select {
		case <-ctx.Done():
		case <-silence:
		}
	}
}

func (n *Net) count() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.dials++
	return n.dials
}

// connect returns a connection, or a channel to wait for before the next try.
func (n *Net) connect(address string, faults Faults) (*Conn, chan struct{}, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	l := n.listeners[address]
	if l == nil {
		l = n.listeners[""]
	}
	if l == nil {
		return nil, nil, ErrRefused
	}
	if l.silence != nil {
		return nil, l.silence, nil
	}
	size := n.BufferBytes
	if size <= 0 {
		size = DefaultBufferBytes
	}
	p := newPair(size, &n.spare, address)
	c := &p.ends[0]
	c.owner, c.faults = n, faults
	if n.open == nil {
		n.open = make(map[*Conn]struct{})
	}
	n.open[c] = struct{}{}
	l.waiting = append(l.waiting, &p.ends[1])
	l.came.Signal()
	return c, nil, nil
}

// forget is called when a dialled connection is closed. The caller holds the lock of the
// connection; n.mu is always locked after it.
func (n *Net) forget(c *Conn) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.open, c)
}

// breakAll resets every open connection without closing it.
func (n *Net) breakAll() {
	n.mu.Lock()
	open := make([]*Conn, 0, len(n.open))
	for c := range n.open {
		open = append(open, c)
	}
	n.mu.Unlock()
	for _, c := range open {
		c.pair.mu.Lock()
		c.pair.reset()
		c.pair.mu.Unlock()
	}
}
