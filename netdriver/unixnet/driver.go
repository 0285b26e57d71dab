package unixnet

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/internal/socket"
)

var _ netdriver.Driver = (*Driver)(nil)

// A Driver dials one Unix socket. [New] makes one. Use it by pointer: two pointers are two
// drivers.
type Driver struct{ path string }

// New returns a Driver for the socket at path, or for the abstract socket name if path is
// "@name". There need not be a socket yet: each dial looks for it. If no socket can have
// that path, each dial fails with an error that is [ErrPath].
func New(path string) *Driver { return &Driver{path} }

// Dial connects to the socket. network must be "tcp", "tcp4" or "tcp6", and address a
// host and a port. Neither has any other meaning. If the process or the system has no
// descriptor left (EMFILE, ENFILE), the error is netdriver.ErrNoSocket.
func (d *Driver) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	if d == nil {
		return nil, checkPath("")
	}
	if err := checkPath(d.path); err != nil {
		return nil, err
	}
	switch network {
	case "tcp", "tcp4", "tcp6":
	default:
		return nil, net.UnknownNetworkError(network)
	}
	if _, _, err := net.SplitHostPort(address); err != nil {
		return nil, err
	}
	c, err := d.connect(ctx)
	if err != nil {
		return nil, socket.DialError(err)
	}
	conn, err := newConn(c.(*net.UnixConn))
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	return conn, nil
}

// How long connect waits before it tries again, at first and at most.
const (
	minWait = time.Millisecond
	maxWait = 50 * time.Millisecond
)

// connect connects when the server has room for another connection.
func (d *Driver) connect(ctx context.Context) (net.Conn, error) {
	var dialer net.Dialer
	full := false
	for wait := minWait; ; wait = min(2*wait, maxWait) {
		c, err := dialer.DialContext(ctx, "unix", d.path)
		switch {
		case isFull(err):
			full = true
		case full && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)):
			return nil, &fullError{err}
		default:
			return c, err
		}
		sleep(ctx, wait)
	}
}

// sleep waits, but not longer than ctx lasts.
func sleep(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// A fullError is the error of a dial that ended because of its context, while the server
// had no room for another connection.
type fullError struct{ err error }

func (e *fullError) Error() string {
	return e.err.Error() + ": the server accepts no connection, and its queue is full"
}

func (e *fullError) Unwrap() error { return e.err }
