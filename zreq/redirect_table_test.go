package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// storm is a peer that sends a call from /1 to /2 and so on, n times, each time on
// a new connection, and then answers it.
func storm(t *testing.T, n int) *zreqtest.Peer {
	t.Helper()
	var responses []string
	for i := range n {
		responses = append(responses, moved(302, fmt.Sprintf("/%d", i+2)))
	}
	return each(t, append(responses, byLength("hi"))...)
}

// testRedirectLimit: as many are followed as MaxRedirects says, and not one more.
func testRedirectLimit(t *testing.T) {
	for name, tt := range map[string]struct{ limit, redirects, followed int }{
		"default, none":      {0, 0, 0},
		"default, within":    {0, 5, 5},
		"default, one over":  {0, 6, 5},
		"one, at it":         {1, 1, 1},
		"one, over":          {1, 2, 1},
		"many, at it":        {40, 40, 40},
		"many, one over":     {40, 41, 40},
		"off":                {-1, 1, 0},
		"off, another value": {-5, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := storm(t, tt.redirects)
			resp, err := zreq.Get(context.Background(), "http://device.test/1", &zreq.Args{Driver: peer, MaxRedirects: tt.limit})
			is.Equal(len(peer.Requests()), tt.followed+1)
			is.Equal(len(resp.History()), tt.followed)
			for i, hop := range resp.History() {
				is.Equal(hop, zreq.Redirect{Method: "GET", URL: fmt.Sprintf("http://device.test/%d", i+1), Status: 302}) // in their order
			}
			last := fmt.Sprintf("http://device.test/%d", tt.followed+1)
			is.Equal(resp.URL(), last)
			is.Equal(peer.Open(), 0)
			switch {
			case tt.limit < 0:
				is.NoErr(err) // it is a response like any other
				is.Equal(resp.Status, 302)
				is.Equal(resp.Header("Location"), "/2")
			case tt.followed == tt.redirects:
				is.NoErr(err)
				is.Equal(resp.Status, 200)
			default:
				is.True(errors.Is(err, zreq.ErrRedirect))
				is.True(strings.Contains(err.Error(), "MaxRedirects")) // the knob
				is.Equal(resp.Status, 302)                             // the last one
				is.Equal(resp.Header("Location"), fmt.Sprintf("/%d", tt.followed+2))
				is.Equal(failure(is, err).URL, last)
			}
		})
	}
	t.Run("off, with a callback", func(t *testing.T) {
		is := is.New(t)
		s := new(sink)
		peer := answers(t, "HTTP/1.1 302 Found\r\nLocation: /2\r\nContent-Length: 4\r\n\r\nhere")
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, MaxRedirects: -1, StreamCallback: s.take})
		is.True(errors.Is(err, zreq.ErrStatus)) // it is not the thing that was asked for
		is.Equal(resp.Status, 302)
		is.Equal(len(s.sizes), 0)
	})
	t.Run("off, with a callback for anything", func(t *testing.T) {
		is := is.New(t)
		s := new(sink)
		peer := answers(t, "HTTP/1.1 302 Found\r\nLocation: /2\r\nContent-Length: 4\r\n\r\nhere")
		_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, MaxRedirects: -1, StreamCallback: s.take, StreamAnyStatus: true})
		is.NoErr(err)
		is.Equal(string(s.body), "here")
	})
	t.Run("off, read", func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, "HTTP/1.1 302 Found\r\nLocation: /2\r\nContent-Length: 4\r\n\r\nhere")
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, MaxRedirects: -1, Stream: true})
		is.NoErr(err)
		is.Equal(content(is, resp), "here")
		is.True(errors.Is(resp.Fit(), zreq.ErrStatus))
	})
}

