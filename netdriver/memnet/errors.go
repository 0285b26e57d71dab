package memnet

import "errors"

// Errors of a network in memory. A passed deadline is os.ErrDeadlineExceeded.
var (
	// ErrRefused: nobody listens at the address.
	ErrRefused = errors.New("connection refused")
	// ErrReset: the connection broke, or the peer no longer reads.
	ErrReset = errors.New("connection reset by peer")
	// ErrClosed: this end was closed by its own side.
	ErrClosed = errors.New("use of closed connection")
	// ErrInUse: the address has a listener already.
	ErrInUse = errors.New("address already in use")
	// ErrUnreachable: the link of a Radio is down.
	ErrUnreachable = errors.New("network is unreachable")
	// ErrNetwork: the network is not "tcp".
	ErrNetwork = errors.New("unknown network")
)
