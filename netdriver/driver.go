package netdriver

import "context"

// A Driver dials. It must be safe for concurrent use.
//
// A Driver must be comparable, as a pointer is. A kept connection is used only for calls
// over the same Driver, which is determined by ==.
type Driver interface {
	// Dial looks up the name in address and opens a connection to it. network is "tcp".
	// address is "host:port", with brackets around an IPv6 host. An IPv6 host may have a
	// zone, which names the link: "[fe80::1%eth0]:80". A driver that knows no zones
	// returns an error for it.
	//
	// Dial returns an error soon after ctx ends, and closes a Conn that it has opened by
	// then. It returns errors of the network as they are, so that errors.Is finds the
	// error of the socket. A [Starter] that is not started returns an error that is
	// ErrNotStarted. If an error has a method Permanent() bool that returns true, it will
	// happen again, and callers do not retry. If it has a method Answered() bool that
	// returns true, the peer or a host on the way has answered, so the link works, and
	// package failover does not count the error against it.
	Dial(ctx context.Context, network, address string) (Conn, error)
}

// A Starter is a Driver that must be set up before it dials, such as a radio that joins a
// network or an interface that waits for its lease. Starting a started driver and
// stopping a stopped one do nothing.
type Starter interface {
	// Start returns when the driver can dial, or soon after ctx ends.
	Start(ctx context.Context) error
	// Stop undoes Start. Open connections fail.
	Stop() error
}

// A TLSDialer is a Driver that speaks TLS itself, in the network chip. A driver should
// implement it only in a type that programs must choose explicitly, so that they vouch
// for the chip: a chip that accepts the request and sends plain text is worse than none.
type TLSDialer interface {
	// DialTLS is like Dial, and returns when the peer has proven to be serverName.
	// serverName has neither brackets nor a zone. A redirect may have led to it, so a
	// chip that holds a client certificate must show it only to the servers that it is
	// meant for.
	DialTLS(ctx context.Context, network, address, serverName string) (Conn, error)
}
