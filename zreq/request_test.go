package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

const agent = "User-Agent: zreq/" + zreq.Version + "\r\n"

// sent makes a call and returns the request as it arrived, what was dialled
// and in how many writes it left.
func sent(t *testing.T, method, url string, args zreq.Args) (request, address string, n int) {
	t.Helper()
	is := is.New(t)
	peer := answers(t, noContent)
	driver := &writes{Driver: peer}
	args.Driver = driver
	resp, err := zreq.Do(context.Background(), method, url, &args)
	is.NoErr(err)
	if resp.Connection != nil {
		is.NoErr(resp.Connection.Close())
	}
	is.Equal(peer.Open(), 0)
	return peer.Requests()[0], peer.Addresses()[0], driver.n
}

// testRequestWire is the request, byte for byte: Host first, then what zreq says
// of itself, the caller's fields as given, Connection, and the length last.
func testRequestWire(t *testing.T) {
	const end = "Connection: close\r\n\r\n"
	for name, tt := range map[string]struct {
		method, url string
		args        zreq.Args
		want        string
	}{
		"plain":         {"GET", "http://h.test/a", zreq.Args{}, "GET /a HTTP/1.1\r\nHost: h.test\r\n" + agent + end},
		"empty path":    {"GET", "http://h.test", zreq.Args{}, "GET / HTTP/1.1\r\nHost: h.test\r\n" + agent + end},
		"query alone":   {"GET", "http://h.test?a", zreq.Args{}, "GET /?a HTTP/1.1\r\nHost: h.test\r\n" + agent + end},
		"fragment":      {"GET", "http://h.test/a?b#c?d", zreq.Args{}, "GET /a?b HTTP/1.1\r\nHost: h.test\r\n" + agent + end},
		"default port":  {"GET", "http://h.test:80/", zreq.Args{}, "GET / HTTP/1.1\r\nHost: h.test\r\n" + agent + end},
		"port of https": {"GET", "http://h.test:443/", zreq.Args{}, "GET / HTTP/1.1\r\nHost: h.test:443\r\n" + agent + end},
		"another port":  {"GET", "http://h.test:8080/", zreq.Args{}, "GET / HTTP/1.1\r\nHost: h.test:8080\r\n" + agent + end},
		"IPv6":          {"GET", "http://[2001:db8::1]/", zreq.Args{}, "GET / HTTP/1.1\r\nHost: [2001:db8::1]\r\n" + agent + end},
		"IPv6, port":    {"GET", "http://[::1]:81/", zreq.Args{}, "GET / HTTP/1.1\r\nHost: [::1]:81\r\n" + agent + end},
		"HEAD":          {"HEAD", "http://h.test/", zreq.Args{}, "HEAD / HTTP/1.1\r\nHost: h.test\r\n" + agent + end},
		"DELETE":        {"DELETE", "http://h.test/", zreq.Args{}, "DELETE / HTTP/1.1\r\nHost: h.test\r\n" + agent + end},
		"OPTIONS":       {"OPTIONS", "http://h.test/", zreq.Args{}, "OPTIONS / HTTP/1.1\r\nHost: h.test\r\n" + agent + end},
		"TRACE":         {"TRACE", "http://h.test/", zreq.Args{}, "TRACE / HTTP/1.1\r\nHost: h.test\r\n" + agent + end},
		"any token":     {"M-SEARCH!", "http://h.test/", zreq.Args{}, "M-SEARCH! / HTTP/1.1\r\nHost: h.test\r\n" + agent + end},
		"a method's case is kept": {
			"purge", "http://h.test/",
			zreq.Args{},
			"purge / HTTP/1.1\r\nHost: h.test\r\n" + agent + end,
		},
		"POST without a body": {
			"POST", "http://h.test/",
			zreq.Args{},
			"POST / HTTP/1.1\r\nHost: h.test\r\n" + agent + "Connection: close\r\nContent-Length: 0\r\n\r\n",
		},
		"PUT without a body": {
			"PUT", "http://h.test/",
			zreq.Args{},
			"PUT / HTTP/1.1\r\nHost: h.test\r\n" + agent + "Connection: close\r\nContent-Length: 0\r\n\r\n",
		},
		"PATCH without a body": {
			"PATCH", "http://h.test/",
			zreq.Args{},
			"PATCH / HTTP/1.1\r\nHost: h.test\r\n" + agent + "Connection: close\r\nContent-Length: 0\r\n\r\n",
		},
		"headers in their order": {
			"GET", "http://h.test/",
			zreq.Args{Headers: zreq.Headers{{"B", "1"}, {"a", "2"}, {"B", ""}}},
			"GET / HTTP/1.1\r\nHost: h.test\r\n" + agent + "B: 1\r\na: 2\r\nB: \r\n" + end,
		},
		"a value beyond ASCII": {
			"GET", "http://h.test/",
			zreq.Args{Headers: zreq.Headers{{"X", "ü\ty"}}},
			"GET / HTTP/1.1\r\nHost: h.test\r\n" + agent + "X: ü\ty\r\n" + end,
		},
		"own fields replaced": {
			"GET", "http://u:p@h.test/",
			zreq.Args{Headers: zreq.Headers{{"authorization", "Bearer t"}, {"user-AGENT", "me"}, {"HOST", "other.test"}}},
			"GET / HTTP/1.1\r\nHOST: other.test\r\nauthorization: Bearer t\r\nuser-AGENT: me\r\n" + end,
		},
		"an expectation without content": {
			"POST", "http://h.test/",
			zreq.Args{Headers: zreq.Headers{{"expect", "100-continue"}}, Body: strings.NewReader("")},
			"POST / HTTP/1.1\r\nHost: h.test\r\n" + agent + "Connection: close\r\nContent-Length: 0\r\n\r\n",
		},
		"an expectation": {
			"POST", "http://h.test/",
			zreq.Args{Headers: zreq.Headers{{"expect", "100-continue"}}, Body: strings.NewReader("hi")},
			"POST / HTTP/1.1\r\nHost: h.test\r\n" + agent + "expect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
		},
		"own fields left out": {
			"GET", "http://h.test/",
			zreq.Args{Omit: []string{"user-agent", "CONNECTION"}},
			"GET / HTTP/1.1\r\nHost: h.test\r\n\r\n",
		},
		"credentials left out": {
			"GET", "http://u:p@h.test/",
			zreq.Args{Omit: []string{"Authorization"}},
			"GET / HTTP/1.1\r\nHost: h.test\r\n" + agent + end,
		},
		"keep-alive": {
			"GET", "http://h.test/",
			zreq.Args{Headers: zreq.Headers{{"connection", "x, KEEP-alive"}}},
			"GET / HTTP/1.1\r\nHost: h.test\r\n" + agent + "connection: x, KEEP-alive\r\n\r\n",
		},
		"Basic": {
			"GET", "http://Aladdin:open%20sesame@h.test/",
			zreq.Args{},
			"GET / HTTP/1.1\r\nHost: h.test\r\n" + agent + "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n" + end,
		},
		"Basic, all of it encoded": {"GET", "http://a:%3A%40%2f%C3%bc@h.test/", zreq.Args{}, // a::@/ü
			"GET / HTTP/1.1\r\nHost: h.test\r\n" + agent + "Authorization: Basic YTo6QC/DvA==\r\n" + end},
		"Basic, no password":    {"GET", "http://a@h.test/", zreq.Args{}, "GET / HTTP/1.1\r\nHost: h.test\r\n" + agent + "Authorization: Basic YTo=\r\n" + end},
		"Basic, empty password": {"GET", "http://a:@h.test/", zreq.Args{}, "GET / HTTP/1.1\r\nHost: h.test\r\n" + agent + "Authorization: Basic YTo=\r\n" + end},
		"empty userinfo":        {"GET", "http://@h.test/", zreq.Args{}, "GET / HTTP/1.1\r\nHost: h.test\r\n" + agent + end},
		"encoded once": {
			"GET", "http://h.test/%41%2f?%20=",
			zreq.Args{},
			"GET /%41%2f?%20= HTTP/1.1\r\nHost: h.test\r\n" + agent + end,
		},
		"encoded where it must be": {
			"GET", "http://h.test/ü|\"<>\\^`{}?ü|'[]",
			zreq.Args{},
			"GET /%C3%BC%7C%22%3C%3E%5C%5E%60%7B%7D?%C3%BC%7C'[] HTTP/1.1\r\nHost: h.test\r\n" + agent + end,
		},
		"dots are left alone": {
			"GET", "http://h.test/a/../b/.",
			zreq.Args{},
			"GET /a/../b/. HTTP/1.1\r\nHost: h.test\r\n" + agent + end,
		},
		"params": {
			"GET", "http://h.test/a",
			zreq.Args{Params: form.Values{{"rev", "7"}, {"q", "a b&c=d+é/?#%"}, {"rev", ""}}},
			"GET /a?rev=7&q=a%20b%26c%3Dd%2B%C3%A9%2F%3F%23%25&rev= HTTP/1.1\r\nHost: h.test\r\n" + agent + end,
		},
		"params behind a query": {
			"POST", "http://h.test?x=%31#f",
			zreq.Args{Params: form.Values{{"y", "2"}}},
			"POST /?x=%31&y=2 HTTP/1.1\r\nHost: h.test\r\n" + agent + "Connection: close\r\nContent-Length: 0\r\n\r\n",
		},
		"params behind an empty query": {
			"GET", "http://h.test/?",
			zreq.Args{Params: form.Values{{"y", "2"}}},
			"GET /?y=2 HTTP/1.1\r\nHost: h.test\r\n" + agent + end,
		},
		"params behind an ampersand": {
			"GET", "http://h.test/?x&",
			zreq.Args{Params: form.Values{{"y", "2"}}},
			"GET /?x&y=2 HTTP/1.1\r\nHost: h.test\r\n" + agent + end,
		},
		"CR LF in params is data": {
			"GET", "http://h.test/",
			zreq.Args{Params: form.Values{{"a\r\n", "\x00"}}},
			"GET /?a%0D%0A=%00 HTTP/1.1\r\nHost: h.test\r\n" + agent + end,
		},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			got, _, n := sent(t, tt.method, tt.url, tt.args)
			is.Equal(fmt.Sprintf("%q", got), fmt.Sprintf("%q", tt.want)) // byte for byte
			is.Equal(n, 1)                                               // in one write
		})
	}
}

