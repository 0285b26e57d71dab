//go:build !tinygo

package tlsnet

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"os"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

const (
	// maxWrite is the longest a Write takes: one record, the longest there is
	// (RFC 8446, 5.1).
	maxWrite = 16 << 10
	// closeWait is how long Close waits for room to say close_notify, and Check
	// for bytes that its driver says are there.
	closeWait = 100 * time.Millisecond
)

// conn is a TLS connection over a driver's.
type conn struct {
	tls   *tls.Conn
	io    adapter // between tls and the connection below
	first [1]byte // what Check read, while held
	held  bool
	cut   bool // the last Write was ended by its deadline; for whoever is alone in writing

	unshown  error // why the peer asked for a certificate and got none
	unsigned error // why our key did not sign
}

// handshake leaves the connection below closed when it fails, or a callback of
// the program panics in it. now tells what certificates are held against.
func (c *conn) handshake(ctx context.Context, now func() time.Time) error {
	defer func() {
		if !c.io.established {
			c.io.Close() // waits for the Close that the end of ctx may have begun
		}
	}()
	err := context.Cause(ctx)
	if err == nil {
		err = c.tls.HandshakeContext(ctx)
	}
	if err == nil {
		c.io.established = true
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return lasts(c.refusal(err, now()))
}

// checkedConn is a conn over a connection that can look at its input. It is a
// type of its own because a conn that cannot look must not have the method.
type checkedConn struct{ conn }

var (
	_ netdriver.Conn       = (*conn)(nil)
	_ netdriver.HalfCloser = (*conn)(nil)
	_ netdriver.EndProver  = (*conn)(nil)
	_ netdriver.Queuer     = (*conn)(nil)
	_ netdriver.Checker    = (*checkedConn)(nil)
)

// Read returns decrypted bytes.
func (c *conn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	// crypto/tls hands out what it holds whatever the deadline.
	if c.io.readIsLate(0) {
		return 0, os.ErrDeadlineExceeded
	}
	if c.held {
		c.held = false
		p[0] = c.first[0]
		return 1, nil
	}
	n, err := c.tls.Read(p)
	return n, c.endOf(err)
}

// endOf turns our mark of an unproven end into the error that callers know, and
// an alert of the peer into one that says more.
func (c *conn) endOf(err error) error {
	switch err {
	case nil:
		return nil
	case errCut:
		return io.ErrUnexpectedEOF
	}
	return lasts(c.explain(err))
}

// Write sends at most maxWrite bytes as one record. If the deadline comes when the
// record has been made, p counts as sent whole: the next Write, which may be empty,
// finishes the record first.
func (c *conn) Write(p []byte) (n int, err error) {
	c.io.writing.Add(1)
	defer c.io.writing.Add(-1)
	n, err = c.write(p)
	c.cut = err == os.ErrDeadlineExceeded
	return n, err
}

func (c *conn) write(p []byte) (int, error) {
	if c.io.writeIsLate(0) {
		return 0, os.ErrDeadlineExceeded
	}
	if err := c.io.flush(); err != nil {
		return 0, err
	}
	p = p[:min(len(p), maxWrite)]
	c.io.moved.Store(false)
	_, err := c.tls.Write(p)
	if err != nil && !c.io.moved.Load() {
		return 0, err
	}
	if err == nil {
		err = c.io.flush() // late again, if the record was
	}
	return len(p), err // a record that left in part may have left
}

// CloseWrite sends close_notify. It is bounded by the write deadline, and one
// that was late goes on when it is called again.
func (c *conn) CloseWrite() error {
	c.io.writing.Add(1)
	defer c.io.writing.Add(-1)
	if err := c.tls.CloseWrite(); err != nil {
		return err
	}
	return c.io.flush()
}

// ProvesEnd reports true: io.EOF from Read is the peer's close_notify.
func (c *conn) ProvesEnd() bool { return true }

// ConnectionState tells who the peer is, and what was agreed on. A conn has it only
// after the handshake.
func (c *conn) ConnectionState() tls.ConnectionState { return c.tls.ConnectionState() }

// LocalAddr and RemoteAddr are those of the connection below; of one that has none
// they are empty.
func (c *conn) LocalAddr() net.Addr {
	if below, ok := c.io.below.(interface{ LocalAddr() net.Addr }); ok {
		return below.LocalAddr()
	}
	return c.io.LocalAddr()
}

func (c *conn) RemoteAddr() net.Addr {
	if below, ok := c.io.below.(interface{ RemoteAddr() net.Addr }); ok {
		return below.RemoteAddr()
	}
	return c.io.RemoteAddr()
}

// Queued says what the connection below does, 0 if that does not know.
func (c *conn) Queued() int {
	if q, ok := c.io.below.(netdriver.Queuer); ok {
		return q.Queued()
	}
	return 0
}

// Close says close_notify if there is room for it soon, and closes the connection
// below. Where a deadline has cut a Write there is none.
func (c *conn) Close() error {
	c.io.closeBy(time.Now().Add(closeWait))
	if c.io.writing.Add(1) == 1 { // a Write that is stuck is not waited for
		if c.cut {
			c.io.giveUp() // what follows a part of a record would be taken for the rest of it
		}
		c.io.flush()
	}
	c.tls.Close() // its error may be of the alert, which nobody has to get
	return c.io.Close()
}

func (c *conn) SetDeadline(t time.Time) error      { return c.io.setBoth(t) }
func (c *conn) SetReadDeadline(t time.Time) error  { return c.io.setRead(t) }
func (c *conn) SetWriteDeadline(t time.Time) error { return c.io.setWrite(t) }

// Check reads one byte through TLS without waiting for it. It enters crypto/tls
// only while that may hold a record or the connection below has something.
func (c *checkedConn) Check() error {
	if c.held {
		return netdriver.ErrUnread
	}
	if c.io.dry && c.io.late == nil && c.io.checker.Check() == nil {
		return nil
	}
	c.io.lookBy(time.Now().Add(closeWait))
	n, err := c.tls.Read(c.first[:])
	c.io.endLook()
	if n > 0 {
		c.held = true
		return netdriver.ErrUnread
	}
	if err == os.ErrDeadlineExceeded {
		return nil
	}
	return c.endOf(err)
}
