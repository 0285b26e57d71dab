//go:build !tinygo

package tlsnet

import (
	"net"
	"time"
)

// setBoth, setRead and setWrite are the deadlines of the caller. They end with
// Close, which has one of its own.
func (a *adapter) setBoth(t time.Time) error {
	a.limits.Lock()
	defer a.limits.Unlock()
	if a.closing {
		return net.ErrClosed
	}
	a.readBy, a.writeBy = t, t
	return a.below.SetDeadline(t)
}

func (a *adapter) setRead(t time.Time) error {
	a.limits.Lock()
	defer a.limits.Unlock()
	if a.closing {
		return net.ErrClosed
	}
	a.readBy = t
	return a.below.SetReadDeadline(t)
}

func (a *adapter) setWrite(t time.Time) error {
	a.limits.Lock()
	defer a.limits.Unlock()
	if a.closing {
		return net.ErrClosed
	}
	a.writeBy = t
	return a.below.SetWriteDeadline(t)
}

// closeBy sets the last write deadline.
func (a *adapter) closeBy(t time.Time) {
	a.limits.Lock()
	defer a.limits.Unlock()
	a.closing = true
	a.writeBy = t
	a.below.SetWriteDeadline(t)
}

// lookBy bounds the reads of a look, whatever the caller's deadline. It is not
// needed unless the Check below is wrong. endLook puts the caller's back.
func (a *adapter) lookBy(t time.Time) {
	a.looking = true
	a.below.SetReadDeadline(t)
}

func (a *adapter) endLook() {
	a.looking = false
	a.limits.Lock()
	defer a.limits.Unlock()
	a.below.SetReadDeadline(a.readBy)
}

// readIsLate reports whether the read deadline has come, or comes within early.
func (a *adapter) readIsLate(early time.Duration) bool {
	a.limits.Lock()
	defer a.limits.Unlock()
	return isPast(a.readBy, early)
}

func (a *adapter) writeIsLate(early time.Duration) bool {
	a.limits.Lock()
	defer a.limits.Unlock()
	return isPast(a.writeBy, early)
}

func isPast(t time.Time, early time.Duration) bool {
	return !t.IsZero() && time.Until(t) <= early
}

// The rest of net.Conn. crypto/tls sets a write deadline only around its
// close_notify, to 5 s and then to now. Ours stays: the caller's, or Close's.

func (a *adapter) SetDeadline(time.Time) error      { return nil }
func (a *adapter) SetReadDeadline(time.Time) error  { return nil }
func (a *adapter) SetWriteDeadline(time.Time) error { return nil }

func (a *adapter) LocalAddr() net.Addr  { return noAddr{} }
func (a *adapter) RemoteAddr() net.Addr { return noAddr{} }

// noAddr stands where a driver's connection has no address.
type noAddr struct{}

func (noAddr) Network() string { return "tcp" }
func (noAddr) String() string  { return "" }
