package proxy

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// withHeld returns a connection on which Read first returns the bytes that came together
// with the answer of the proxy. They belong to the tunnel (RFC 9110, 9.3.6). If there are
// none, which is the rule, that is c itself.
func withHeld(c netdriver.Conn, bytes []byte) netdriver.Conn {
	if len(bytes) == 0 {
		return c
	}
	checker, ok := c.(netdriver.Checker)
	if !ok {
		return &held{Conn: c, bytes: bytes}
	}
	return &checkedHeld{held: held{Conn: c, bytes: bytes}, checker: checker}
}

// A held is a connection with bytes that have been read from it already.
type held struct {
	netdriver.Conn
	bytes []byte // of the goroutine that reads

	mu     sync.Mutex
	readBy time.Time // the read deadline
	closed bool
}

// A checkedHeld is a held over a connection that can look at its input.
type checkedHeld struct {
	held
	checker netdriver.Checker
}

var (
	_ netdriver.HalfCloser = (*held)(nil)
	_ netdriver.EndProver  = (*held)(nil)
	_ netdriver.Queuer     = (*held)(nil)
	_ netdriver.Checker    = (*checkedHeld)(nil)
)

// Read returns the bytes that are held, and after them those of the connection.
func (h *held) Read(p []byte) (int, error) {
	if len(h.bytes) == 0 || len(p) == 0 {
		return h.Conn.Read(p)
	}
	if err := h.unreadable(); err != nil {
		return 0, err
	}
	n := copy(p, h.bytes)
	if h.bytes = h.bytes[n:]; len(h.bytes) == 0 {
		h.bytes = nil // the memory
	}
	return n, nil
}

// unreadable returns why nothing can be read, although bytes are held.
func (h *held) unreadable() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.closed:
		return net.ErrClosed
	case !h.readBy.IsZero() && !time.Now().Before(h.readBy):
		return os.ErrDeadlineExceeded
	}
	return nil
}

// Close closes the connection.
func (h *held) Close() error {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	return h.Conn.Close()
}

// SetDeadline sets the time after which Read and Write fail.
func (h *held) SetDeadline(t time.Time) error {
	h.readUntil(t)
	return h.Conn.SetDeadline(t)
}

// SetReadDeadline sets the time after which Read fails.
func (h *held) SetReadDeadline(t time.Time) error {
	h.readUntil(t)
	return h.Conn.SetReadDeadline(t)
}

func (h *held) readUntil(t time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.readBy = t
}

// CloseWrite ends our side, if the connection below can.
func (h *held) CloseWrite() error {
	if c, ok := h.Conn.(netdriver.HalfCloser); ok {
		return c.CloseWrite()
	}
	return errors.ErrUnsupported
}

// ProvesEnd returns what the connection below says of its end.
func (h *held) ProvesEnd() bool {
	c, ok := h.Conn.(netdriver.EndProver)
	return ok && c.ProvesEnd()
}

// Queued returns what the connection below says, or 0.
func (h *held) Queued() int {
	if c, ok := h.Conn.(netdriver.Queuer); ok {
		return c.Queued()
	}
	return 0
}

// LocalAddr returns the local address of the connection below, or an empty one.
func (h *held) LocalAddr() net.Addr {
	if c, ok := h.Conn.(interface{ LocalAddr() net.Addr }); ok {
		return c.LocalAddr()
	}
	return noAddr{}
}

// RemoteAddr returns the remote address of the connection below, or an empty one.
func (h *held) RemoteAddr() net.Addr {
	if c, ok := h.Conn.(interface{ RemoteAddr() net.Addr }); ok {
		return c.RemoteAddr()
	}
	return noAddr{}
}

// noAddr is the address of a connection whose driver has none.
type noAddr struct{}

func (noAddr) Network() string { return "tcp" }
func (noAddr) String() string  { return "" }

// Check returns ErrUnread while bytes are held.
func (h *checkedHeld) Check() error {
	if len(h.bytes) == 0 || h.unreadable() == net.ErrClosed {
		return h.checker.Check()
	}
	return netdriver.ErrUnread
}
