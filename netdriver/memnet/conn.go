package memnet

import (
	"io"
	"os"
	"sync"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

var (
	_ netdriver.Conn       = (*Conn)(nil)
	_ netdriver.Checker    = (*Conn)(nil)
	_ netdriver.HalfCloser = (*Conn)(nil)
)

// A Conn is one end of a connection. All methods may be called at any time from any
// goroutine.
type Conn struct {
	pair    *pair
	peer    *Conn
	owner   *Net // set on the dialling end
	address string

	// The rest is guarded by pair.mu.
	in, out   *stream
	closed    bool
	readBy    deadline
	writeBy   deadline
	faults    Faults
	got       int64 // bytes read since the faults were set
	sent      int64 // bytes written since then
	empty     int   // reads in a row that returned nothing
	delayOver *time.Timer
}

// pair is both ends of a connection and the streams between them.
type pair struct {
	mu      sync.Mutex
	broken  bool // by a reset; both ends fail
	size    int  // of each stream's buffer
	spare   *spare
	streams [2]stream
	ends    [2]Conn
}

// DefaultBufferBytes is the default size of the buffer for each direction.
const DefaultBufferBytes = 64 << 10

// Pipe returns the two ends of a connection that was not dialled.
func Pipe() (a, b *Conn) {
	p := newPair(DefaultBufferBytes, new(spare), "")
	return &p.ends[0], &p.ends[1]
}

func newPair(size int, spare *spare, address string) *pair {
	p := &pair{size: size, spare: spare}
	for i := range p.streams {
		p.streams[i].changed.L = &p.mu
	}
	for i := range p.ends {
		c := &p.ends[i]
		c.pair, c.peer, c.address = p, &p.ends[1-i], address
		c.in, c.out = &p.streams[i], &p.streams[1-i]
		c.readBy.wake, c.writeBy.wake = &c.in.changed, &c.out.changed
	}
	return p
}

// Address returns the address that was dialled, at both ends. It is "" for a Pipe.
func (c *Conn) Address() string { return c.address }

// SetFaults replaces the faults of this end. Bytes are counted from here on.
func (c *Conn) SetFaults(f Faults) {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	c.faults, c.got, c.sent, c.empty = f, 0, 0, 0
	c.in.changed.Broadcast()
	c.out.changed.Broadcast()
}

// SetDeadline sets both deadlines.
func (c *Conn) SetDeadline(t time.Time) error { return c.setDeadlines(t, &c.readBy, &c.writeBy) }

// SetReadDeadline sets the deadline of Read and of WaitClose.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.setDeadlines(t, &c.readBy, nil) }

// SetWriteDeadline sets the deadline of Write.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.setDeadlines(t, &c.writeBy, nil) }

func (c *Conn) setDeadlines(t time.Time, d, also *deadline) error {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	if c.closed {
		return ErrClosed
	}
	d.set(t)
	if also != nil {
		also.set(t)
	}
	return nil
}

// Close ends both sides. The peer reads what was sent and then io.EOF. Its writes fail
// with ErrReset. Closing again does nothing.
func (c *Conn) Close() error {
	c.end(false)
	return nil
}

// Reset breaks the connection. The peer fails with ErrReset at once, and what it has not
// read is lost.
func (c *Conn) Reset() { c.end(true) }

func (c *Conn) end(reset bool) {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	if c.closed {
		return
	}
	c.closed = true
	c.readBy.set(time.Time{})
	c.writeBy.set(time.Time{})
	if c.delayOver != nil {
		c.delayOver.Stop()
	}
	c.in.deaf, c.out.ended = true, true
	c.in.drop(c.pair.spare)
	if reset {
		c.pair.reset()
	}
	c.pair.wake()
	if c.owner != nil {
		c.owner.forget(c)
	}
}

// CloseWrite ends this side. The peer reads what was sent and then io.EOF. The other
// direction continues.
func (c *Conn) CloseWrite() error {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	switch {
	case c.closed:
		return ErrClosed
	case c.pair.broken:
		return ErrReset
	}
	c.out.ended = true
	c.out.changed.Broadcast()
	return nil
}

// Check implements netdriver.Checker.
func (c *Conn) Check() error {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	if err := c.dead(); err != nil {
		return err
	}
	switch f := &c.faults; {
	case left(f.ResetReadAfter, c.got) == 0:
		c.pair.reset()
		return ErrReset
	case left(f.EOFAfter, c.got) == 0:
		return io.EOF
	case left(f.StallReadAfter, c.got) == 0:
		return nil
	case c.in.unread > 0:
		return netdriver.ErrUnread
	case c.in.ended:
		return io.EOF
	}
	return nil
}

// WaitClose waits, without reading, until the peer has closed both sides. It fails at the
// read deadline, and when this end is closed.
func (c *Conn) WaitClose() error {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	for !c.peer.closed {
		switch {
		case c.closed:
			return ErrClosed
		case c.readBy.passed:
			return os.ErrDeadlineExceeded
		}
		c.in.changed.Wait()
	}
	return nil
}

// dead returns why neither Read nor Write can continue, or nil.
func (c *Conn) dead() error {
	switch {
	case c.closed:
		return ErrClosed
	case c.pair.broken:
		return ErrReset
	}
	return nil
}

// reset breaks the connection for both ends.
func (p *pair) reset() {
	p.broken = true
	for i := range p.streams {
		p.streams[i].drop(p.spare)
	}
	p.wake()
}

func (p *pair) wake() {
	for i := range p.streams {
		p.streams[i].changed.Broadcast()
	}
}
