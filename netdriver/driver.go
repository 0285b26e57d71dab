package netdriver

import "context"

// A Driver dials. It is safe for concurrent use.
//
// A Driver must be comparable, as a pointer is: a kept connection is given
// only to calls over the same Driver, and that is asked with ==.
type Driver interface {
	// Dial opens a connection to address, "host:port" with brackets around an
	// IPv6 host, over network, which is "tcp". Looking up the name is part of it. An
	// IPv6 host may have a zone, which says on which link it is: "[fe80::1%eth0]:80". A
	// driver that knows no zones fails then.
	//
	// It returns soon after ctx ends, with an error; a Conn that it opened by
	// then it closes itself. Network refusals come back as they are, so that
	// errors.Is finds the socket error. A driver that must be started first
	// returns an error that is ErrNotStarted until then. One that has the method
	// Permanent() bool, and says true, will come again: nobody tries again at once.
	Dial(ctx context.Context, network, address string) (Conn, error)
}

// A Starter is a Driver that must be set up before it dials: a radio that
// joins, an interface that waits for its lease. Both methods may be called
// again: starting a started driver and stopping a stopped one do nothing.
type Starter interface {
	// Start returns when the driver can dial, or soon after ctx ends.
	Start(ctx context.Context) error
	// Stop ends what Start began. Open connections fail.
	Stop() error
}

// A TLSDialer is a Driver that speaks TLS itself, in the chip. A driver type
// implements it only in a value whose maker vouched for the chip: one that
// takes the request and sends plain text is worse than none.
type TLSDialer interface {
	// DialTLS is Dial, and the peer has proven to be serverName when it returns, which
	// has neither brackets nor a zone. A redirect may have led there: a chip that holds a
	// client certificate shows it only to the servers that it is meant for.
	DialTLS(ctx context.Context, network, address, serverName string) (Conn, error)
}

// A Linker is a Driver that knows the state of its link.
type Linker interface {
	// Link tells the state now, without blocking.
	Link() Link
}

// Link is the state of a driver's link.
type Link struct {
	Up        bool     // a Dial has a chance
	Interface string   // the system's name for it, "" if it has none
	Addresses []string // our addresses on it, without prefix length; may be empty
}
