package zreq_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testRedirectAsks: OnRedirect is asked before each hop, with the response as it
// came and the URL that it means.
func testRedirectAsks(t *testing.T) {
	for name, drop := range map[string]bool{"the head is kept": false, "the head is dropped": true} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := each(t,
				"HTTP/1.1 301 Gone there\r\nLocation: y?a#b\r\nSet-Cookie: c=d\r\nContent-Length: 4\r\n\r\nhere",
				moved(303, "https://other.test"), byLength("hi"))
			var said []string
			resp, err := zreq.Post(context.Background(), "http://u:p@device.test/x", &zreq.Args{
				Driver: peer, TLS: &seal{}, DropHead: drop,
				OnRedirect: func(r *zreq.Response, url string) error {
					said = append(said, r.Reason()+" "+url)
					is.True(r.Connection == nil)
					is.Equal(len(r.History()), len(said)-1)
					is.Equal(len(peer.Requests()), len(said)) // before anything more goes out
					p, err := r.Content()
					is.True(len(p) == 0 && err == nil) // which nobody has read
					if len(said) == 1 {
						is.Equal(r.Status, 301)
						is.Equal(r.Header("Set-Cookie"), "c=d")
						is.Equal(r.Header("location"), "y?a#b") // as it came
						is.Equal(r.URL(), site)
						is.Equal(r.Len(), int64(4))
					}
					return nil
				},
			})
			is.NoErr(err)
			is.Equal(said, []string{"Gone there http://device.test/y?a", "Moved https://other.test/"})
			is.Equal(resp.Status, 200)
			is.Equal(resp.URL(), "https://other.test/")
			is.Equal(resp.History(), []zreq.Redirect{{Method: "POST", URL: site, Status: 301}, {Method: "GET", URL: "http://device.test/y?a", Status: 303}})
			is.Equal(resp.Header("Content-Length"), map[bool]string{false: "2", true: ""}[drop])
			is.Equal(peer.Open(), 0)
		})
	}
	t.Run("not of what is not followed", func(t *testing.T) {
		for _, answer := range []string{moved(302, "ftp://x"), moved(302, ""), moved(300, "/y"), moved(304, "/y"), moved(201, "/y"), moved(404, "/y")} {
			is := is.New(t)
			_, _ = zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, answer), OnRedirect: func(*zreq.Response, string) error {
				t.Error("asked")
				return nil
			}})
			_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, moved(302, "/y")), MaxRedirects: -1, OnRedirect: func(*zreq.Response, string) error {
				t.Error("asked")
				return nil
			}})
			is.NoErr(err)
		}
	})
}

// testRedirectRefused: an error of OnRedirect ends the call, ErrStop without one;
// nothing more is dialled, and what was is closed.
func testRedirectRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		location string
		refusal  error
	}{
		"error":                {"/y", errFull},
		"error, elsewhere":     {"//other.test/", errFull},
		"ErrStop":              {"/y", zreq.ErrStop},
		"ErrStop, elsewhere":   {"//other.test/", zreq.ErrStop},
		"ErrStop and a reason": {"/y", errors.Join(errFull, zreq.ErrStop)},
	} {
		for mode, set := range map[string]func(*zreq.Args){
			"content":  func(*zreq.Args) {},
			"callback": func(a *zreq.Args) { a.StreamCallback = func([]byte) error { return errors.New("called") } },
			"Stream":   func(a *zreq.Args) { a.Stream = true },
		} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, answering(moved(302, "/2"), moved(302, tt.location), byLength("hi")), answering(byLength("hi")))
				args := &zreq.Args{Driver: peer, Headers: asks(), OnRedirect: func(r *zreq.Response, _ string) error {
					if len(r.History()) == 0 {
						return nil
					}
					return tt.refusal
				}}
				set(args)
				resp, err := zreq.Get(context.Background(), site, args)
				if errors.Is(tt.refusal, zreq.ErrStop) {
					is.NoErr(err)
				} else {
					is.True(errors.Is(err, tt.refusal)) // wrapped
					is.True(!errors.Is(err, zreq.ErrRedirect))
					is.True(!zreq.SafeToRetry(err))
					is.Equal(failure(is, err).URL, "http://device.test/2")
				}
				is.Equal(resp.Status, 302) // the redirect is the answer
				is.Equal(resp.Header("Location"), tt.location)
				is.Equal(len(resp.History()), 1)
				is.True(!resp.Complete())
				is.Equal(len(peer.Requests()), 2)
				closed(is, peer, resp, zreq.CloseStopped)
			})
		}
	}
}

