package gnutls

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

const (
	// maxRecord is the largest size of a record (RFC 8446, 5.1), and how many bytes one
	// Write sends at most.
	maxRecord = 16 << 10
	// closeWait is how long Close waits until close_notify can leave, and how long Check
	// waits for bytes that the driver says are there.
	closeWait = 100 * time.Millisecond
	// maxIdle bounds the reads or writes in a row that move nothing and return no error.
	maxIdle = 100
	// slack is how early the clock of a driver may let a deadline pass.
	slack = time.Millisecond
)

// longAgo is a deadline in the past.
var longAgo = time.Unix(1, 0)

// Mistakes of the driver below, and of GnuTLS.
var (
	errBadCount   = errors.New("the driver moved more bytes than there were")
	errUnverified = errors.New("GnuTLS has not asked to verify the peer")
)

// conn is a TLS connection over a driver's.
type conn struct {
	below     netdriver.Conn
	deadlines deadlines // of below
	session   *session
	unshown   error // why a peer that asked for our certificate got none, if it got none
	limited   bool  // small records were asked for
	reader    reader
	writer    writer

	established bool // the handshake has succeeded

	closeOnce sync.Once // guards the work of Close
	shutOnce  sync.Once // guards that of shut
	closed    atomic.Bool
	closeErr  error
}

// A checkedConn is a conn over a connection that can look at its input. It is a separate
// type because a conn that cannot look must not have the method Check.
type checkedConn struct {
	conn
	checker netdriver.Checker // the connection below
}

var (
	_ netdriver.Conn       = (*conn)(nil)
	_ netdriver.HalfCloser = (*conn)(nil)
	_ netdriver.EndProver  = (*conn)(nil)
	_ netdriver.Queuer     = (*conn)(nil)
	_ netdriver.Checker    = (*checkedConn)(nil)
)

// handshake shakes hands. If it fails, or the clock of the program panics, it leaves the
// connection below closed.
func (c *conn) handshake(ctx context.Context, t *TLS, serverName string) error {
	defer func() {
		if !c.established {
			c.shut()
		}
	}()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	v := &verifier{roots: t.roots, name: t.nameOf(serverName), now: t.time()}
	stop := context.AfterFunc(ctx, c.shut)
	err := c.shake(v)
	if !stop() {
		c.shut() // waits for the one that the end of ctx has begun
		return context.Cause(ctx)
	}
	switch {
	case v.err != nil:
		return lasts(v.explain())
	case err != nil:
		return lasts(c.explain(refusal(err, c.reader.isTLS)))
	}
	c.established = true
	return nil
}

// shake carries the messages of the handshake to and fro.
func (c *conn) shake(v *verifier) error {
	c.writer.mu.Lock()
	defer c.writer.mu.Unlock()
	for {
		used, err := c.session.handshake(v, c.reader.in)
		c.reader.use(used)
		if unsent := c.flush(); unsent != nil && (err == nil || err == errAgain) {
			return unsent
		}
		switch {
		case err == nil && !v.verified:
			return errUnverified
		case err != errAgain:
			return err
		}
		if err := c.fill(); err != nil {
			return err
		}
	}
}

// ProvesEnd returns true, because io.EOF from Read is the peer's close_notify.
func (c *conn) ProvesEnd() bool { return true }

// Queued returns what Queued of the connection below returns, or 0 if it has no such
// method.
func (c *conn) Queued() int {
	if q, ok := c.below.(netdriver.Queuer); ok {
		return q.Queued()
	}
	return 0
}

// Close sends close_notify, if it can leave within closeWait, and closes the connection
// below. It sends none if a deadline has cut a Write, because what follows a part of a
// record would be taken for the rest of it.
func (c *conn) Close() error {
	c.closeOnce.Do(func() {
		c.deadlines.closeBy(time.Now().Add(closeWait))
		if c.writer.mu.TryLock() { // does not wait for a Write that is stuck
			defer c.writer.mu.Unlock()
			if !c.writer.late || !c.writer.owes() {
				_ = c.sayBye() // the connection is closed in any case
			}
		}
		c.shut()
	})
	return c.closeErr
}

// shut closes the connection below and frees the session, once. It first sets a deadline
// in the past, for drivers whose Close does not wake a blocked Read.
func (c *conn) shut() {
	c.shutOnce.Do(func() {
		c.closed.Store(true)
		_ = c.below.SetDeadline(longAgo)
		c.closeErr = c.below.Close()
		c.session.free()
	})
}

// SetDeadline sets both deadlines. After Close it fails, as the next two do.
func (c *conn) SetDeadline(t time.Time) error { return c.deadlines.set(t, true, true) }

// SetReadDeadline sets the deadline of Read.
func (c *conn) SetReadDeadline(t time.Time) error { return c.deadlines.set(t, true, false) }

// SetWriteDeadline sets the deadline of Write and CloseWrite.
func (c *conn) SetWriteDeadline(t time.Time) error { return c.deadlines.set(t, false, true) }

// LocalAddr returns the local address of the connection below, or nil if it has none.
func (c *conn) LocalAddr() net.Addr {
	if below, ok := c.below.(interface{ LocalAddr() net.Addr }); ok {
		return below.LocalAddr()
	}
	return nil
}

// RemoteAddr returns the remote address of the connection below, or nil if it has none.
func (c *conn) RemoteAddr() net.Addr {
	if below, ok := c.below.(interface{ RemoteAddr() net.Addr }); ok {
		return below.RemoteAddr()
	}
	return nil
}

// verdict turns err, an error of the connection below, into the error for the caller. late
// says whether the deadline of the call that failed has come.
func (c *conn) verdict(err error, late bool) error {
	switch {
	case !netdriver.IsTimeout(err):
		return unproven(err)
	case c.closed.Load():
		return net.ErrClosed // the timeout is how Close woke us
	case late || errors.Is(err, os.ErrDeadlineExceeded):
		return os.ErrDeadlineExceeded
	}
	return err // a timeout of the network, such as ETIMEDOUT: the connection is dead
}

// explain adds to an alert of the peer that we have shown it no certificate. With TLS 1.3
// the peer checks our certificate after our side of the handshake has ended, so its alert
// may come at any Read. To a record that is too large it adds the cure.
func (c *conn) explain(err error) error {
	if err == errOverflow && c.limited {
		return fmt.Errorf("%w: %w", errOneMore, err)
	}
	var alert tls.AlertError
	if !errors.As(err, &alert) {
		return err
	}
	switch alert {
	case alertHandshakeFailure, alertBadCertificate, alertAccessDenied, alertCertificateRequired:
		if asked, shown := c.session.certificate(); asked && !shown {
			return fmt.Errorf("%w: %w", c.unshown, err)
		}
	}
	return err
}

// unproven returns io.ErrUnexpectedEOF for an end of the connection below, which is no
// close_notify, and any other err as it is.
func unproven(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
