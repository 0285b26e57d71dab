//go:build !tinygo

package tlsnet

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// errCut is the end of the connection below. It cannot be io.EOF: between two records
// crypto/tls passes that on as if it were a close_notify. Nor can it be
// io.ErrUnexpectedEOF, which crypto/tls turns into io.EOF there.
var errCut = errors.New("connection ended without close_notify")

// errBadCount reports a mistake of the driver below.
var errBadCount = errors.New("the driver moved more bytes than there were")

// maxIdle bounds the reads or writes in a row that move nothing and return no error.
// crypto/tls would repeat them for ever.
const maxIdle = 100

// slack is how early the clock of a driver may let a deadline pass.
const slack = time.Millisecond

// longAgo is a deadline in the past.
var longAgo = time.Unix(1, 0)

// An adapter makes a net.Conn for crypto/tls of the connection below. Its Write takes
// everything, crypto/tls can go on after a timeout, and an end of the connection below
// can be told from a close_notify.
type adapter struct {
	below     netdriver.Conn
	checker   netdriver.Checker // below, if it can look
	deadlines deadlines         // of below

	established bool           // the handshake has succeeded; set before the caller has the connection
	alerted     tls.AlertError // the alert with which we ended the handshake, if it left unencrypted

	// The reading side.
	dry     bool  // crypto/tls has asked for more than there was: it holds no whole record
	end     error // the end of the connection; every later Read returns it
	looking bool  // Check is under way

	// The writing side.
	writing atomic.Int32 // how many of Write, CloseWrite and Close are under way
	moved   atomic.Bool  // bytes went down since Write reset it
	backlog backlog

	closeOnce sync.Once
	closed    atomic.Bool
	closeErr  error
}

var _ net.Conn = (*adapter)(nil)

// over makes a ready for use over c.
func (a *adapter) over(c netdriver.Conn) {
	a.below = c
	a.checker, _ = c.(netdriver.Checker)
	a.deadlines.below = c
}

// verdict turns err, an error of the connection below, into the error for crypto/tls.
// late says whether the deadline of the call that failed has come.
func (a *adapter) verdict(err error, late bool) error {
	switch {
	case !netdriver.IsTimeout(err):
		return unproven(err)
	case a.closed.Load():
		return net.ErrClosed // the timeout is how Close woke us
	case late || errors.Is(err, os.ErrDeadlineExceeded):
		return os.ErrDeadlineExceeded
	}
	return err // a timeout of the network, such as ETIMEDOUT: the connection is dead
}

// unproven returns errCut for an end of the connection below, and any other err as it is.
func unproven(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errCut
	}
	return err
}

// Close closes the connection below, once. It first sets a deadline in the past, for
// drivers whose Close does not wake a blocked Read.
func (a *adapter) Close() error {
	a.closeOnce.Do(func() {
		a.closed.Store(true)
		a.below.SetDeadline(longAgo)
		a.closeErr = a.below.Close()
	})
	return a.closeErr
}

// The rest of net.Conn. crypto/tls sets a write deadline only around its close_notify: 5
// seconds, and then now. These methods ignore it, and the deadline of the caller or of
// Close stays.

func (a *adapter) SetDeadline(time.Time) error      { return nil }
func (a *adapter) SetReadDeadline(time.Time) error  { return nil }
func (a *adapter) SetWriteDeadline(time.Time) error { return nil }

func (a *adapter) LocalAddr() net.Addr  { return noAddr{} }
func (a *adapter) RemoteAddr() net.Addr { return noAddr{} }

// noAddr is the address of a connection whose driver has none.
type noAddr struct{}

func (noAddr) Network() string { return "tcp" }
func (noAddr) String() string  { return "" }
