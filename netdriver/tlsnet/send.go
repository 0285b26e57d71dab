//go:build !tinygo

package tlsnet

import (
	"crypto/tls"
	"errors"
	"io"
	"os"
	"sync"
)

// A backlog is the records that crypto/tls takes for sent and that have not left yet.
type backlog struct {
	mu     sync.Mutex
	owed   []byte // leaves before anything else
	lent   *room  // of rooms, or nil; owed began there
	keeps  bool   // records stay in owed until they are flushed
	cut    bool   // the connection below has taken all, but has to finish its last Write first
	failed error  // the stream of records is broken

	answers int // bytes of owed that Reads have added
}

// A room holds the records of a Write. What TLS adds is less than a sixteenth even while
// crypto/tls makes small records, as it does in the beginning.
type room [maxWrite + maxWrite/16]byte

// rooms lends memory for a Write. A connection needs none once its records were sent.
var rooms = sync.Pool{New: func() any { return new(room) }}

// maxAnswers bounds what Reads add to the backlog: room for 150 answers.
const maxAnswers = 4 << 10

// errFlood reports a peer that asks for answers while nothing is written.
var errFlood = errors.New("the peer asks for too many answers")

// Write sends all of p. If a timeout stops it, it keeps the rest for later and reports
// success: the rest of a record must follow its start, and even a record that has not
// left has used up its number.
func (a *adapter) Write(p []byte) (int, error) {
	a.backlog.mu.Lock()
	defer a.backlog.mu.Unlock()
	a.overhear(p)
	if a.backlog.keeps {
		a.backlog.owed = append(a.backlog.owed, p...)
		return len(p), nil
	}
	// A Read or a Check may make crypto/tls answer a key update. It does not wait until
	// the peer takes the answer. The answer leaves before the next record, which is soon
	// enough (RFC 8446, 4.6.3).
	if a.established && a.backlog.failed == nil && a.writing.Load() == 0 {
		if a.backlog.answers += len(p); a.backlog.answers > maxAnswers {
			a.backlog.failed = errFlood
			return 0, a.backlog.failed
		}
		a.backlog.owed = append(a.backlog.owed, p...)
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
	a.backlog.owed = append(a.backlog.owed, rest...)
	return len(p), nil
}

// overhear notes a fatal alert that leaves unencrypted, as in a handshake. Only the number
// of the alert tells some errors of crypto/tls apart (RFC 8446, 6).
func (a *adapter) overhear(p []byte) {
	const alert, fatal = 21, 2
	if len(p) == 7 && p[0] == alert && p[5] == fatal {
		a.alerted = tls.AlertError(p[6])
	}
}

// collect makes Write keep records in the backlog until flush, so that those of one Write of
// the caller need one system call and not one each.
func (a *adapter) collect() {
	a.backlog.mu.Lock()
	defer a.backlog.mu.Unlock()
	a.backlog.keeps = true
	if a.backlog.owed == nil {
		a.backlog.lent = rooms.Get().(*room)
		a.backlog.owed = a.backlog.lent[:0]
	}
}

// flush sends the backlog.
func (a *adapter) flush() error {
	a.backlog.mu.Lock()
	defer a.backlog.mu.Unlock()
	a.backlog.keeps = false
	return a.flushLocked()
}

func (a *adapter) flushLocked() error {
	if a.backlog.cut && a.backlog.failed == nil {
		if err := a.finish(); err != nil {
			return err
		}
	}
	err := a.backlog.failed
	if len(a.backlog.owed) > 0 {
		var n int
		n, err = a.send(a.backlog.owed)
		a.backlog.owed = a.backlog.owed[n:]
	}
	if len(a.backlog.owed) == 0 {
		a.backlog.clear()
	}
	return err
}

// clear gives the memory back.
func (b *backlog) clear() {
	b.owed, b.answers = nil, 0
	if b.lent != nil {
		rooms.Put(b.lent)
		b.lent = nil
	}
}

// errCutRecord reports that the connection was closed in the middle of a record.
var errCutRecord = errors.New("closed before a record had left")

// giveUp makes every later send fail if there is a backlog.
func (a *adapter) giveUp() {
	a.backlog.mu.Lock()
	defer a.backlog.mu.Unlock()
	if (a.backlog.cut || len(a.backlog.owed) > 0) && a.backlog.failed == nil {
		a.backlog.failed = errCutRecord
	}
}

// send writes p to the connection below and returns how much of it left.
func (a *adapter) send(p []byte) (int, error) {
	sent, idle := 0, 0
	for a.backlog.failed == nil && sent < len(p) {
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
		err = a.fault(err)
		a.backlog.cut = err == os.ErrDeadlineExceeded && sent == len(p)
		return sent, err
	}
	return sent, a.backlog.failed
}

// finish lets the connection below finish a Write that its deadline cut, as one of TLS
// has to: a Write of nothing does that (see netdriver.Checker).
func (a *adapter) finish() error {
	_, err := a.below.Write(nil)
	if err != nil {
		return a.fault(err)
	}
	a.backlog.cut = false
	return nil
}

// fault judges an error of a Write of the connection below. A deadline breaks nothing.
func (a *adapter) fault(err error) error {
	if err = a.verdict(err, a.deadlines.writeIsLate(slack)); err != os.ErrDeadlineExceeded {
		a.backlog.failed = err
	}
	return err
}
