package line

import (
	"context"
	"errors"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

var (
	// ErrNoConn means that a driver returned neither a connection nor an error.
	ErrNoConn = errors.New("the driver returned neither a connection nor an error")
	// ErrPlainTLS means that a TLS setting would have left the connection in plain text.
	ErrPlainTLS = errors.New("the TLS setting returned no connection, or the plain one that it was given")
)

// Dial looks the name up and connects. limit is Timeouts.Dial of the call; if zero or less,
// there is none. If the driver has its own TLS, the handshake is part of the dial, and secure,
// which is Timeouts.TLS, is added to the limit. Close ends a dial.
func (l *Line) Dial(ctx context.Context, limit, secure time.Duration) (netdriver.Conn, error) {
	var room [64]byte // most are shorter
	address, name := string(l.Origin.AppendAddress(room[:0])), "Dial"
	if l.Chip != nil {
		name = "Dial plus Timeouts.TLS"
		if secure <= 0 {
			limit = 0
		} else if limit > 0 {
			limit += secure
		}
	}
	if l.Closed() {
		return nil, ErrClosed
	}
	conn, err := l.open(ctx, limit, name, func(ctx context.Context) (conn netdriver.Conn, err error) {
		if l.Chip != nil {
			return l.Chip.DialTLS(ctx, "tcp", address, l.Origin.Host)
		}
		if d, ok := l.Driver.(netdriver.PathDialer); ok {
			conn, l.Path, err = d.DialPath(ctx, "tcp", address, !l.Origin.HTTPS)
			return conn, err
		}
		return l.Driver.Dial(ctx, "tcp", address)
	})
	if err == nil && conn == nil {
		err = ErrNoConn
	}
	return conn, err
}

// Secure makes the TLS handshake over plain, a connection of Dial. limit is Timeouts.TLS of the
// call. Secure is for a Route with a TLS.
func (l *Line) Secure(ctx context.Context, plain netdriver.Conn, limit time.Duration) (netdriver.Conn, error) {
	conn, err := l.open(ctx, limit, "TLS", func(ctx context.Context) (netdriver.Conn, error) {
		return l.TLS.Client(ctx, plain, l.Origin.Host)
	})
	if err != nil {
		return nil, err
	}
	if same, _ := Equal(conn, plain); same || conn == nil {
		_ = plain.Close()
		return nil, ErrPlainTLS
	}
	return conn, nil
}

// Adopt makes conn the socket of the line, unless the owner has closed the line meanwhile.
func (l *Line) Adopt(conn netdriver.Conn) (*Socket, error) {
	s := newSocket(conn, l.Route)
	l.socket.Store(s)
	if l.Closed() {
		l.Drop()
		return nil, ErrClosed
	}
	l.mu.Lock()
	l.dials++
	l.mu.Unlock()
	return s, nil
}

// open calls step, which makes a connection, with a context that ends after limit or by Close.
func (l *Line) open(ctx context.Context, limit time.Duration, name string, step func(context.Context) (netdriver.Conn, error)) (netdriver.Conn, error) {
	own, cancel := limited(ctx, limit)
	defer cancel()
	l.setCancel(cancel)
	if l.Closed() {
		cancel() // Close came first
	}
	conn, err := step(own)
	l.setCancel(nil)
	over := own.Err() != nil || netdriver.IsTimeout(err) && Overdue(own)
	if err == nil || !over || ctx.Err() != nil || Overdue(ctx) || l.Closed() {
		return conn, err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.New(err.Error()) // it was not the caller's deadline
	}
	return nil, &TimeoutError{Limit: limit, Name: name, Err: err}
}

// setCancel sets the function by which Close ends the dial that begins; nil when it is over.
func (l *Line) setCancel(cancelDial func()) {
	l.mu.Lock()
	l.cancelDial = cancelDial
	l.mu.Unlock()
}
