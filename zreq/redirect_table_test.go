package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// redirectTable is what follows a status with a Location (RFC 9110, 15.4):
//
//   - nothing, it is the answer
//     same   the same request elsewhere, with its body
//     GET    GET without a body
//     HEAD   HEAD without a body
const redirectTable = `
      GET   HEAD  POST  PUT   PATCH DELETE OPTIONS BREW
300   -     -     -     -     -     -      -       -
301   same  same  GET   same  same  same   same    same
302   same  same  GET   same  same  same   same    same
303   GET   HEAD  GET   GET   GET   GET    GET     GET
304   -     -     -     -     -     -      -       -
305   -     -     -     -     -     -      -       -
306   -     -     -     -     -     -      -       -
307   same  same  same  same  same  same   same    same
308   same  same  same  same  same  same   same    same
310   -     -     -     -     -     -      -       -
399   -     -     -     -     -     -      -       -
`

// A place is where a redirect leads from where.
type place struct {
	from     string // the origin
	location string
	url      string // what that is, from there
	host     string // the field of the second request, if the caller's does not stand
	address  string // that the second request is dialled at, if anew
	refused  bool   // from https to http
}

var places = map[string]place{
	"same origin": {from: "http://device.test", location: "../y?z", url: "http://device.test/y?z"},
	"same origin, spelt otherwise": {
		from: "http://device.test", location: "HTTP://DEVICE.test:80/y?z", url: "http://device.test/y?z",
	},
	"same origin, https": {from: "https://device.test", location: "//device.test/y?z", url: "https://device.test/y?z"},
	"other host": {
		from: "http://device.test", location: "//other.test/y?z", url: "http://other.test/y?z",
		host: "other.test", address: "other.test:80",
	},
	"other host, https": {
		from: "https://device.test", location: "https://other.test/y?z", url: "https://other.test/y?z",
		host: "other.test", address: "other.test:443",
	},
	"name below": {
		from: "http://device.test", location: "http://a.device.test/y?z", url: "http://a.device.test/y?z",
		host: "a.device.test", address: "a.device.test:80",
	},
	"other port": {
		from: "http://device.test", location: "http://device.test:8080/y?z", url: "http://device.test:8080/y?z",
		host: "device.test:8080", address: "device.test:8080",
	},
	"http to https": {
		from: "http://device.test", location: "https://device.test/y?z", url: "https://device.test/y?z",
		host: "device.test", address: "device.test:443",
	},
	"http to https on its port": {
		from: "http://device.test", location: "https://device.test:80/y?z", url: "https://device.test:80/y?z",
		host: "device.test:80", address: "device.test:80",
	},
	"https to http":             {from: "https://device.test", location: "http://device.test/y?z", refused: true},
	"https to http on its port": {from: "https://device.test", location: "http://device.test:443/y?z", refused: true},
	"https to http elsewhere":   {from: "https://device.test", location: "http://other.test/y?z", refused: true},
}

// given are the fields of the caller in the table, and what becomes of each:
// origin ones go with the origin, content ones with the content.
var given = []struct{ name, value, goes string }{
	{"Accept", "a/b", ""},
	{"Host", "own.test", "first"},
	{"Authorization", "secret", "origin"},
	{"Range", "bytes=1-", ""},
	{"COOKIE", "c=d", "origin"},
	{"proxy-authorization", "proxy", "origin"},
	{"Content-Language", "en", "content"},
	{"content-encoding", "x", "content"},
	{"X-Content-Type", "x", ""},
	{"Referer", "http://before.test/", ""},
	{"X-Own", "1", ""},
	{"x-own", "2", ""},
	{"Connection", "Keep-Alive", ""},
}

