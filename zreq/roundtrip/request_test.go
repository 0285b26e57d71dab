package roundtrip_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

// requests are what callers ask for. Each is made anew for each client.
var requests = map[string]func(u string) *http.Request{
	"GET":              func(u string) *http.Request { return make1("GET", u+"/a/b?c=d", nil) },
	"no method":        func(u string) *http.Request { r := make1("GET", u, nil); r.Method = ""; return r },
	"a method of ours": func(u string) *http.Request { return make1("PURGE", u, nil) },
	"no path":          func(u string) *http.Request { return make1("GET", u, nil) },
	"a bare query":     func(u string) *http.Request { return make1("GET", u+"?x", nil) },
	"an empty query":   func(u string) *http.Request { return make1("GET", u+"/?", nil) },
	"a fragment":       func(u string) *http.Request { return make1("GET", u+"/a?b#c", nil) },
	"encoded path":     func(u string) *http.Request { return make1("GET", u+"/a%2Fb/%20c%20", nil) },
	"odd query":        func(u string) *http.Request { return make1("GET", u+"/?a=%20+;&b=[]:@/?&&=", nil) },
	"userinfo": func(u string) *http.Request {
		return make1("GET", strings.Replace(u, "http://", "http://me:pass@", 1), nil)
	},
	"userinfo and Authorization": func(u string) *http.Request {
		return with(make1("GET", strings.Replace(u, "http://", "http://me:pass@", 1), nil), "Authorization", "Bearer x")
	},
	"Host":                  func(u string) *http.Request { r := make1("GET", u, nil); r.Host = "other.test:8080"; return r },
	"Host in the header":    func(u string) *http.Request { return with(make1("GET", u, nil), "Host", "other.test") },
	"Expect of another":     func(u string) *http.Request { return with(make1("GET", u, nil), "Expect", "tea") },
	"no User-Agent":         func(u string) *http.Request { return with(make1("GET", u, nil), "User-Agent", "") },
	"a User-Agent":          func(u string) *http.Request { return with(make1("GET", u, nil), "User-Agent", "me/1") },
	"two User-Agents":       func(u string) *http.Request { return with(make1("GET", u, nil), "User-Agent", "me/1", "me/2") },
	"fields":                func(u string) *http.Request { return with(with(make1("GET", u, nil), "X-B", "1", "2"), "X-A", "") },
	"spaces around a value": func(u string) *http.Request { return with(make1("GET", u, nil), "X-A", " a b\t") },
	"fields of ours": func(u string) *http.Request {
		return with(with(with(make1("GET", u, nil), "Content-Length", "7"), "Transfer-Encoding", "gzip"), "Trailer", "X")
	},
	"Accept-Encoding":   func(u string) *http.Request { return with(make1("GET", u, nil), "Accept-Encoding", "br") },
	"Range":             func(u string) *http.Request { return with(make1("GET", u, nil), "Range", "bytes=1-") },
	"HEAD":              func(u string) *http.Request { return make1("HEAD", u, nil) },
	"Close":             func(u string) *http.Request { r := make1("GET", u, nil); r.Close = true; return r },
	"Connection: close": func(u string) *http.Request { return with(make1("GET", u, nil), "Connection", "close") },
	"Close, twice": func(u string) *http.Request {
		r := with(make1("GET", u, nil), "Connection", "close")
		r.Close = true
		return r
	},
	"Connection":           func(u string) *http.Request { return with(make1("GET", u, nil), "Connection", "keep-alive") },
	"POST of nothing":      func(u string) *http.Request { return make1("POST", u, nil) },
	"PUT of nothing":       func(u string) *http.Request { return make1("PUT", u, http.NoBody) },
	"DELETE of nothing":    func(u string) *http.Request { return make1("DELETE", u, nil) },
	"POST":                 func(u string) *http.Request { return make1("POST", u, strings.NewReader("hello")) },
	"GET with a body":      func(u string) *http.Request { return make1("GET", u, strings.NewReader("hello")) },
	"POST of unknown size": func(u string) *http.Request { return make1("POST", u, io.MultiReader(strings.NewReader("hello"))) },
	"GET of unknown size":  func(u string) *http.Request { return make1("GET", u, io.MultiReader(strings.NewReader("hello"))) },
	"GET of one byte":      func(u string) *http.Request { return make1("GET", u, iotest.DataErrReader(strings.NewReader("h"))) },
	"POST of none":         func(u string) *http.Request { return make1("POST", u, io.MultiReader()) },
	"GET of none":          func(u string) *http.Request { return make1("GET", u, io.MultiReader()) },
	"DELETE of none":       func(u string) *http.Request { return make1("DELETE", u, io.MultiReader()) },
	"PATCH of none":        func(u string) *http.Request { return make1("PATCH", u, io.MultiReader()) },
	"size -1": func(u string) *http.Request {
		r := make1("PUT", u, strings.NewReader("hello"))
		r.ContentLength = -1
		return r
	},
	"Opaque":           func(u string) *http.Request { r := make1("GET", u, nil); r.URL.Opaque = "/a%2Fb"; return r },
	"Opaque and query": func(u string) *http.Request { r := make1("GET", u+"?q", nil); r.URL.Opaque = "/a%2Fb"; return r },
}

