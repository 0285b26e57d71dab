//go:build !tinygo

package tlsnet

import (
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

// longAgo is a deadline in the past.
var longAgo = time.Unix(1, 0)

// adapter is the connection below as crypto/tls wants it: a net.Conn whose
// Write is whole, whose timeouts can be survived, and whose end is marked.
type adapter struct {
	below   netdriver.Conn
	checker netdriver.Checker // below, if it can look

	established bool // set once, before anybody else has the connection

	// Of the reading side.
	dry  bool  // crypto/tls wanted more than there was: it holds no whole record
	late error // came together with bytes; every later Read returns it

	looking atomic.Bool // Check is under way
	writing atomic.Bool // Write or CloseWrite is under way
	moved   atomic.Bool // bytes went down since Write reset it

	out    sync.Mutex
	owed   []byte // records that crypto/tls takes for sent; they go first
	failed error  // the stream of records is broken

	limits  sync.Mutex
	readBy  time.Time
	writeBy time.Time

	closeOnce sync.Once
	closed    atomic.Bool
	closeErr  error
}

var _ net.Conn = (*adapter)(nil)

// Read returns bytes or an error, never both: crypto/tls drops a whole record
// that comes with one.
func (a *adapter) Read(p []byte) (int, error) {
	if a.late != nil {
		return 0, a.late
	}
	read := a.below.Read
	if a.looking.Load() {
		read = a.look
	}
	for range maxIdle {
		n, err := read(p)
		if n > len(p) {
			return 0, errBadCount
		}
		a.dry = n <= 0
		if err != nil {
			err = a.verdict(err)
		}
		if n > 0 {
			if err != nil && err != os.ErrDeadlineExceeded {
				a.late = err
			}
			return n, nil
		}
		if err != nil {
			return 0, err
		}
	}
	return 0, io.ErrNoProgress
}

// look reads what has arrived already, whatever the deadline. Nothing is a
// timeout: the one error after which crypto/tls can go on.
func (a *adapter) look(p []byte) (int, error) {
	err := a.checker.Check()
	if err == nil {
		return 0, os.ErrDeadlineExceeded
	}
	if !errors.Is(err, netdriver.ErrUnread) {
		return 0, err
	}
	a.limits.Lock()
	defer a.limits.Unlock()
	a.below.SetReadDeadline(time.Now().Add(closeWait)) // not needed unless Check is wrong
	n, err := a.below.Read(p)
	a.below.SetReadDeadline(a.readBy)
	if n == 0 && err == nil {
		err = os.ErrDeadlineExceeded
	}
	return n, err
}

// verdict is err of the connection below in the words of crypto/tls.
func (a *adapter) verdict(err error) error {
	switch {
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return errCut
	case !isTimeout(err):
		return err
	case a.closed.Load():
		return net.ErrClosed // the timeout is how Close woke us
	}
	return os.ErrDeadlineExceeded
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

// Write sends p whole, or keeps what a timeout left of it: a record that went
// out in part must go on, and one that did not has its number all the same.
func (a *adapter) Write(p []byte) (int, error) {
	a.out.Lock()
	defer a.out.Unlock()
	// Check never waits: an answer to a key update goes out before the next
	// record (RFC 8446, 4.6.3), which is soon enough.
	if a.failed == nil && a.looking.Load() && !a.writing.Load() {
		a.owed = append(a.owed, p...)
		return len(p), nil
	}
	rest := p
	err := a.flushLocked()
	if err == nil {
		var n int
		n, err = a.send(p)
		rest = p[n:]
	}
	if err != nil && (err != os.ErrDeadlineExceeded || !a.established) {
		return 0, err
	}
	a.owed = append(a.owed, rest...)
	return len(p), nil
}

// flush sends what is owed.
func (a *adapter) flush() error {
	a.out.Lock()
	defer a.out.Unlock()
	return a.flushLocked()
}

func (a *adapter) flushLocked() error {
	if len(a.owed) == 0 {
		return a.failed
	}
	n, err := a.send(a.owed)
	a.owed = a.owed[n:]
	if len(a.owed) == 0 {
		a.owed = nil
	}
	return err
}

// owes reports whether a record has yet to go out.
func (a *adapter) owes() bool {
	a.out.Lock()
	defer a.out.Unlock()
	return len(a.owed) > 0
}

// send writes p to the connection below and returns how much of it went.
func (a *adapter) send(p []byte) (int, error) {
	sent, idle := 0, 0
	for a.failed == nil && sent < len(p) {
		n, err := a.below.Write(p[sent:])
		if n > len(p)-sent || n < 0 {
			n, err = 0, errBadCount
		}
		if n > 0 {
			a.moved.Store(true)
			idle = 0
		}
		sent += n
		if idle++; err == nil && idle > maxIdle {
			err = io.ErrNoProgress
		}
		if err == nil {
			continue
		}
		if err = a.verdict(err); err != os.ErrDeadlineExceeded {
			a.failed = err
		}
		return sent, err
	}
	return sent, a.failed
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
