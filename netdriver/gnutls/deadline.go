package gnutls

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

// set sets the deadlines of the caller. It fails once Close has begun.
func (d *deadlines) set(t time.Time, read, write bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing {
		return net.ErrClosed
	}
	if read {
		d.readBy = t
	}
	if write {
		d.writeBy = t
	}
	switch {
	case read && write:
		return d.below.SetDeadline(t)
	case read:
		return d.below.SetReadDeadline(t)
	}
	return d.below.SetWriteDeadline(t)
}

// closeBy sets the last write deadline, that of Close.
func (d *deadlines) closeBy(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closing = true
	d.writeBy = t
	_ = d.below.SetWriteDeadline(t)
}

// lookBy sets the read deadline of a look, which restoreRead replaces by the caller's.
func (d *deadlines) lookBy(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.closing {
		_ = d.below.SetReadDeadline(t)
	}
}

func (d *deadlines) restoreRead() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.closing {
		_ = d.below.SetReadDeadline(d.readBy)
	}
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
