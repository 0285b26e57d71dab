package netdriver

import "context"

// A TLS adds TLS to an open connection, in software, over any driver. It must be safe for
// concurrent use, and comparable as a Driver is. A TLS should also be an [Anonymizer]. If
// it is not, redirects to https at another origin are not followed with it.
type TLS interface {
	// Client performs a handshake over c, and returns when the peer has proven to be
	// serverName: a host name, or an IP address without brackets and zone. The Conn that
	// it returns owns c. On an error, and soon after ctx ends, Client closes c and
	// returns the error, which may be Permanent or Answered like that of Dial: an alert of
	// the peer shows that the link works. Client never returns c itself.
	Client(ctx context.Context, c Conn, serverName string) (Conn, error)
}