// TestRedirectPanic: a panic of OnRedirect leaks nothing.
func TestRedirectPanic(t *testing.T) {
	for name, end := range map[string]func(){"panic": func() { panic("oops") }, "Goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, answering(moved(302, "/y")), answering(byLength("again")))
			conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
			is.NoErr(err)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			over := make(chan struct{})
			go func() {
				defer close(over)
				defer func() { _ = recover() }()
				_, _ = zreq.Get(ctx, site, &zreq.Args{Connection: conn, OnRedirect: func(*zreq.Response, string) error { end(); return nil }})
				t.Error("the call returned")
			}()
			<-over
			is.Equal(peer.Open(), 0)
			resp, err := zreq.Get(ctx, site, &zreq.Args{Connection: conn})
			is.NoErr(err) // the connection is free, and dials again
			is.Equal(content(is, resp), "again")
			is.NoErr(conn.Close())
		})
	}
}

// testRedirectFinalOnly: callbacks get the final head and the final body, whatever
// the redirects had.
func testRedirectFinalOnly(t *testing.T) {
	body := numbered(3000)
	first := "HTTP/1.1 302 Found\r\nLocation: /y\r\nX-First: 1\r\nContent-Length: 4\r\n\r\nhere"
	second := "HTTP/1.1 307 Found\r\nLocation: //other.test/z\r\nX-Second: 1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks(numbered(2000)) + "0\r\nDigest: no\r\n\r\n"
	for name, wire := range map[string]string{"length": byLength(body), "chunked": byChunks(body), "until close": byClose(body)} {
		for _, mode := range []string{"callback", "any status", "Stream", "content"} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				is := is.New(t)
				s := &sink{modify: true}
				heads := 0
				peer := zreqtest.NewPeer(t, answering(first, second), append(answering(wire), zreqtest.CloseWrite()))
				args := &zreq.Args{Driver: peer, Headers: asks(), AllowUnframed: true, OnHead: func(r *zreq.Response) error {
					heads++
					is.Equal(r.Status, 200)
					is.Equal(r.Header("X-First")+r.Header("X-Second"), "")
					is.Equal(len(r.History()), 2)
					return nil
				}}
				switch mode {
				case "any status":
					args.StreamAnyStatus = true
					fallthrough
				case "callback":
					args.StreamCallback = s.take
				case "Stream":
					args.Stream = true
				}
				resp, err := zreq.Get(context.Background(), site, args)
				is.NoErr(err)
				is.Equal(heads, 1)
				if args.StreamCallback != nil {
					for i := range s.body {
						is.True(s.body[i] == body[i]) // each byte once
					}
					is.Equal(len(s.body), len(body))
				} else {
					is.True(content(is, resp) == body)
				}
				is.Equal(resp.Header("X-First")+resp.Header("X-Second"), "") // nothing is left of them
				is.Equal(resp.Trailer("Digest"), map[bool]string{true: "x"}[name == "chunked"])
				is.NoErr(resp.Connection.Close())
				is.Equal(peer.Open(), 0)
			})
		}
	}
	t.Run("an error page", func(t *testing.T) {
		is := is.New(t)
		s := new(sink)
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: each(t, first, page(404, "lost")), StreamCallback: s.take})
		is.True(errors.Is(err, zreq.ErrStatus))
		is.Equal(resp.Status, 404)
		is.Equal(content(is, resp), "lost")
		is.Equal(len(s.sizes), 0)
	})
}

