package proxy_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/proxy"
)

// set makes vars, as "NAME=value", the environment as far as proxies are concerned.
func set(t *testing.T, vars ...string) {
	t.Helper()
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUEST_METHOD"} {
		t.Setenv(name, "")
		t.Setenv(strings.ToLower(name), "")
	}
	for _, v := range vars {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
}

// testEnvironment: who is dialled for an http and for another connection, and what Proxy
// says of it.
func testEnvironment(t *testing.T) {
	const both = "HTTP_PROXY=http://plain.test:1 HTTPS_PROXY=http://secure.test:2"
	for name, tt := range map[string]struct{ vars, origin, plain, secure, forwards string }{
		"nothing is set":                     {"", "o.test:80", "o.test:80", "o.test:80", ""},
		"both":                               {both, "o.test:80", "plain.test:1", "secure.test:2", "plain.test:1"},
		"lower case":                         {"http_proxy=http://plain.test:1 https_proxy=http://secure.test:2", "o.test:80", "plain.test:1", "secure.test:2", "plain.test:1"},
		"http alone":                         {"HTTP_PROXY=http://plain.test:1", "o.test:80", "plain.test:1", "o.test:80", "plain.test:1"},
		"https alone":                        {"HTTPS_PROXY=http://secure.test:2", "o.test:80", "o.test:80", "secure.test:2", ""},
		"all":                                {"ALL_PROXY=http://all.test:3", "o.test:80", "all.test:3", "all.test:3", "all.test:3"},
		"all, lower case":                    {"all_proxy=http://all.test:3", "o.test:80", "all.test:3", "all.test:3", "all.test:3"},
		"all for the rest":                   {"ALL_PROXY=socks5://all.test:3 HTTP_PROXY=http://plain.test:1", "o.test:80", "plain.test:1", "all.test:3", "plain.test:1"},
		"no scheme":                          {"HTTP_PROXY=plain.test:1", "o.test:80", "plain.test:1", "o.test:80", "plain.test:1"},
		"default port, http":                 {"ALL_PROXY=http://all.test", "o.test:80", "all.test:80", "all.test:80", "all.test:80"},
		"default port, https":                {"ALL_PROXY=https://all.test/", "o.test:80", "all.test:443", "all.test:443", "all.test:443"},
		"default port, socks5":               {"ALL_PROXY=socks5://all.test", "o.test:80", "all.test:1080", "all.test:1080", ""},
		"default port, socks5h":              {"ALL_PROXY=socks5h://all.test", "o.test:80", "all.test:1080", "all.test:1080", ""},
		"IPv6":                               {"ALL_PROXY=http://[2001:db8::1]:3", "o.test:80", "[2001:db8::1]:3", "[2001:db8::1]:3", "[2001:db8::1]:3"},
		"zone":                               {"ALL_PROXY=http://[fe80::1%25eth0]:3", "o.test:80", "[fe80::1%eth0]:3", "[fe80::1%eth0]:3", "[fe80::1%eth0]:3"},
		"localhost":                          {both, "localhost:80", "localhost:80", "localhost:80", ""},
		"loopback":                           {both, "127.0.0.9:80", "127.0.0.9:80", "127.0.0.9:80", ""},
		"NO_PROXY":                           {both + " NO_PROXY=x.test,.o.test", "a.o.test:80", "a.o.test:80", "a.o.test:80", ""},
		"NO_PROXY, another":                  {both + " NO_PROXY=x.test,.o.test", "o.test:80", "plain.test:1", "secure.test:2", "plain.test:1"},
		"NO_PROXY, a port":                   {both + " no_proxy=o.test:81", "o.test:81", "o.test:81", "o.test:81", ""},
		"NO_PROXY, a network":                {both + " NO_PROXY=10.0.0.0/8", "10.1.2.3:80", "10.1.2.3:80", "10.1.2.3:80", ""},
		"NO_PROXY, IPv6":                     {both + " NO_PROXY=2001:db8::1", "[2001:db8::1]:80", "[2001:db8::1]:80", "[2001:db8::1]:80", ""},
		"NO_PROXY, IPv6 and a port":          {both + " NO_PROXY=[2001:db8::1]:80", "[2001:db8::1]:80", "[2001:db8::1]:80", "[2001:db8::1]:80", ""},
		"NO_PROXY, IPv6 in brackets":         {both + " NO_PROXY=[2001:db8::1]", "[2001:db8::1]:80", "plain.test:1", "secure.test:2", "plain.test:1"},
		"NO_PROXY, all":                      {both + " NO_PROXY=*", "o.test:80", "o.test:80", "o.test:80", ""},
		"NO_PROXY and the proxy":             {both + " NO_PROXY=plain.test", "plain.test:1", "plain.test:1", "plain.test:1", "plain.test:1"},
		"NO_PROXY and the proxy, upper case": {"HTTP_PROXY=http://PLAIN.test:1 NO_PROXY=plain.test", "plain.test:1", "PLAIN.test:1", "plain.test:1", "PLAIN.test:1"},
		"a zone, upper case":                 {"HTTP_PROXY=http://[FE80::1%25eth0]:3", "[fe80::1%eth0]:3", "[FE80::1%eth0]:3", "[fe80::1%eth0]:3", "[FE80::1%eth0]:3"},
		"a proxy on loopback":                {"HTTP_PROXY=http://127.0.0.1:3128", "127.0.0.1:3128", "127.0.0.1:3128", "127.0.0.1:3128", "127.0.0.1:3128"},
		"CGI":                                {"HTTPS_PROXY=http://secure.test:2 REQUEST_METHOD=GET", "o.test:80", "o.test:80", "secure.test:2", ""},
		"CGI, all":                           {"ALL_PROXY=http://all.test:3 REQUEST_METHOD=GET", "o.test:80", "all.test:3", "all.test:3", "all.test:3"},
		"CGI, http":                          {both + " REQUEST_METHOD=GET", "o.test:80", "", "secure.test:2", ""},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			set(t, strings.Fields(tt.vars)...)
			n, dialled := memnet.New(), ""
			n.OnDial = func(_ int, address string) (memnet.Faults, error) {
				dialled = address
				return memnet.Faults{}, errStop
			}
			d, err := proxy.FromEnvironment(n, &proxy.Options{TLS: noTLS{}})
			is.NoErr(err)
			set(t) // it was read once
			_, _, err = d.DialPath(context.Background(), "tcp", tt.origin, true)
			is.Equal(dialled, tt.plain) // who is dialled for http
			if tt.plain != "" {
				is.True(errors.Is(err, errStop))
			} else {
				is.True(strings.Contains(err.Error(), "CGI"))
			}
			_, err = d.Dial(context.Background(), "tcp", tt.origin)
			is.True(errors.Is(err, errStop))
			is.Equal(dialled, tt.secure)              // and for everything else
			is.Equal(d.Proxy(tt.origin), tt.forwards) // whose connections are shared
		})
	}
}

