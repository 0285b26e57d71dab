package netdriver

import "context"

// Path is what a driver tells about the way that a connection goes. The driver owns it and
// never changes it. Connections that go the same way share one.
type Path struct {
	// Link is the name of the link, such as "modem", "" if the driver has no names. If
	// drivers with links are nested, it has all names, joined by slashes, with that of
	// the outer driver first.
	Link string

	// Forward, if not nil, means that the connection leads to an HTTP proxy that forwards
	// plain http requests to their origins. It is called with the head of each request
	// before that is sent, and returns it in the form that the proxy wants: with the
	// target in absolute-form (RFC 9112, 3.2.2), and with the credentials for the proxy.
	// Host is the first field of the head, and fields that are added stand directly behind
	// it: the end of the head has to stay as it is. url is the URL of the request, without
	// credentials. Forward may change head in place and append to it. It returns an error
	// if the request cannot go through the proxy.
	Forward func(head []byte, url string) ([]byte, error)
}

// Name returns the Link of p, and "" for a nil Path.
func (p *Path) Name() string {
	if p == nil {
		return ""
	}
	return p.Link
}

// A PathDialer is a Driver that can tell about the way of each connection. Callers that
// want to know dial with DialPath, and others with Dial: the connections are the same.
type PathDialer interface {
	Driver
	// DialPath is like Dial, and returns the Path of the connection, or nil if there is
	// nothing to tell. If http is true, the caller will send only plain http requests, so
	// that the Path may have a Forward. If it is false, the connection leads to address,
	// whatever lies on the way.
	DialPath(ctx context.Context, network, address string, http bool) (Conn, *Path, error)
}

// A Forwarder is a PathDialer that knows before a dial which proxy forwards plain http
// requests, so that connections can be shared among origins.
type Forwarder interface {
	PathDialer
	// Forwards reports whether Proxy returns an address for any origin. It does not
	// change. Callers ask it first, because to name an origin takes memory for each call.
	Forwards() bool
	// Proxy returns the address (host:port) of the proxy that forwards plain http requests
	// for an origin, which is an address as well. It returns "" if such requests go to the
	// origin itself, or if only the dial can tell.
	//
	// A DialPath with http to the address of the proxy connects to the proxy, and its Path
	// has a Forward. So does one to each origin for which Proxy returns the address.
	Proxy(origin string) string
}
