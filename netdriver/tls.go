package netdriver

import "context"

// A TLS turns an open connection into a TLS one, in software, over any driver.
// It is safe for concurrent use, and comparable as a Driver is. A TLS should be an
// [Anonymizer], too: without that, redirects to https at another origin are not followed
// with it.
type TLS interface {
	// Client shakes hands over c and returns when the peer has proven to be
	// serverName: a host name or an IP address without brackets and zone. The Conn it
	// returns owns c. On an error, or soon after ctx ends, it closes c and returns
	// the reason, which may say that it is Permanent, as that of Dial. It never
	// returns c itself.
	Client(ctx context.Context, c Conn, serverName string) (Conn, error)
}
