//go:build !tinygo

package tlsnet

import (
	"errors"
	"io"
	"os"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// Read waits for bytes until the deadline of the connection below.
func (a *adapter) Read(p []byte) (int, error) {
	if a.looking.Load() {
		return a.look(p)
	}
	for range maxIdle {
		if n, err := a.take(p); n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

// look is Read of what has arrived already, whatever the deadline. Nothing is a
// timeout: the one error after which crypto/tls can go on.
func (a *adapter) look(p []byte) (int, error) {
	if a.late == nil {
		err := a.checker.Check()
		if err == nil {
			a.dry = true
			return 0, os.ErrDeadlineExceeded
		}
		if !errors.Is(err, netdriver.ErrUnread) {
			a.late = unproven(err) // a death even if it says Timeout, as ETIMEDOUT does
		}
	}
	a.limits.Lock()
	defer a.limits.Unlock()
	a.below.SetReadDeadline(time.Now().Add(closeWait)) // not needed unless Check is wrong
	n, err := a.take(p)
	a.below.SetReadDeadline(a.readBy)
	if n == 0 && err == nil {
		err = os.ErrDeadlineExceeded
	}
	return n, err
}

// take is one Read of the connection below. It returns bytes or an error, never
// both: crypto/tls drops a whole record that comes with one.
func (a *adapter) take(p []byte) (int, error) {
	if a.late != nil {
		return 0, a.late
	}
	n, err := a.below.Read(p)
	if n > len(p) {
		n, err = 0, errBadCount
	}
	a.dry = n <= 0
	if err != nil {
		err = a.verdict(err)
	}
	if n <= 0 {
		return 0, err
	}
	if err != os.ErrDeadlineExceeded {
		a.late = err
	}
	return n, nil
}
