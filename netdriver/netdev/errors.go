package netdev

import (
	"errors"

	"github.com/zreq-go/zreq/netdriver"
)

var (
	// ErrClosed is returned by Read and Write after Close.
	ErrClosed = errors.New("connection is closed")
	// ErrStuck means that the device has not returned from [MaxDials] earlier dials, or
	// that its only free socket is one that an earlier call has not returned from.
	ErrStuck = errors.New("device does not return from earlier calls")
	// ErrLost means that an earlier Write failed, and it is not known how much of it was
	// sent.
	ErrLost = errors.New("an earlier write failed half way")
)

var (
	errNetwork    = errors.New(`network is not "tcp"`)
	errAddress    = errors.New(`address is not "host:port"`)
	errNoAddress  = errors.New("device found no address")
	errSocket     = errors.New("device returned no socket")
	errCount      = errors.New("device moved an impossible number of bytes")
	errHeld       = errors.New("device did not come back from an earlier read")
	errServerName = errors.New("device verifies only the host it dials, and the server name is another")
)

// opError says which call of the device failed.
type opError struct {
	op  string
	err error
}

func (e *opError) Error() string { return e.op + ": " + e.err.Error() }
func (e *opError) Unwrap() error { return e.err }

// noSocket is an error of the device that means netdriver.ErrNoSocket.
type noSocket struct{ err error }

func (e *noSocket) Error() string        { return e.err.Error() }
func (e *noSocket) Unwrap() error        { return e.err }
func (e *noSocket) Is(target error) bool { return target == netdriver.ErrNoSocket }
