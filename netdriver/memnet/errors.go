package memnet

import "errors"

// Errors of a network in memory. The error of a deadline is os.ErrDeadlineExceeded.
var (
	// ErrRefused means that nobody listens at the address.
	ErrRefused error = refused{}
	// ErrReset means that the connection broke, or that the peer has closed it and does
	// not read any more.
	ErrReset = errors.New("connection reset by peer")
	// ErrClosed means that this end was closed by its own side.
	ErrClosed = errors.New("use of closed connection")
	// ErrInUse means that the address has a listener already.
	ErrInUse = errors.New("address already in use")
	// ErrUnreachable means that the link of a Radio is down.
	ErrUnreachable = errors.New("network is unreachable")
	// ErrNetwork means that the network is not "tcp".
	ErrNetwork = errors.New("unknown network")
)

type refused struct{}

func (refused) Error() string { return "connection refused" }

// Answered returns true: the network works, as it does when a host refuses a connection.
func (refused) Answered() bool { return true }