// asked is a request of the table as it arrives.
func asked(method, target, host string, crossed, bare, body bool) string {
	s := method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + agent + "Accept-Encoding: identity\r\n"
	for _, f := range given {
		if f.goes == "first" || f.goes == "origin" && crossed || f.goes == "content" && bare {
			continue
		}
		s += f.name + ": " + f.value + "\r\n"
	}
	switch {
	case body && !bare:
		return s + "Content-Type: text/x\r\nContent-Length: 5\r\n\r\nhello"
	case method == "POST" || method == "PUT" || method == "PATCH":
		s += "Content-Length: 0\r\n"
	}
	return s + "\r\n"
}

// testRedirectTable is every status with every method and every pair of origins,
// with and without a Location and a body: the second request, byte for byte.
func testRedirectTable(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(redirectTable), "\n")
	methods := strings.Fields(lines[0])
	for _, line := range lines[1:] {
		cells := strings.Fields(line)
		status, _ := strconv.Atoi(cells[0])
		for i, method := range methods {
			for where, p := range places {
				for _, body := range []bool{true, false} {
					name := fmt.Sprintf("%d/%s/%s/body=%v", status, method, where, body)
					t.Run(name, func(t *testing.T) { redirected(t, status, method, cells[1+i], p, body) })
					t.Run(name+"/no Location", func(t *testing.T) {
						p := p
						p.location = ""
						redirected(t, status, method, "-", p, body)
					})
				}
			}
		}
	}
}

// redirected plays one cell of the table.
func redirected(t *testing.T, status int, method, then string, p place, body bool) {
	t.Parallel()
	is := is.New(t)
	redirect := fmt.Sprintf("HTTP/1.1 %d Moved\r\nContent-Length: 4\r\n", status)
	if p.location != "" {
		redirect += "Location: " + p.location + "\r\n"
	}
	redirect += "\r\n"
	text := ""
	if method != "HEAD" && status != 304 {
		text = "here"
	}
	final := "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
	if method != "HEAD" {
		final += "hi"
	}
	first, second := answering(redirect+text), answering(final)
	peer := zreqtest.NewPeer(t, append(first, second...), second)

	args := &zreq.Args{Driver: peer, TLS: &seal{}, Params: form.Values{{"p", "1 2"}}}
	for _, f := range given {
		args.Headers = append(args.Headers, [2]string{f.name, f.value})
	}
	if body {
		args.Body = form.Bytes([]byte("hello"), "text/x")
	}
	resp, err := zreq.Do(context.Background(), method, p.from+"/x/?q", args)
	is.True(resp != nil)
	defer func() {
		is.NoErr(resp.Connection.Close())
		is.Equal(peer.Open(), 0) // nothing is left open
	}()
	want := []string{asked(method, "/x/?q&p=1%202", "own.test", false, false, body)}
	if then == "-" || p.refused {
		is.Equal(errors.Is(err, zreq.ErrRedirect), then != "-") // a redirect not followed, or none
		is.Equal(err != nil, then != "-")
		is.Equal(resp.Status, status) // it is the response
		is.Equal(resp.URL(), p.from+"/x/?q&p=1%202")
		is.Equal(len(resp.History()), 0)
		is.Equal(fmt.Sprintf("%q", peer.Requests()), fmt.Sprintf("%q", want)) // one request
		if err == nil {
			is.Equal(content(is, resp), text) // with its content
		}
		return
	}
	is.NoErr(err)
	is.Equal(resp.Status, 200)
	is.Equal(resp.URL(), p.url)
	is.Equal(resp.History(), []zreq.Redirect{{Method: method, URL: p.from + "/x/?q&p=1%202", Status: status}})
	bare := then != "same"
	if bare {
		method = then
	}
	host := p.host
	if host == "" {
		host = "own.test"
	}
	want = append(want, asked(method, "/y?z", host, p.host != "", bare, body))
	is.Equal(fmt.Sprintf("%q", peer.Requests()), fmt.Sprintf("%q", want))
	if p.address == "" {
		is.Equal(peer.Dials(), 1) // the same connection
		return
	}
	is.Equal(peer.Addresses()[1:], []string{p.address}) // one more, to there
	is.Equal(peer.Open(), 1)                            // and the first is closed
}
