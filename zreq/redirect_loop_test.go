package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

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

// testRedirectDowngrade: from https to http none is followed, also not later.
func testRedirectDowngrade(t *testing.T) {
	is := is.New(t)
	peer := each(t, moved(302, "https://device.test/y"), moved(302, "http://device.test/z"))
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, TLS: &seal{}})
	is.True(errors.Is(err, zreq.ErrRedirect))
	is.True(strings.Contains(err.Error(), "https to http"))
	is.Equal(resp.URL(), "https://device.test/y")
	is.Equal(len(resp.History()), 1)
	is.Equal(peer.Dials(), 2)
	is.Equal(peer.Open(), 0)
}
