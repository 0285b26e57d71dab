package socket

import (
	"net"

	"github.com/zreq-go/zreq/netdriver"
)

// DialError returns err, the error of a dial by package net. If the process or the system
// has no descriptor left, what it returns is netdriver.ErrNoSocket as well.
func DialError(err error) error {
	if op, ok := err.(*net.OpError); ok {
		if lookup, ok := op.Err.(*net.DNSError); ok {
			op.Err = lookupError(lookup)
		}
	}
	if isNoSocket(err) {
		return &noSocket{err}
	}
	return err
}

// lookupError returns err with the reason, if that is that no socket can be opened. Package
// net has only put it into the text.
func lookupError(err *net.DNSError) *net.DNSError {
	reason := open()
	if reason == nil {
		return err
	}
	own := *err // other dials may have the same
	own.UnwrapErr = reason
	return &own
}

// noSocket is an error of a dial that is netdriver.ErrNoSocket.
type noSocket struct{ err error }

func (e *noSocket) Error() string        { return e.err.Error() }
func (e *noSocket) Unwrap() error        { return e.err }
func (e *noSocket) Is(target error) bool { return target == netdriver.ErrNoSocket }
