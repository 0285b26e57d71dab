//go:build !tinygo

package tlsnet

import (
	"crypto/tls"
	"errors"
	"io"
	"os"
)

// maxOwed bounds what Reads leave to be sent: a record and 150 answers.
const maxOwed = maxWrite + 4<<10

// errFlood is a peer that asks for answers while we have nothing to say.
var errFlood = errors.New("the peer asks for too many answers")

// Write sends p whole, or keeps what a timeout left of it: a record that went
// out in part must go on, and one that did not has its number all the same.
func (a *adapter) Write(p []byte) (int, error) {
	a.out.Lock()
	defer a.out.Unlock()
	a.overhear(p)
	// A Read or a Check does not wait for the peer to take something: an answer
	// to a key update goes out before the next record (RFC 8446, 4.6.3), which is
	// soon enough.
	if a.established && a.failed == nil && a.writing.Load() == 0 {
		if len(a.owed)+len(p) > maxOwed {
			a.failed = errFlood
			return 0, a.failed
		}
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

// overhear notes a fatal alert that is sent in plain, as in the handshake: its
// number is all that tells one error of crypto/tls from another (RFC 8446, 6).
func (a *adapter) overhear(p []byte) {
	const alert, fatal = 21, 2
	if len(p) == 7 && p[0] == alert && p[5] == fatal {
		a.alerted = tls.AlertError(p[6])
	}
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

// errCutRecord is of a connection that is closed in the middle of a record.
var errCutRecord = errors.New("closed before a record had left")

// giveUp ends the sending if a part of a record is left.
func (a *adapter) giveUp() {
	a.out.Lock()
	defer a.out.Unlock()
	if len(a.owed) > 0 && a.failed == nil {
		a.failed = errCutRecord
	}
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
		if err = a.verdict(err, a.writeIsLate(slack)); err != os.ErrDeadlineExceeded {
			a.failed = err
		}
		return sent, err
	}
	return sent, a.failed
}
