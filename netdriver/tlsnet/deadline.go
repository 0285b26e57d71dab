//go:build !tinygo

package tlsnet

import (
	"net"
	"sync"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// deadlines sets the deadlines of the connection below and remembers them.
type deadlines struct {
	below netdriver.Conn

	mu      sync.Mutex
	readBy  time.Time
	writeBy time.Time
	closing bool // Close has begun and has set its own deadline
}

// setBoth, setRead and setWrite set the deadlines of the caller. They fail once Close has
// begun.
func (d *deadlines) setBoth(t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing {
		return net.ErrClosed
	}
	d.readBy, d.writeBy = t, t
	return d.below.SetDeadline(t)
}

func (d *deadlines) setRead(t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing {
		return net.ErrClosed
	}
	d.readBy = t
	return d.below.SetReadDeadline(t)
}

func (d *deadlines) setWrite(t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing {
		return net.ErrClosed
	}
	d.writeBy = t
	return d.below.SetWriteDeadline(t)
}

// closeBy sets the last write deadline, that of Close.
func (d *deadlines) closeBy(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closing = true
	d.writeBy = t
	d.below.SetWriteDeadline(t)
}

// restoreRead sets the read deadline of the caller again, after a look has used another.
func (d *deadlines) restoreRead() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.below.SetReadDeadline(d.readBy)
}

// readIsLate reports whether the read deadline has come, or comes within early.
func (d *deadlines) readIsLate(early time.Duration) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return isPast(d.readBy, early)
}

// writeIsLate reports whether the write deadline has come, or comes within early.
func (d *deadlines) writeIsLate(early time.Duration) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return isPast(d.writeBy, early)
}

func isPast(t time.Time, early time.Duration) bool {
	return !t.IsZero() && time.Until(t) <= early
}
