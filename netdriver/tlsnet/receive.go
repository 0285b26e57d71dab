//go:build !tinygo

package tlsnet

import (
	"errors"
	"io"
	"os"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// Read waits for bytes until the deadline of the connection below. During a look it does
// not wait. If nothing is there, it returns a timeout then, because that is the only error
// after which crypto/tls can go on.
func (a *adapter) Read(p []byte) (int, error) {
	for range maxIdle {
		if a.looking && a.silent() {
			return 0, os.ErrDeadlineExceeded
		}
		if n, err := a.take(p); n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}

// silent reports whether the connection below is open and has no bytes.
func (a *adapter) silent() bool {
	if a.end != nil {
		return false
	}
	err := a.checker.Check()
	switch {
	case err == nil:
		a.dry = true
		return true
	case !errors.Is(err, netdriver.ErrUnread):
		a.end = unproven(err) // the connection is dead, even if err says Timeout, as ETIMEDOUT does
	}
	return false
}

// take reads once from the connection below. It returns bytes or an error but never both,
// because crypto/tls drops a whole record that comes with an error.
func (a *adapter) take(p []byte) (int, error) {
	if a.end != nil {
		return 0, a.end
	}
	n, err := a.below.Read(p)
	if n > len(p) {
		n, err = 0, errBadCount
	}
	a.dry = n <= 0
	if err != nil {
		err = a.verdict(err, a.deadlines.readIsLate(slack))
	}
	if err != os.ErrDeadlineExceeded {
		a.end = err
	}
	if n <= 0 {
		return 0, err
	}
	return n, nil
}

// lookBy starts a look: the reads of a Check, which do not wait. It bounds them by t
// instead of the caller's deadline, in case the Check below is wrong.
func (a *adapter) lookBy(t time.Time) {
	a.looking = true
	a.below.SetReadDeadline(t)
}

// endLook ends a look and restores the caller's deadline.
func (a *adapter) endLook() {
	a.looking = false
	a.deadlines.restoreRead()
}
