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

// errCut is an end of the connection below. It is not io.EOF, which crypto/tls
// passes on for a close_notify when it comes between two records, nor
// io.ErrUnexpectedEOF, which it turns into io.EOF there.
var errCut = errors.New("connection ended without close_notify")

// errBadCount is a mistake of the driver below.
var errBadCount = errors.New("the driver moved more bytes than there were")

// maxIdle bounds the reads and writes in a row that move nothing and say
// nothing; crypto/tls would go on for ever.
const maxIdle = 100

// slack is how early a driver's own clock may say that a deadline has come.
const slack = time.Millisecond

// longAgo is a deadline in the past.
var longAgo = time.Unix(1, 0)

// adapter is the connection below as crypto/tls wants it: a net.Conn whose
// Write is whole, whose timeouts can be survived, and whose end is marked.
type adapter struct {
	below   netdriver.Conn
	checker netdriver.Checker // below, if it can look

	established bool           // set once, before anybody else has the connection
	alerted     tls.AlertError // what ended the handshake, if we did, in plain

	// Of the reading side.
	dry     bool  // crypto/tls wanted more than there was: it holds no whole record
	late    error // the end of the connection; every later Read returns it
	looking bool  // Check is under way

	writing atomic.Int32 // how many of Write, CloseWrite and Close are under way
	moved   atomic.Bool  // bytes went down since Write reset it

	out    sync.Mutex
	owed   []byte // records that crypto/tls takes for sent; they go first
	failed error  // the stream of records is broken

	limits  sync.Mutex
	readBy  time.Time
	writeBy time.Time
	closing bool // Close has begun, and the deadlines are its own

	closeOnce sync.Once
	closed    atomic.Bool
	closeErr  error
}

var _ net.Conn = (*adapter)(nil)

// verdict is err of the connection below in the words of crypto/tls. late tells
// whether the deadline of what failed has come.
func (a *adapter) verdict(err error, late bool) error {
	switch {
	case !isTimeout(err):
		return unproven(err)
	case a.closed.Load():
		return net.ErrClosed // the timeout is how Close woke us
	case late || errors.Is(err, os.ErrDeadlineExceeded):
		return os.ErrDeadlineExceeded
	}
	return err // the network's own, as ETIMEDOUT: a death
}

// unproven marks an end of the connection below.
func unproven(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errCut
	}
	return err
}

// isTimeout reports whether err, or anything in it, calls itself a timeout.
func isTimeout(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if t, ok := err.(interface{ Timeout() bool }); ok && t.Timeout() {
			return true
		}
	}
	return false
}

// Close closes the connection below, once. A deadline in the past comes first,
// for drivers in which a Read sleeps through a Close.
func (a *adapter) Close() error {
	a.closeOnce.Do(func() {
		a.closed.Store(true)
		a.below.SetDeadline(longAgo)
		a.closeErr = a.below.Close()
	})
	return a.closeErr
}
