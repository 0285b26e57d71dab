package netdriver

import "context"

// Path is what a driver tells about the way that one of its connections goes. The driver
// owns it, may share it among connections, and never changes it.
type Path struct {
	// Link is the name of the link, such as "modem", "" if the driver has no names. If
	// drivers with links are nested, it has all names, joined by slashes, with that of
	// the outer driver first.
	Link string

	// Forward means that the connection leads to an HTTP proxy, which forwards plain http
	// requests to their origins. Such requests name the origin in absolute-form (RFC
	// 9112, 3.2.2). It is set only by a DialPath with forward.
	Forward bool

	// Authorization is the value of Proxy-Authorization for the requests of a connection
	// with Forward, "" if the proxy wants none. It is a secret: nothing logs it.
	Authorization string
}

// A PathDialer is a Driver that can tell about the way of each connection. Callers that
// want to know dial with DialPath, and others with Dial: the connections are the same.
type PathDialer interface {
	Driver
	// DialPath is like Dial, and returns the Path of the connection, or nil if there is
	// nothing to tell. If forward is true, the caller will send only plain http requests,
	// in absolute-form if the Path says Forward. With false, the connection leads to
	// address, whatever lies on the way.
	DialPath(ctx context.Context, network, address string, forward bool) (Conn, *Path, error)
}

// A Forwarder is a PathDialer that sends plain http requests to an HTTP proxy that does
// not depend on which link is up, so that connections can be shared among origins.
type Forwarder interface {
	PathDialer
	// Proxy returns the address (host:port) of the proxy that forwards plain http
	// requests for an origin, which is an address as well. secure reports whether the
	// proxy is reached over TLS. The address is "" if such requests go to the origin
	// itself, or if that is known only after a dial.
	//
	// A DialPath with forward to the address of the proxy connects to it, as does one to
	// each origin for which Proxy returned this address.
	Proxy(origin string) (address string, secure bool)
}