// TestRedirectInto: a Response that is used again keeps nothing of the call before.
func TestRedirectInto(t *testing.T) {
	is := is.New(t)
	var into zreq.Response
	peer := answers(t, moved(302, "/y"), byLength("one"), byLength("two"), moved(307, "/z"), byLength("three"), moved(302, "ftp:/x"))
	args := &zreq.Args{Driver: peer, Headers: asks(), Into: &into}
	get := func(want string, history ...zreq.Redirect) {
		t.Helper()
		is.Helper()
		args.Connection = into.Connection
		resp, err := zreq.Get(context.Background(), site, args)
		is.NoErr(err)
		is.True(resp == &into)
		is.Equal(content(is, resp), want)
		is.Equal(len(resp.History()), len(history))
		for i := range history {
			is.Equal(resp.History()[i], history[i])
		}
	}
	get("one", zreq.Redirect{Method: "GET", URL: site, Status: 302})
	before := into.History()
	get("two") // none
	is.Equal(into.URL(), site)
	get("three", zreq.Redirect{Method: "GET", URL: site, Status: 307})
	is.Equal(before[0].Status, 302) // what was taken from it stays
	args.Connection = into.Connection
	resp, err := zreq.Get(context.Background(), site, args)
	is.True(errors.Is(err, zreq.ErrRedirect))
	is.True(resp == &into)
	is.Equal(resp.Status, 302)
	is.Equal(len(resp.History()), 0)
	is.Equal(content(is, resp), "")
	is.Equal(peer.Dials(), 1)
	is.NoErr(into.Connection.Close())
}

// TestRedirectDropsTheHead: with DropHead the head is a view of a buffer that goes
// back to the pool, also if the call ends between two connections.
func TestRedirectDropsTheHead(t *testing.T) {
	for name, location := range map[string]string{"cancelled": "http://other.test/y", "no TLS": "https://other.test/y"} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			var into zreq.Response
			_, err := zreq.Get(ctx, site, &zreq.Args{Driver: each(t, moved(302, location)), Into: &into, DropHead: true, OnRedirect: func(*zreq.Response, string) error {
				if name == "cancelled" {
					cancel()
				}
				return nil
			}})
			is.True(err != nil)
			for name, value := range into.All() {
				t.Errorf("a view is left: %s: %s", name, value)
			}
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, "HTTP/1.1 204 Kept\r\nA: b\r\n\r\n"), Into: &into})
			is.NoErr(err)
			_, err = zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, noContent)})
			is.NoErr(err)
			is.Equal(resp.Header("A"), "b") // a Response owns its head
		})
	}
	t.Run("followed", func(t *testing.T) {
		is := is.New(t)
		var into zreq.Response
		followed := 0
		_, err := zreq.Get(context.Background(), site, &zreq.Args{
			Driver: each(t, moved(302, "http://other.test/y"), noContent), Into: &into, DropHead: true,
			Trace: traceFunc(func(e zreq.Event) {
				if e.Kind == zreq.EventRedirect {
					followed++
					is.Equal(into.Header("Location"), "") // the buffer is back in the pool
				}
			}),
		})
		is.NoErr(err)
		is.Equal(followed, 1)
	})
}

// TestRedirectRange: Range goes along, and the part must be the one asked for.
func TestRedirectRange(t *testing.T) {
	for name, tt := range map[string]struct {
		answer string
		want   error
	}{
		"the part":      {part("56789", "bytes 5-9/10"), nil},
		"another part":  {part("01234", "bytes 0-4/10"), zreq.ErrStatus},
		"the whole":     {byLength("0123456789"), zreq.ErrStatus},
		"not to be had": {page(416, ""), zreq.ErrStatus},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := new(sink)
			peer := each(t, moved(302, "/y"), moved(307, "//other.test/"), tt.answer)
			_, err := zreq.Get(context.Background(), site, &zreq.Args{
				Driver: peer, StreamCallback: s.take, Headers: zreq.Headers{{"range", "bytes=5-9"}, {"If-Range", `"v1"`}}, Omit: []string{"User-Agent"},
			})
			is.True(errors.Is(err, tt.want))
			is.Equal(string(s.body), map[bool]string{true: "56789"}[tt.want == nil])
			for _, r := range peer.Requests() {
				is.True(strings.HasSuffix(r, "\r\nrange: bytes=5-9\r\nIf-Range: \"v1\"\r\nConnection: close\r\n\r\n"))
			}
		})
	}
}