// testRequestAddress is what the driver is asked to dial.
func testRequestAddress(t *testing.T) {
	for url, want := range map[string]string{
		"http://h.test":              "h.test:80",
		"http://h.test:8080/":        "h.test:8080",
		"http://u:p@[2001:db8::1]/":  "[2001:db8::1]:80",
		"http://[::1]:0081/":         "[::1]:81",
		"http://192.0.2.1?x=:8/#@b:": "192.0.2.1:80",
	} {
		t.Run(url, func(t *testing.T) {
			is := is.New(t)
			_, got, _ := sent(t, "GET", url, zreq.Args{})
			is.Equal(got, want) // host and port, the port of the scheme by default
		})
	}
}

// TestRequestHost: a Host of the caller's goes out as it was given; what is
// dialled is the URL's.
func TestRequestHost(t *testing.T) {
	for _, host := range []string{"h", "h:8080", "h:", "[::1]", "[::1]:80", "192.0.2.1"} {
		t.Run(host, func(t *testing.T) {
			is := is.New(t)
			got, address, _ := sent(t, "GET", "http://h.test/", zreq.Args{Headers: zreq.Headers{{"host", host}}})
			is.True(strings.HasPrefix(got, "GET / HTTP/1.1\r\nhost: "+host+"\r\n")) // it is a host and a port (RFC 9112, 3.2)
			is.Equal(address, "h.test:80")
		})
	}
}

