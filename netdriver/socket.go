package netdriver

import "errors"

// ErrNoSocket means that a driver has no socket left. A Dial returns an error that is
// ErrNoSocket. It is worth trying again when a connection has been closed.
var ErrNoSocket = errors.New("the driver has no socket left: close a connection, or allow fewer (Pool.Open of a Session)")

// A SocketLimiter is a Driver that knows how many sockets it has, as a network chip does.
type SocketLimiter interface {
	// Sockets returns how many connections can be open at the same time, whoever uses
	// them. It does not change while connections are open. Zero or less means that the
	// driver does not know.
	Sockets() int
}
