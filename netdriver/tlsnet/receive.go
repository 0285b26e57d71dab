//go:build !tinygo

package tlsnet

import (
	"errors"
	"io"
	"os"

	"github.com/zreq-go/zreq/netdriver"
)

// Read waits for bytes until the deadline of the connection below. In a look it
// does not: nothing is a timeout then, the one error after which crypto/tls can
// go on.
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

// silent reports whether the connection below is open and has nothing.
func (a *adapter) silent() bool {
	if a.late != nil {
		return false
	}
	err := a.checker.Check()
	switch {
	case err == nil:
		a.dry = true
		return true
	case !errors.Is(err, netdriver.ErrUnread):
		a.late = unproven(err) // a death even if it says Timeout, as ETIMEDOUT does
	}
	return false
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
		err = a.verdict(err, a.readIsLate(slack))
	}
	if err != os.ErrDeadlineExceeded {
		a.late = err
	}
	if n <= 0 {
		return 0, err
	}
	return n, nil
}
