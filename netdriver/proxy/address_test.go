package proxy_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/proxy"
)

// testAddressRefused: what a proxy cannot be asked for is an error before the dial.
func testAddressRefused(t *testing.T) {
	for address, text := range map[string]string{
		"":                                  "host:port",
		"origin.test":                       "host:port",
		"origin.test:":                      "host:port",
		"origin.test:https":                 "host:port",
		"origin.test:0":                     "1 to 65535",
		"origin.test:65536":                 "1 to 65535",
		"origin.test:+1":                    "host:port",
		"origin.test:99999999999999999999":  "host:port",
		":443":                              "host is empty",
		"[]:443":                            "host is empty",
		strings.Repeat("x", 256) + ":443":   "more than 255 bytes",
		strings.Repeat("x", 99999) + ":443": "more than 255 bytes",
		"origin test:443":                   "character",
		"origin\r\nA: b:443":                "host:port",
		"origin\r\n.test:443":               "character",
		"origin.test/x:443":                 "character",
		"user@origin.test:443":              "character",
		"bücher.test:443":                   "character",
		"[origin.test]:443":                 "character",
		"[::zz]:443":                        "character",
		"[192.0.2.1]:443":                   "character",
		"::1:443":                           "host:port",
		"[fe80::1%eth0]:443":                "a link of this machine",
		"fe80%eth0:443":                     "character",
	} {
		t.Run(address[:min(len(address), 30)], func(t *testing.T) {
			n := memnet.New()
			for _, d := range []*proxy.Driver{httpTo(t, n, nil), socksTo(t, n, nil)} {
				for _, forward := range []bool{false, true} {
					is := is.New(t)
					c, path, err := d.DialPath(context.Background(), "tcp", address, forward)
					is.True(c == nil && path == nil)
					is.True(errors.Is(err, proxy.ErrAddress))
					is.True(strings.Contains(err.Error(), text)) // names the cure
					is.True(len(err.Error()) < 600)              // in a line
					is.True(err.(*proxy.Error).Permanent())      // it will not change
					is.Equal(n.Dials(), 0)                       // nothing was dialled
				}
			}
		})
	}
}

func TestNetworkRefused(t *testing.T) {
	is := is.New(t)
	n := memnet.New()
	for _, d := range []*proxy.Driver{httpTo(t, n, nil), socksTo(t, n, nil)} {
		_, err := d.Dial(context.Background(), "tcp6", "origin.test:443")
		is.True(errors.Is(err, proxy.ErrAddress)) // how the proxy dials is its own affair
		is.Equal(n.Dials(), 0)
	}
}

// testProxyRefused: what cannot be the address of a proxy, or its settings, is an error of
// the constructor. It shows nothing of what was given.
func testProxyRefused(t *testing.T) {
	n := memnet.New()
	http := func(address string, o *proxy.Options) func() (*proxy.Driver, error) {
		return func() (*proxy.Driver, error) { return proxy.HTTP(n, address, o) }
	}
	socks := func(address string, o *proxy.Options) func() (*proxy.Driver, error) {
		return func() (*proxy.Driver, error) { return proxy.SOCKS5(n, address, o) }
	}
	long := strings.Repeat("x", 256)
	for name, tt := range map[string]struct {
		construct func() (*proxy.Driver, error)
		text      string
	}{
		"no port":                {http("secret", nil), "host:port"},
		"empty":                  {http("", nil), "host:port"},
		"unknown scheme":         {http("socks5://secret:1", nil), `"https://host:port"`},
		"a path":                 {http("http://secret:1/x", nil), "without a path"},
		"a query":                {http("http://secret:1/?x", nil), "without a path"},
		"userinfo":               {http("http://user:secret@proxy.test:1", nil), "belong into Options"},
		"userinfo and no scheme": {http("user:secret@proxy.test:1", nil), "belong into Options"},
		"a line end":             {http("secret\r\n:1", nil), "host:port"},
		"TLS for plain":          {http("secret:1", &proxy.Options{TLS: noTLS{}}), "https://"},
		"TLS for http":           {http("http://secret:1", &proxy.Options{TLS: noTLS{}}), "https://"},
		"a colon":                {http(at, &proxy.Options{User: "sec:ret", Password: "secret"}), "RFC 7617"},
		"CR":                     {http(at, &proxy.Options{User: "secret", Password: "secret\r"}), "line end"},
		"LF":                     {http(at, &proxy.Options{User: "secret\n"}), "line end"},
		"NUL":                    {http(at, &proxy.Options{User: "secret\x00"}), "control character"},
		"SOCKS5 without a port":  {socks("secret", nil), "host:port"},
		"SOCKS5, a URL":          {socks("socks5://secret:1", nil), "host:port"},
		"SOCKS5, TLS":            {socks("secret:1", &proxy.Options{TLS: noTLS{}}), "not spoken over TLS"},
		"SOCKS5, a long user":    {socks(at, &proxy.Options{User: "secret" + long, Password: "x"}), "RFC 1929"},
		"SOCKS5, long password":  {socks(at, &proxy.Options{User: "x", Password: "secret" + long}), "RFC 1929"},
		"SOCKS5, no user":        {socks(at, &proxy.Options{Password: "secret"}), "RFC 1929"},
		"SOCKS5, no password":    {socks(at, &proxy.Options{User: "secret"}), "RFC 1929"},
		"SOCKS5, LF":             {socks(at, &proxy.Options{User: "secret", Password: "\n"}), "line end"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			d, err := tt.construct()
			is.True(d == nil && err != nil)
			is.True(strings.Contains(err.Error(), tt.text))   // names the cure
			is.True(!strings.Contains(err.Error(), "secret")) // and shows nothing
		})
	}
}

// noTLS is a TLS that nothing uses.
type noTLS struct{}

func (noTLS) Client(context.Context, netdriver.Conn, string) (netdriver.Conn, error) {
	return nil, errors.New("not used")
}

// tlsOf returns a TLS for an https proxy.
func tlsOf(address string) netdriver.TLS {
	if strings.HasPrefix(strings.ToLower(address), "https") {
		return noTLS{}
	}
	return nil
}

// testProxyAddress: the forms of the address of an HTTP proxy, and what the caller learns.
func testProxyAddress(t *testing.T) {
	for address, want := range map[string]string{
		"proxy.test:3128":          "proxy.test:3128",
		"http://proxy.test:3128":   "proxy.test:3128",
		"http://proxy.test:3128/":  "proxy.test:3128",
		"http://proxy.test":        "proxy.test:80",
		"https://proxy.test":       "proxy.test:443",
		"HTTPS://proxy.test:8443/": "proxy.test:8443",
		"[fe80::1%eth0]:3128":      "[fe80::1%eth0]:3128",
		"https://[2001:db8::1]":    "[2001:db8::1]:443",
	} {
		t.Run(address, func(t *testing.T) {
			is := is.New(t)
			n, dialled := memnet.New(), ""
			n.OnDial = func(_ int, address string) (memnet.Faults, error) {
				dialled = address
				return memnet.Faults{}, errStop
			}
			d, err := proxy.HTTP(n, address, &proxy.Options{TLS: tlsOf(address)})
			is.NoErr(err)
			_, _, err = d.DialPath(context.Background(), "tcp", want, true) // as for each origin
			is.True(errors.Is(err, errStop))
			is.Equal(dialled, want)
			is.Equal(d.Proxy("origin.test:80"), want)
			is.Equal(d.String(), "proxy.HTTP("+want+")")
		})
	}
}
