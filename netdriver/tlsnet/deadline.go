//go:build !tinygo

package tlsnet

import (
	"net"
	"time"
)

// setBoth, setRead and setWrite are the deadlines of the caller.
func (a *adapter) setBoth(t time.Time) error {
	a.limits.Lock()
	defer a.limits.Unlock()
	a.readBy, a.writeBy = t, t
	return a.below.SetDeadline(t)
}

func (a *adapter) setRead(t time.Time) error {
	a.limits.Lock()
	defer a.limits.Unlock()
	a.readBy = t
	return a.below.SetReadDeadline(t)
}

func (a *adapter) setWrite(t time.Time) error {
	a.limits.Lock()
	defer a.limits.Unlock()
	a.writeBy = t
	return a.below.SetWriteDeadline(t)
}

func (a *adapter) readIsLate() bool {
	a.limits.Lock()
	defer a.limits.Unlock()
	return isPast(a.readBy)
}

func (a *adapter) writeIsLate() bool {
	a.limits.Lock()
	defer a.limits.Unlock()
	return isPast(a.writeBy)
}

func isPast(t time.Time) bool { return !t.IsZero() && !time.Now().Before(t) }

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
