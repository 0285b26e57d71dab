//go:build !tinygo

package tlsnet

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

const (
	// maxRecord is how many bytes a record holds at most (RFC 8446, 5.1), and how many one
	// Write sends if the connection below is not a netdriver.Queuer.
	maxRecord = 16 << 10
	// maxWrite is how many bytes one Write sends at most. Its records leave together.
	maxWrite = 32 << 10
	// closeWait is how long Close waits until close_notify can leave, and how long Check
	// waits for bytes that the driver says are there.
	closeWait = 100 * time.Millisecond
)

// conn is a TLS connection over a driver's.
type conn struct {
	tls   *tls.Conn
	io    adapter // between tls and the connection below
	first [1]byte // the byte that Check read, if held
	held  bool
	busy  atomic.Bool // a Write is under way
	cut   atomic.Bool // the last Write was ended by its deadline

	client clientAuth
}

// handshake shakes hands. If it fails, or a callback of the program panics, it leaves the
// connection below closed. now returns the time at which certificates must be valid.
func (c *conn) handshake(ctx context.Context, now func() time.Time) error {
	defer func() {
		if !c.io.established {
			c.io.Close() // also waits for a Close that the end of ctx has begun
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
	err = lasts(c.refusal(err, now()))
	if c.io.end == nil && c.io.backlog.failed == nil && !netdriver.IsTimeout(err) {
		err = answered{err} // the connection works
	}
	return err
}

// A checkedConn is a conn over a connection that can look at its input. It is a separate
// type because a conn that cannot look must not have the method Check.
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
	// crypto/tls returns what it has decrypted even after the deadline.
	if c.io.deadlines.readIsLate(0) {
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

// endOf turns errCut into io.ErrUnexpectedEOF and explains an alert of the peer.
func (c *conn) endOf(err error) error {
	switch err {
	case nil:
		return nil
	case errCut:
		return io.ErrUnexpectedEOF
	}
	return lasts(c.explain(err))
}

// Write sends at most maxRecord bytes, or maxWrite if the connection below can tell how far
// they are. If the deadline comes after the records were made, Write counts all of them as
// sent. The next Write, which may be empty, sends the rest of them first.
func (c *conn) Write(p []byte) (n int, err error) {
	c.io.writing.Add(1)
	defer c.io.writing.Add(-1)
	c.busy.Store(true)
	defer c.busy.Store(false)
	n, err = c.write(p)
	c.cut.Store(err == os.ErrDeadlineExceeded)
	return n, err
}

func (c *conn) write(p []byte) (int, error) {
	if c.io.deadlines.writeIsLate(0) {
		return 0, os.ErrDeadlineExceeded
	}
	if err := c.io.flush(); err != nil {
		return 0, err
	}
	most := maxRecord
	if _, ok := c.io.below.(netdriver.Queuer); ok {
		most = maxWrite
	}
	p = p[:min(len(p), most)]
	c.io.moved.Store(false)
	if len(p) > maxRecord {
		c.io.collect()
	}
	_, err := c.tls.Write(p)
	made := err == nil
	if unsent := c.io.flush(); made { // what was collected, or what the deadline has stopped
		err = unsent
	}
	late := made && err == os.ErrDeadlineExceeded
	if err != nil && !late && !c.io.moved.Load() {
		return 0, err
	}
	return len(p), err // records that left in part count as sent
}

// CloseWrite sends close_notify. It uses the write deadline. If the deadline stops it,
// another call sends the rest.
func (c *conn) CloseWrite() error {
	c.io.writing.Add(1)
	defer c.io.writing.Add(-1)
	if err := c.tls.CloseWrite(); err != nil {
		return err
	}
	return c.io.flush()
}

// ProvesEnd returns true, because io.EOF from Read is the peer's close_notify.
func (c *conn) ProvesEnd() bool { return true }

// ConnectionState returns what is known of the peer and what was agreed on in the
// handshake.
func (c *conn) ConnectionState() tls.ConnectionState { return c.tls.ConnectionState() }

// LocalAddr returns the local address of the connection below, or an empty one if it has
// none.
func (c *conn) LocalAddr() net.Addr {
	if below, ok := c.io.below.(interface{ LocalAddr() net.Addr }); ok {
		return below.LocalAddr()
	}
	return c.io.LocalAddr()
}

// RemoteAddr returns the remote address of the connection below, or an empty one if it has
// none.
func (c *conn) RemoteAddr() net.Addr {
	if below, ok := c.io.below.(interface{ RemoteAddr() net.Addr }); ok {
		return below.RemoteAddr()
	}
	return c.io.RemoteAddr()
}

// Queued returns what Queued of the connection below returns, or 0 if it has no such
// method.
func (c *conn) Queued() int {
	if q, ok := c.io.below.(netdriver.Queuer); ok {
		return q.Queued()
	}
	return 0
}

// Close sends close_notify, if it can leave within closeWait, and closes the connection
// below. It sends none if a deadline has cut a Write.
func (c *conn) Close() error {
	c.io.deadlines.closeBy(time.Now().Add(closeWait))
	if c.io.writing.Add(1) == 1 { // does not wait for a Write that is stuck
		if c.cut.Load() {
			c.io.giveUp() // what follows a part of a record would be taken for the rest of it
		}
		c.io.flush()
	} else if c.busy.Load() {
		c.io.Close() // no close_notify could leave before the records of that Write
	}
	c.tls.Close() // an error about the close_notify does not matter
	return c.io.Close()
}

func (c *conn) SetDeadline(t time.Time) error      { return c.io.deadlines.setBoth(t) }
func (c *conn) SetReadDeadline(t time.Time) error  { return c.io.deadlines.setRead(t) }
func (c *conn) SetWriteDeadline(t time.Time) error { return c.io.deadlines.setWrite(t) }

// Check reads one byte through TLS without waiting. It enters crypto/tls only if that may
// hold a record or the connection below has bytes.
func (c *checkedConn) Check() error {
	if c.held {
		return netdriver.ErrUnread
	}
	if c.io.dry && c.io.end == nil && c.io.checker.Check() == nil {
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
