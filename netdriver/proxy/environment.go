package proxy

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/url"
	"os"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"github.com/zreq-go/zreq/netdriver"
)

// FromEnvironment returns a Driver that chooses a proxy for each address by HTTP_PROXY,
// HTTPS_PROXY, ALL_PROXY and NO_PROXY, or their names in lower case. They are read once,
// now. No other function reads them.
//
// The rules are those of net/http. HTTP_PROXY is for requests over plain http that zreq
// makes, and HTTPS_PROXY for every other connection. ALL_PROXY is used where one of them is
// not set. Addresses that NO_PROXY names are dialled directly, as are localhost and
// loopback addresses. An IPv6 address in NO_PROXY has no brackets, unless a port follows:
// it is 2001:db8::1 or [2001:db8::1]:80. The entry [2001:db8::1] matches nothing.
//
// In a CGI program (REQUEST_METHOD is set) requests over plain http fail if HTTP_PROXY is
// set, because a client of the server can set that.
//
// The value is the URL of a proxy, or "host:port" for an http one. The scheme is http,
// https, socks5 or socks5h, and both of the latter let the proxy look names up. If there
// is no port, it is 80, 443 or 1080. User and password in the URL replace those in o. An
// error says which variable is wrong, and does not show its value.
//
// Addresses without a proxy, and the proxies, are dialled with via. A nil via is the
// default driver of the program, which [netdriver.Default] returns now.
func FromEnvironment(via netdriver.Driver, o *Options) (*Driver, error) {
	if o == nil {
		o = &Options{}
	}
	return newDriver(via, "proxy.FromEnvironment", func(via netdriver.Driver) (route, error) {
		return newEnvironment(via, o)
	})
}

// errCGI is the only error of the rules: see https://golang.org/s/cgihttpproxy.
const errCGI = lasting("HTTP_PROXY is not used in a CGI program, because a client can set it: unset HTTP_PROXY or REQUEST_METHOD")

// An environment chooses a route for each address.
type environment struct {
	direct netdriver.Driver
	plain  route // for http, nil if there is no proxy
	secure route // for everything else, nil if there is no proxy
	choose func(*url.URL) (*url.URL, error)
}

func newEnvironment(via netdriver.Driver, o *Options) (*environment, error) {
	config := httpproxy.FromEnvironment()
	names := [...]string{"HTTP_PROXY", "HTTPS_PROXY"}
	if all := allProxy(); all != "" {
		if config.HTTPProxy == "" {
			config.HTTPProxy, config.CGI = all, false // no client can set it
			names[0] = "ALL_PROXY"
		}
		if config.HTTPSProxy == "" {
			config.HTTPSProxy, names[1] = all, "ALL_PROXY"
		}
	}
	e := &environment{direct: via, choose: config.ProxyFunc()}
	var err error
	if e.plain, err = newRoute(via, names[0], config.HTTPProxy, o); err != nil {
		return nil, err
	}
	if config.HTTPSProxy == config.HTTPProxy {
		e.secure = e.plain // which remembers that credentials are wanted
		return e, nil
	}
	e.secure, err = newRoute(via, names[1], config.HTTPSProxy, o)
	return e, err
}

// allProxy returns the value of ALL_PROXY.
func allProxy() string {
	if value := os.Getenv("ALL_PROXY"); value != "" {
		return value
	}
	return os.Getenv("all_proxy")
}

// defaultPorts are the ports of proxies whose URL has none, by scheme.
var defaultPorts = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}

// newRoute returns the route through the proxy with the given URL, which is the value of
// the variable name. It is nil if the value is empty.
func newRoute(via netdriver.Driver, name, value string, o *Options) (route, error) {
	if value == "" {
		return nil, nil
	}
	// The library makes the best of a value that is no URL, or ignores it.
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" {
		return nil, errors.New(name + ` is not the URL of a proxy: write "http://host:port"`)
	}
	c := credentials{o.User, o.Password}
	if u.User != nil {
		c.user = u.User.Username()
		c.password, _ = u.User.Password()
	}
	port, known := defaultPorts[u.Scheme]
	if !known {
		return nil, errors.New(name + " has an unknown scheme: use http, https, socks5 or socks5h")
	}
	address := net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), port))
	_, _, err = splitHostPort(address)
	var r route
	switch {
	case err != nil:
	case u.Scheme == "http", u.Scheme == "https":
		r, err = newHTTPProxy(via, address, u.Scheme == "https", o.TLS, c)
	default:
		r, err = newSOCKSProxy(via, address, c)
	}
	if err != nil {
		return nil, errors.New(name + ": " + err.Error())
	}
	return r, nil
}

func (e *environment) dial(ctx context.Context, network, address string, http bool) (netdriver.Conn, *netdriver.Path, error) {
	r, err := e.routeTo(address, http)
	if err != nil {
		return nil, nil, err
	}
	if r == nil {
		return dialWith(ctx, e.direct, network, address, http)
	}
	return r.dial(ctx, network, address, http)
}

// forwards asks the driver below about origins without a proxy, because it may be a proxy.
func (e *environment) forwards(origin string) string {
	r, err := e.routeTo(origin, true)
	if err != nil {
		return ""
	}
	if r != nil {
		return r.forwards(origin)
	}
	return e.below(origin)
}

// below returns the proxy of the driver below that forwards requests for an origin, or "".
func (e *environment) below(origin string) string {
	if f, ok := e.direct.(netdriver.Forwarder); ok {
		return f.Proxy(origin)
	}
	return ""
}

// routeTo returns the route to an address, or nil if it has no proxy.
func (e *environment) routeTo(address string, http bool) (route, error) {
	r, u := e.secure, url.URL{Scheme: "https", Host: address}
	if http {
		r, u.Scheme = e.plain, "http"
	}
	if r == nil {
		return nil, nil
	}
	// The address may be that of a proxy, as forwards has told it, of which the rules do not
	// decide: the proxy below for an origin that NO_PROXY names, or this one, which NO_PROXY
	// may name as well. Callers may have changed its case.
	if http && strings.EqualFold(e.below(address), address) {
		return nil, nil
	}
	if http && strings.EqualFold(r.forwards(address), address) {
		return r, nil
	}
	chosen, err := e.choose(&u)
	if err != nil {
		return nil, errCGI
	}
	if chosen == nil {
		return nil, nil
	}
	return r, nil
}