// testEnvironmentRefused: a variable that names no proxy is an error of the constructor,
// which names the variable and not its value.
func testEnvironmentRefused(t *testing.T) {
	for vars, text := range map[string]string{
		"HTTP_PROXY=socks4://secret:1":              "HTTP_PROXY has an unknown scheme: use http, https, socks5 or socks5h",
		"HTTPS_PROXY=ftp://secret:1":                "HTTPS_PROXY has an unknown scheme: use http, https, socks5 or socks5h",
		"ALL_PROXY=secret://secret:1":               "ALL_PROXY has an unknown scheme: use http, https, socks5 or socks5h",
		"HTTP_PROXY=secret:secret":                  "HTTP_PROXY",
		"HTTP_PROXY=http://secret:secret":           "HTTP_PROXY is not the URL of a proxy",
		"HTTP_PROXY=http://:3128":                   "host is empty",
		"HTTP_PROXY=http://secret.test:99999":       "1 to 65535",
		"HTTP_PROXY=http://se%0Dcret:secret@p:1":    "control character",
		"HTTP_PROXY=http://s:secret%0A@p:1":         "control character",
		"HTTP_PROXY=http://secret%3Ax:secret@p:1":   "RFC 7617",
		"HTTPS_PROXY=socks5://secret@p:1":           "RFC 1929",
		"HTTPS_PROXY=socks5h://:secret@p:1":         "RFC 1929",
		"HTTP_PROXY=http://secret%00:x@p:1":         "control character",
		"HTTPS_PROXY=http://user:sec ret@ secret:1": "HTTPS_PROXY",
	} {
		t.Run(vars, func(t *testing.T) {
			is := is.New(t)
			set(t, vars)
			d, err := proxy.FromEnvironment(memnet.New(), nil)
			is.True(d == nil)
			is.True(strings.Contains(err.Error(), text))
			is.True(!strings.Contains(err.Error(), "secret"))
		})
	}
}