func make1(method, u string, body io.Reader) *http.Request {
	r, err := http.NewRequest(method, u, body)
	if err != nil {
		panic(err)
	}
	return r
}

func with(r *http.Request, name string, values ...string) *http.Request {
	r.Header[name] = values
	return r
}

func TestRequestIsThatOfNetHTTP(t *testing.T) {
	for name, request := range requests {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			p := startPeer(t, ok, ok)
			ours, _ := zreqClient(t)
			for _, c := range []*http.Client{stdClient(t), ours} {
				resp, err := c.Do(request(p.url))
				is.NoErr(err) // both send it
				resp.Body.Close()
			}
			seen := p.seen()
			is.Equal(len(seen), 2)
			same := strings.NewReplacer("Go-http-client/1.1", "zreq/"+zreq.Version, "Accept-Encoding: gzip\r\n", "Accept-Encoding: gzip, deflate\r\n")
			std, stdBody := sortedHead(same.Replace(seen[0]))
			got, gotBody := sortedHead(seen[1])
			is.Equal(got, std)         // and the server sees the same
			is.Equal(gotBody, stdBody) // to the end
		})
	}
}

func TestFieldsAreSorted(t *testing.T) {
	is := is.New(t)
	p := startPeer(t, ok)
	client, _ := zreqClient(t)
	r := make1("GET", p.url, nil)
	for _, name := range []string{"X-C", "X-A", "X-D", "X-B"} {
		r.Header[name] = []string{"1", "0"}
	}
	resp, err := client.Do(r)
	is.NoErr(err)
	resp.Body.Close()
	at := 0
	for _, line := range []string{"Host: ", "User-Agent: ", "X-A: 1\r\nX-A: 0\r\nX-B: 1\r\nX-B: 0\r\nX-C: 1", "X-D: 1\r\nX-D: 0\r\n"} {
		i := strings.Index(p.seen()[0], line)
		is.True(i > at) // the order is the same each time
		at = i
	}
}

func TestTargetOfOpaqueWithHost(t *testing.T) {
	is := is.New(t)
	p := startPeer(t, ok)
	client, _ := zreqClient(t)
	r := make1("GET", p.url+"?q", nil)
	r.URL.Opaque = "//" + r.URL.Host + "/a%2Fb"
	resp, err := client.Do(r)
	is.NoErr(err)
	resp.Body.Close()
	is.True(strings.HasPrefix(p.seen()[0], "GET /a%2Fb?q HTTP/1.1\r\n")) // in the form of an origin server (RFC 9112, 3.2.1)
}

// What no URL may have is encoded in the query, too (RFC 3986, 2.1); net/http sends it.
func TestQueryIsEncoded(t *testing.T) {
	is := is.New(t)
	p := startPeer(t, ok)
	client, _ := zreqClient(t)
	resp, err := client.Do(make1("GET", p.url+"/|?a=\"|\"&b=é&c=50%&d=%7c", nil))
	is.NoErr(err)
	resp.Body.Close()
	is.True(strings.HasPrefix(p.seen()[0], "GET /%7C?a=%22%7C%22&b=%C3%A9&c=50%&d=%7c HTTP/1.1\r\n"))
}

func TestPathWithoutItsSlash(t *testing.T) {
	is := is.New(t)
	p := startPeer(t, ok)
	client, _ := zreqClient(t)
	r := make1("GET", p.url, nil)
	r.URL.Path = "a"
	resp, err := client.Do(r)
	is.NoErr(err)
	resp.Body.Close()
	is.True(strings.HasPrefix(p.seen()[0], "GET /a HTTP/1.1\r\n")) // as the text of the URL has it
}

// closer is a body that counts.
type closer struct {
	io.Reader
	closed int
}

func (c *closer) Close() error { c.closed++; return nil }

// The credentials of a URL are the Client's to send.
func TestUserinfoIsNotSentByTheTransport(t *testing.T) {
	is := is.New(t)
	p := startPeer(t, "close ")
	client, _ := zreqClient(t)
	r := make1("GET", strings.Replace(p.url, "http://", "http://me:secret@", 1), nil)
	_, err := client.Transport.RoundTrip(r)
	is.True(err != nil)
	is.True(!strings.Contains(err.Error(), "secret")) // nor told
	is.True(!strings.Contains(p.seen()[0], "Authorization"))
}