// testRedirectLoop: a redirect to a URL that was asked for before is followed like any
// other, since the answer may be another one by then. MaxRedirects bounds a loop.
func testRedirectLoop(t *testing.T) {
	for name, tt := range map[string]struct {
		method string
		chain  []string
	}{
		"to itself":               {"GET", []string{moved(302, "/x")}},
		"to itself, a fragment":   {"GET", []string{moved(301, "/x#y")}},
		"to itself, absolute":     {"GET", []string{moved(308, site)}},
		"to itself, by HEAD":      {"HEAD", []string{moved(303, "x")}},
		"to itself, a POST":       {"POST", []string{moved(307, "/x")}},
		"of two":                  {"GET", []string{moved(302, "/y"), moved(302, "/x")}},
		"of two, not the first":   {"GET", []string{moved(302, "/y"), moved(302, "/z"), moved(302, "/y")}},
		"of two hosts":            {"GET", []string{moved(302, "http://other.test/"), moved(302, site)}},
		"of three":                {"PUT", []string{moved(307, "/y"), moved(308, "/z"), moved(301, "/x")}},
		"a POST that becomes GET": {"POST", []string{moved(303, "/y"), moved(302, "/z"), moved(302, "/y")}},
		"see other, itself twice": {"POST", []string{moved(303, "/x"), moved(303, "/x")}},
	} {
		for _, session := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/session %t", name, session), func(t *testing.T) {
				is := is.New(t)
				do := zreq.Do
				if session {
					s := new(zreq.Session)
					defer s.Close()
					do = s.Do
				}
				last := byLength("hi")
				if tt.method == "HEAD" {
					last = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
				}
				peer := each(t, append(slices.Clone(tt.chain), last)...)
				resp, err := do(context.Background(), tt.method, site, &zreq.Args{Driver: peer, Headers: zreq.Headers{{"Connection", "close"}}})
				is.NoErr(err)
				is.Equal(resp.Status, 200)
				is.Equal(len(peer.Requests()), len(tt.chain)+1)
				is.Equal(len(resp.History()), len(tt.chain))
			})
		}
		t.Run(name+"/without end", func(t *testing.T) {
			is := is.New(t)
			peer := each(t, append(slices.Clone(tt.chain), moved(307, site))...)
			resp, err := zreq.Do(context.Background(), tt.method, site, &zreq.Args{Driver: peer, MaxRedirects: len(tt.chain)})
			is.True(errors.Is(err, zreq.ErrRedirect))
			is.True(strings.Contains(err.Error(), "MaxRedirects")) // the knob
			is.Equal(len(peer.Requests()), len(tt.chain)+1)        // none more
			is.Equal(resp.Header("Location"), site)                // the last response
			is.Equal(peer.Open(), 0)
		})
	}
}

// testRedirectErrorKeeps: an error of a redirect holds the response, whose head can
// be read and whose content was not, and the connection if that can be used again.
func testRedirectErrorKeeps(t *testing.T) {
	for name, tt := range map[string]struct {
		answer string
		why    zreq.CloseReason
	}{
		"no content":    {"Content-Length: 0\r\n\r\n", zreq.CloseNone},
		"a small one":   {"Content-Length: 4096\r\n\r\n" + numbered(4096), zreq.CloseNone},
		"a large one":   {"Content-Length: 40000\r\n\r\n" + numbered(40_000), zreq.CloseUnread},
		"chunked":       {"Transfer-Encoding: chunked\r\n\r\n4\r\nhere\r\n0\r\n\r\n", zreq.CloseNone},
		"one for close": {"Connection: close\r\nContent-Length: 0\r\n\r\n", zreq.CloseByPeer},
		"leftover":      {"Content-Length: 4\r\n\r\nhere and", zreq.CloseLeftover},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, moved(302, "/y"), "HTTP/1.1 307 Loop\r\nA: b\r\nLocation: ftp:/y\r\n"+tt.answer)
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks()})
			is.True(errors.Is(err, zreq.ErrRedirect))
			is.Equal(resp.Status, 307)
			is.Equal(resp.Reason(), "Loop")
			is.Equal(resp.Header("A"), "b")
			is.Equal(resp.History(), []zreq.Redirect{{Method: "GET", URL: site, Status: 302}}) // those before it
			is.True(!resp.Complete())
			p, broken := resp.Content()
			is.Equal(len(p), 0)
			is.Equal(broken, err) // which says why there is no content
			_, broken = resp.Text()
			is.Equal(broken, err)
			is.Equal(resp.JSON(new(any)), err)
			e := failure(is, err)
			is.Equal(e.Phase, zreq.PhaseHead)
			is.Equal(e.URL, "http://device.test/y")
			is.Equal(e.Attempt, 1)
			is.Equal(e.Sent, int64(len(strings.Join(peer.Requests(), "")))) // of all requests
			is.Equal(e.Received, int64(0))
			is.True(!zreq.SafeToRetry(err))
			is.True(!errors.Is(err, zreq.ErrStatus) && !errors.Is(err, zreq.ErrResponse))
			if tt.why != zreq.CloseNone {
				closed(is, peer, resp, tt.why)
				return
			}
			is.Equal(peer.Open(), 1)
			is.NoErr(resp.Connection.Close())
		})
	}
}
