package proxy_test

import (
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/proxy"
)

// forward returns the function that forms requests.
func forward(t *testing.T, o *proxy.Options) func(head []byte, url string) ([]byte, error) {
	t.Helper()
	is := is.New(t)
	p := play(t, dialogue{})
	c, path, err := httpTo(t, p, o).DialPath(context.Background(), "tcp", "origin.test:80", true)
	is.NoErr(err)
	is.NoErr(c.Close())
	return path.Forward
}

// testForward: the target is in absolute-form, byte for byte behind the origin, and the
// end of the head stays as it is.
func testForward(t *testing.T) {
	const url = "http://origin.test:8080/a%20b?q=1"
	const rest = "User-Agent: x\r\nExpect: 100-continue\r\n\r\n"
	for name, tt := range map[string]struct {
		options         *proxy.Options
		head, url, want string
	}{
		"no credentials": {
			nil, "GET /a%20b?q=1 HTTP/1.1\r\nHost: origin.test:8080\r\n" + rest, url,
			"GET " + url + " HTTP/1.1\r\nHost: origin.test:8080\r\n" + rest,
		},
		"credentials": {
			withLogin(), "PUT /a%20b?q=1 HTTP/1.1\r\nHost: origin.test:8080\r\n" + rest, url,
			"PUT " + url + " HTTP/1.1\r\nHost: origin.test:8080\r\n" + authorization + rest,
		},
		"the caller's own": {
			withLogin(), "GET / HTTP/1.1\r\nHost: origin.test\r\nproxy-authorization: Bearer x\r\n\r\n", "http://origin.test/",
			"GET http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\nproxy-authorization: Bearer x\r\n\r\n",
		},
		"a stray %": {
			nil, "GET /?50% HTTP/1.1\r\nHost: origin.test\r\n\r\n", "http://origin.test/?50%",
			"GET http://origin.test/?50% HTTP/1.1\r\nHost: origin.test\r\n\r\n",
		},
		"Host in another case, default port": {
			nil, "GET / HTTP/1.1\r\nHost: ORIGIN.test:80\r\n\r\n", "http://origin.test/",
			"GET http://origin.test/ HTTP/1.1\r\nHost: ORIGIN.test:80\r\n\r\n",
		},
		"IPv6": {
			nil, "GET / HTTP/1.1\r\nHost: [2001:db8::1]:81\r\n\r\n", "http://[2001:db8::1]:81/",
			"GET http://[2001:db8::1]:81/ HTTP/1.1\r\nHost: [2001:db8::1]:81\r\n\r\n",
		},
		"the scheme in upper case": {
			nil, "GET / HTTP/1.1\r\nHost: origin.test\r\n\r\n", "HTTP://origin.test/",
			"GET http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\n\r\n",
		},
		"an empty port": {
			nil, "GET / HTTP/1.1\r\nHost: origin.test\r\n\r\n", "http://origin.test:/",
			"GET http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\n\r\n",
		},
		"a port with a leading zero": {
			nil, "GET / HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n\r\n", "http://[2001:db8::1]:08080/",
			"GET http://[2001:db8::1]:8080/ HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n\r\n",
		},
		"the default port, and an IPv6 address that ends like it": {
			nil, "GET / HTTP/1.1\r\nHost: [::80]\r\n\r\n", "http://[::80]:080/",
			"GET http://[::80]/ HTTP/1.1\r\nHost: [::80]\r\n\r\n",
		},
		"TRACE": {
			withLogin(), "TRACE / HTTP/1.1\r\nHost: origin.test\r\n\r\n", "http://origin.test/",
			"TRACE http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\n\r\n",
		},
		"the whole server": {
			nil, "OPTIONS * HTTP/1.1\r\nHost: origin.test\r\n\r\n", "http://origin.test",
			"OPTIONS http://origin.test HTTP/1.1\r\nHost: origin.test\r\n\r\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			form := forward(t, tt.options)
			for _, room := range []int{0, 5, 4096} { // in place, or in memory that has grown
				head := append(make([]byte, 0, len(tt.head)+room), tt.head...)
				got, err := form(head, tt.url)
				is.NoErr(err)
				is.Equal(string(got), tt.want)
			}
		})
	}
	for name, tt := range map[string]struct{ head, url, text string }{
		"another Host": {"GET / HTTP/1.1\r\nHost: other.test\r\n\r\n", "http://origin.test/", "RFC 9112, 3.2.2"},
		"another port": {"GET / HTTP/1.1\r\nHost: origin.test\r\n\r\n", "http://origin.test:81/", "RFC 9112, 3.2.2"},
		"no Host":      {"GET / HTTP/1.1\r\nA: b\r\n\r\n", "http://origin.test/", "no Host"},
		"a zone":       {"GET / HTTP/1.1\r\nHost: [fe80::1]\r\n\r\n", "http://[fe80::1%25eth0]/", "a link of this machine"},
		"https":        {"GET / HTTP/1.1\r\nHost: origin.test\r\n\r\n", "https://origin.test/", "http URLs only"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			_, err := forward(t, withLogin())([]byte(tt.head), tt.url)
			is.True(strings.Contains(err.Error(), tt.text)) // it is refused, and says why
		})
	}
}