// TestRedirectToOneselfByGET: a reference without path and query means the URL that
// was asked for, Params included (RFC 3986, 5.2.2), and is none to itself after a
// POST.
func TestRedirectToOneselfByGET(t *testing.T) {
	for _, location := range []string{"#top", "# top"} {
		is := is.New(t)
		peer := each(t, moved(303, location), byLength("hi"))
		resp, err := zreq.Post(context.Background(), "http://u:p@device.test/x?a=1", &zreq.Args{Driver: peer, Params: form.Values{{"b", "2"}}})
		is.NoErr(err)
		is.Equal(lines(peer), []string{"POST /x?a=1&b=2 device.test", "GET /x?a=1&b=2 device.test"})
		is.Equal(resp.URL(), "http://device.test/x?a=1&b=2")                               // as it was sent
		is.True(strings.Contains(peer.Requests()[1], "\r\nAuthorization: Basic dTpw\r\n")) // it is the same origin
	}
}

// TestAuthFailsAfterAnEarlyAnswer: that the request could not be sent is forgotten
// when it was answered, and the error is that of Authorize.
func TestAuthFailsAfterAnEarlyAnswer(t *testing.T) {
	is := is.New(t)
	own := errors.New("no key")
	peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Send(challenged("New")), zreqtest.CloseWrite(), zreqtest.Close()})
	resp, err := zreq.Post(context.Background(), site, &zreq.Args{
		Driver: memnet.Bare(peer), Body: strings.NewReader(numbered(1 << 20)),
		Auth: &asker{give: func(r zreq.AuthRequest) (string, error) {
			if r.Refused == nil {
				return "", nil
			}
			return "", own
		}},
	})
	is.True(errors.Is(err, own))
	is.True(!errors.Is(err, zreq.ErrConnect)) // it did not fail
	is.Equal(resp.Status, 401)
	is.Equal(peer.Open(), 0)
}

// TestRedirectKeepsHomeWithoutAConnection: the caller's Connection is in the Response
// also if there is none for the other origin, so that a loop does not lose it.
func TestRedirectKeepsHomeWithoutAConnection(t *testing.T) {
	is := is.New(t)
	var into zreq.Response
	peer := answers(t, byLength("one"), moved(302, "https://other.test/"), byLength("two"))
	args := &zreq.Args{Driver: peer, Headers: asks(), Into: &into}
	for _, want := range []error{nil, zreq.ErrNoTLS, nil} {
		_, err := zreq.Get(context.Background(), site, args)
		is.True(errors.Is(err, want))
		is.True(into.Connection != nil) // it is free, and as it was
		args.Connection = into.Connection
	}
	is.Equal(content(is, &into), "two")
	is.Equal(peer.Dials(), 1)
	is.NoErr(into.Connection.Close())
	is.Equal(peer.Open(), 0)
}

// TestRedirectErrorIsOfWhatWasSent: an error beside a redirect names the request that
// the redirect answered.
func TestRedirectErrorIsOfWhatWasSent(t *testing.T) {
	is := is.New(t)
	peer := each(t, moved(303, "/"+strings.Repeat("y", 300)))
	_, err := zreq.Post(context.Background(), site, &zreq.Args{Driver: peer, Limits: zreq.Limits{RequestBytes: 200}})
	is.True(errors.Is(err, zreq.ErrRedirect))
	is.True(errors.Is(err, zreq.ErrTooLarge))
	is.Equal(failure(is, err).URL, site)
	is.Equal(failure(is, err).Method, "POST")
}