// testRequestVerbs: each verb sends its own name.
func testRequestVerbs(t *testing.T) {
	for name, verb := range verbs {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Expect(name + " /x?a=b HTTP/1.1\r\n"), zreqtest.Send(noContent)})
			resp, err := verb(context.Background(), site, &zreq.Args{Driver: peer, Params: form.Values{{"a", "b"}}})
			is.NoErr(err)
			is.Equal(resp.Status, 204)
		})
	}
}

var verbs = map[string]func(context.Context, string, *zreq.Args) (*zreq.Response, error){
	"GET": zreq.Get, "HEAD": zreq.Head, "POST": zreq.Post, "PUT": zreq.Put,
	"PATCH": zreq.Patch, "DELETE": zreq.Delete, "OPTIONS": zreq.Options,
}

// testRequestKeepAlive: Connection: close goes out unless Keep-Alive is asked
// for, and a Connection asks for it.
func testRequestKeepAlive(t *testing.T) {
	for name, tt := range map[string]struct {
		headers zreq.Headers
		conn    bool
		want    string // what is said
		kept    bool
	}{
		"by default":                 {nil, false, "Connection: close\r\n", false},
		"asked for":                  {zreq.Headers{{"Connection", "Keep-Alive"}}, false, "Connection: Keep-Alive\r\n", true},
		"asked for in two lines":     {zreq.Headers{{"Connection", "te"}, {"connection", "keep-alive"}}, false, "connection: keep-alive\r\n", true},
		"a token that looks like it": {zreq.Headers{{"Connection", "keep-alive2"}}, false, "Connection: keep-alive2\r\n", false},
		"close wins":                 {zreq.Headers{{"Connection", "keep-alive, Close"}}, false, "Connection: keep-alive, Close\r\n", false},
		"with a Connection":          {nil, true, "Connection: keep-alive\r\n", true},
		"with a Connection, close":   {zreq.Headers{{"Connection", "close"}}, true, "Connection: close\r\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(noContent)})
			args := &zreq.Args{Driver: peer, Headers: tt.headers}
			if tt.conn {
				conn, err := zreq.Connect(context.Background(), site, args)
				is.NoErr(err)
				defer conn.Close()
				args.Connection = conn
			}
			resp, err := zreq.Get(context.Background(), site, args)
			is.NoErr(err)
			is.True(strings.Contains(peer.Requests()[0], tt.want)) // what the request says
			if !tt.kept {
				closed(is, peer, resp, zreq.CloseRequested)
				return
			}
			is.Equal(resp.CloseReason(), zreq.CloseNone)
			is.Equal(peer.Open(), 1) // and what is done
			is.NoErr(resp.Connection.Close())
		})
	}
}

