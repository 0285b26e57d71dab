package proxy

import (
	"context"
	"errors"

	"github.com/zreq-go/zreq/netdriver"
)

// errUnmade is the error of a Driver that is nil or the zero value.
var errUnmade error = lasting("a proxy.Driver is made by HTTP, SOCKS5 or FromEnvironment")

// lasting is an error that will come again.
type lasting string

func (e lasting) Error() string   { return string(e) }
func (e lasting) Permanent() bool { return true }

var (
	_ netdriver.Forwarder     = (*Driver)(nil)
	_ netdriver.Starter       = (*Driver)(nil)
	_ netdriver.LinkWatcher   = (*Driver)(nil)
	_ netdriver.Suspecter     = (*Driver)(nil)
	_ netdriver.SocketLimiter = (*Driver)(nil)
)

// A Driver dials through a proxy. [HTTP], [SOCKS5] and [FromEnvironment] make one. It is
// safe for concurrent use.
type Driver struct {
	via   netdriver.Driver // what the connection to the proxy is made with
	route route
	name  string
}

// A route is how a Driver connects to an address.
type route interface {
	// dial is DialPath.
	dial(ctx context.Context, network, address string, http bool) (netdriver.Conn, *netdriver.Path, error)
	// forwards is Proxy.
	forwards(origin string) string
}

// HTTP returns a Driver that asks an HTTP proxy for a tunnel to each address that is
// dialled (CONNECT; RFC 9110, 9.3.6). It is a [netdriver.Forwarder]: requests for plain
// http go to the proxy itself, which forwards them.
//
// address is "host:port" or "http://host:port". If it is "https://host:port", the proxy is
// reached over TLS. In a URL the port is 80 or 443 if it is left out.
//
// The proxy is dialled with via. A nil via is the default driver of the program, which
// [netdriver.Default] returns now.
func HTTP(via netdriver.Driver, address string, o *Options) (*Driver, error) {
	if o == nil {
		o = &Options{}
	}
	hostPort, secure, err := parseHTTP(address)
	if err != nil {
		return nil, err
	}
	if o.TLS != nil && !secure {
		return nil, errNeedlessTLS
	}
	return newDriver(via, "proxy.HTTP("+hostPort+")", func(via netdriver.Driver) (route, error) {
		return newHTTPProxy(via, hostPort, secure, o.TLS, credentials{o.User, o.Password})
	})
}

// SOCKS5 returns a Driver that asks a SOCKS5 proxy for a connection to each address that is
// dialled (RFC 1928). The proxy looks names up. address is "host:port".
//
// The proxy is dialled with via. A nil via is the default driver of the program, which
// [netdriver.Default] returns now.
func SOCKS5(via netdriver.Driver, address string, o *Options) (*Driver, error) {
	if o == nil {
		o = &Options{}
	}
	if _, _, err := splitHostPort(address); err != nil {
		return nil, errProxyAddress
	}
	if o.TLS != nil {
		return nil, errSOCKSOverTLS
	}
	return newDriver(via, "proxy.SOCKS5("+address+")", func(via netdriver.Driver) (route, error) {
		return newSOCKSProxy(via, address, credentials{o.User, o.Password})
	})
}

// newDriver returns a Driver with the route that build makes.
func newDriver(via netdriver.Driver, name string, build func(via netdriver.Driver) (route, error)) (*Driver, error) {
	if via == nil {
		var err error
		if via, err = netdriver.Default(); err != nil {
			return nil, err
		}
	}
	r, err := build(via)
	if err != nil {
		return nil, err
	}
	return &Driver{via: via, route: r, name: name}, nil
}

// Dial connects to address through the proxy. network is "tcp".
func (d *Driver) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, _, err := d.DialPath(ctx, network, address, false)
	return c, err
}

// DialPath implements [netdriver.PathDialer]. The Path has the Link that the driver below
// tells.
func (d *Driver) DialPath(ctx context.Context, network, address string, http bool) (netdriver.Conn, *netdriver.Path, error) {
	if d == nil || d.route == nil {
		return nil, nil, errUnmade
	}
	return d.route.dial(ctx, network, address, http)
}

// Forwards implements [netdriver.Forwarder]. It returns false for a SOCKS5 proxy.
func (d *Driver) Forwards() bool {
	if d == nil || d.route == nil {
		return false
	}
	_, socks := d.route.(*socksProxy)
	return !socks
}

// Proxy implements [netdriver.Forwarder]. It returns "" for a SOCKS5 proxy.
func (d *Driver) Proxy(origin string) string {
	if d == nil || d.route == nil {
		return ""
	}
	return d.route.forwards(origin)
}

// String returns the kind and the address of the proxy. It hides the credentials.
func (d *Driver) String() string {
	if d == nil || d.route == nil {
		return "proxy.Driver"
	}
	return d.name
}

// GoString returns the same as String.
func (d *Driver) GoString() string { return d.String() }

// errNoConn is for a driver that breaks its contract.
var errNoConn = errors.New("the driver returned neither a connection nor an error")

// dialWith dials with any driver, and returns what it tells of the way.
func dialWith(ctx context.Context, via netdriver.Driver, network, address string, http bool) (c netdriver.Conn, path *netdriver.Path, err error) {
	if p, ok := via.(netdriver.PathDialer); ok {
		c, path, err = p.DialPath(ctx, network, address, http)
	} else {
		c, err = via.Dial(ctx, network, address)
	}
	if err == nil && c == nil {
		err = errNoConn
	}
	if err != nil {
		return nil, nil, err
	}
	return c, path, nil
}