// testEnvironmentLogin: user and password of the URL are decoded and go before those of
// Options.
func testEnvironmentLogin(t *testing.T) {
	for name, tt := range map[string]struct {
		url     string
		options *proxy.Options
		d       []dialogue
	}{
		"URL":                {"http://gateway:pass%3Aword@" + at, &proxy.Options{User: "x"}, []dialogue{{{connect(), challenge}, {connect(authorization), established}}}},
		"Options":            {"http://" + at, withLogin(), []dialogue{{{connect(), challenge}, {connect(authorization), established}}}},
		"SOCKS5":             {"socks5://gateway:pass%3Aword@" + at, nil, []dialogue{{{helloLogin, wantsLogin}, {login, loginTaken}, {toOrigin, connected}}}},
		"SOCKS5 and Options": {"socks5h://" + at, withLogin(), []dialogue{{{helloLogin, wantsLogin}, {login, loginTaken}, {toOrigin, connected}}}},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			set(t, "HTTPS_PROXY="+tt.url)
			p := play(t, tt.d...)
			d, err := proxy.FromEnvironment(p, tt.options)
			is.NoErr(err)
			_, err = dial(t, d)
			is.NoErr(err)
		})
	}
}

// TestEnvironmentOverAProxy: what has no proxy of the environment goes the way of the
// driver below, which may be a proxy.
func TestEnvironmentOverAProxy(t *testing.T) {
	for name, vars := range map[string][]string{
		"no variable": {"HTTPS_PROXY=http://secure.test:2"},
		"NO_PROXY":    {"HTTP_PROXY=http://plain.test:1", "NO_PROXY=o.test"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			set(t, vars...)
			d, err := proxy.FromEnvironment(httpTo(t, play(t, dialogue{}, dialogue{}), nil), nil)
			is.NoErr(err)
			is.Equal(d.Proxy("o.test:80"), at)
			for _, address := range []string{"o.test:80", at} { // at is what a caller dials who shares connections
				c, path, err := d.DialPath(context.Background(), "tcp", address, true)
				is.NoErr(err)
				is.NoErr(c.Close())
				is.True(path.Forward != nil)
			}
		})
	}
}

// testNestedProxies: a proxy is reached through another one.
func testNestedProxies(t *testing.T) {
	is := is.New(t)
	p := play(t, dialogue{
		{"CONNECT inner.test:1080 HTTP/1.1\r\nHost: inner.test:1080\r\nUser-Agent: zreq\r\n\r\n", established},
		{helloLogin, wantsLogin},
		{login, loginTaken},
		{toOrigin, connected},
	})
	d, err := proxy.SOCKS5(httpTo(t, p, nil), "inner.test:1080", withLogin())
	is.NoErr(err)
	c, err := dial(t, d)
	is.NoErr(err)
	is.Equal(echoes(t, c, "over"), "over")
}

// The drivers of this package are compared by address.
var _ netdriver.Driver = (*proxy.Driver)(nil)

var _ fmt.GoStringer = (*proxy.Driver)(nil)