// TestRequestShortWrites: whatever the driver takes at a time, all of it goes out.
func TestRequestShortWrites(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, append([]zreqtest.Step{zreqtest.Fault(memnet.Faults{WriteBytes: 1})}, answering(noContent)...))
	_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer})
	is.NoErr(err)
	is.Equal(peer.Requests()[0], "GET /x HTTP/1.1\r\nHost: device.test\r\n"+agent+"Connection: close\r\n\r\n")
}

// TestRequestArgsAreRead: a call changes nothing that the caller gave.
func TestRequestArgsAreRead(t *testing.T) {
	is := is.New(t)
	args := zreq.Args{Headers: zreq.Headers{{"A", "b"}}[:1:1], Params: form.Values{{"p", "q"}}, Omit: []string{"x"}}
	for range 2 {
		got, _, _ := sent(t, "GET", "http://u:p@h.test/", args)
		is.True(strings.Contains(got, "GET /?p=q HTTP/1.1\r\n")) // joined once in each call
	}
	is.Equal(args.Headers, zreq.Headers{{"A", "b"}})
	is.Equal(args.Params, form.Values{{"p", "q"}})
}

// strange says of itself what cannot be.
type strange struct {
	io.Reader
	size, offset int64
}

func (s strange) Size() int64                    { return s.size }
func (s strange) Seek(int64, int) (int64, error) { return s.offset, nil }

// TestBodySizeThatWraps: no size of a body and no offset make a Content-Length that is
// not that of the body.
func TestBodySizeThatWraps(t *testing.T) {
	for name, body := range map[string]strange{
		"a negative offset":    {strings.NewReader("hello"), 0, -5},
		"the lowest offset":    {strings.NewReader("hello"), math.MaxInt64, math.MinInt64},
		"a size made larger":   {strings.NewReader("hello"), math.MaxInt64, -1},
		"an offset beyond all": {strings.NewReader("hello"), 5, math.MaxInt64},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t)
			_, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: peer, Body: body})
			is.True(errors.Is(err, zreq.ErrRequest))
			is.Equal(peer.Dials(), 0)
		})
	}
}

// saysEmpty is a body that says that it is empty, and is not.
type saysEmpty struct{ io.Reader }

func (saysEmpty) Size() int64 { return 0 }

// TestEmptyBodyThatIsNot: no request that looks whole leaves before the body was asked
// whether it is empty, however long the head is beside the buffer.
func TestEmptyBodyThatIsNot(t *testing.T) {
	for padding := range 512 {
		is := is.New(t)
		_, err := zreq.Put(context.Background(), site, &zreq.Args{
			Driver: zreqtest.NewPeer(t, steps(zreqtest.Hold())), Body: saysEmpty{strings.NewReader("x")},
			Headers: zreq.Headers{{"X", strings.Repeat("x", padding)}}, Limits: zreq.Limits{ReadBuffer: 512},
		})
		is.True(errors.Is(err, zreq.ErrBody))
		is.Equal(failure(is, err).Sent, int64(0))
	}
}
