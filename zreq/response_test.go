package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

const rich = "HTTP/1.1 203 Not  quite OK \r\n" +
	"Set-Cookie: a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT\r\n" +
	"Content-Type:application/json\r\n" +
	"SET-cookie: b=2\r\n" +
	"X-Folded: one\r\n \t two\r\n   three\r\n" +
	"X-Empty:\r\n" +
	"X-Blank: \t in \t it \t\r\n" +
	"X-Colon: a:b\r\n" +
	"Transfer-Encoding: chunked\r\n\r\n"

// testResponseHead is what can be asked of a head, in OnHead and afterwards.
func testResponseHead(t *testing.T) {
	is := is.New(t)
	look := func(r *zreq.Response) {
		is.Helper()
		is.Equal(r.Status, 203)
		is.Equal(r.Proto, "HTTP/1.1")
		is.Equal(r.Reason(), "Not  quite OK")
		is.Equal(r.Header("content-TYPE"), "application/json") // without case
		is.Equal(r.Header("set-cookie"), "a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT")
		is.Equal(fmt.Sprintf("%q", r.Values("Set-Cookie")), `["a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT" "b=2"]`) // kept apart
		is.Equal(strings.Join(strings.Fields(r.Header("x-folded")), " "), "one two three")                          // folding is space
		is.True(!strings.ContainsAny(r.Header("x-folded"), "\r\n\t"))
		is.Equal(r.Header("x-empty"), "")
		is.Equal(len(r.Values("x-empty")), 1) // is there, and empty
		is.Equal(r.Header("x-blank"), "in \t it")
		is.Equal(r.Header("x-colon"), "a:b")
		is.Equal(r.Header("digest"), "") // trailers are no headers
		is.Equal(r.Header("x"), "")
		is.Equal(len(r.Values("")), 0)
		is.Equal(r.Len(), int64(-1))
		is.Equal(r.Framing(), zreq.FramingChunked)
		var names []string
		for name := range r.All() {
			names = append(names, name)
		}
		is.Equal(strings.Join(names, " "), "Set-Cookie Content-Type SET-cookie X-Folded X-Empty X-Blank X-Colon Transfer-Encoding")
		for range r.All() {
			break // may be left early
		}
	}
	calls := 0
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{
		Driver: answers(t, rich+"2\r\n{}\r\n0\r\nDigest: x\r\nX-Two: 1\r\nx-two: 2\r\n\r\n"),
		OnHead: func(r *zreq.Response) error {
			calls++
			look(r)
			is.Equal(r.Trailer("digest"), "") // not yet
			is.Equal(content(is, r), "")
			is.True(!r.Complete())
			return nil
		},
	})
	is.NoErr(err)
	is.Equal(calls, 1) // OnHead runs once
	look(resp)
	is.True(resp.Complete())
	is.Equal(resp.Trailer("DIGEST"), "x") // after the body
	is.Equal(resp.Trailer("x-two"), "1")
	is.Equal(resp.Trailer("Content-Type"), "") // headers are no trailers
	var trailers []string
	for name, value := range resp.Trailers() {
		trailers = append(trailers, name+"="+value)
	}
	is.Equal(strings.Join(trailers, " "), "Digest=x X-Two=1 x-two=2")
}

// testResponseContent is what can be asked of a body.
func testResponseContent(t *testing.T) {
	is := is.New(t)
	get := func(body string) *zreq.Response {
		is.Helper()
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, byLength(body))})
		is.NoErr(err)
		return resp
	}
	resp := get(`{"rev": 7, "é": [1, 2]}`)
	is.Equal(resp.Len(), int64(24))
	for range 2 { // as often as one likes
		text, err := resp.Text()
		is.NoErr(err)
		is.Equal(text, `{"rev": 7, "é": [1, 2]}`)
		var v struct{ Rev int }
		is.NoErr(resp.JSON(&v))
		is.Equal(v.Rev, 7)
	}
	is.True(get(`{} x`).JSON(new(any)) != nil) // bytes behind the value
	is.True(get("").JSON(new(any)) != nil)     // no value
	is.NoErr(get(" [1]\n").JSON(new(any)))     // white space is none
	empty, err := get("").Content()
	is.NoErr(err)
	is.Equal(len(empty), 0)
}

// testResponseURL is the URL that was asked for, without what is secret.
func testResponseURL(t *testing.T) {
	for url, want := range map[string]string{
		"http://device.test":             "http://device.test",
		"http://device.test/a?b=c":       "http://device.test/a?b=c",
		"http://u:p@device.test/a?b=c#d": "http://device.test/a?b=c",
		"http://u@device.test:8080#d":    "http://device.test:8080/",
		"http://@[::1]:80/":              "http://[::1]/",
		"http://device.test?b#c":         "http://device.test/?b",
	} {
		t.Run(url, func(t *testing.T) {
			is := is.New(t)
			resp, err := zreq.Get(context.Background(), url, &zreq.Args{Driver: answers(t, noContent)})
			is.NoErr(err)
			is.Equal(resp.URL(), want)
		})
	}
	is := is.New(t)
	resp, err := zreq.Get(context.Background(), "http://u:p@device.test?x#y", &zreq.Args{Driver: answers(t, noContent), Params: form.Values{{"a b", "c"}}})
	is.NoErr(err)
	is.Equal(resp.URL(), "http://device.test/?x&a%20b=c") // with Params
}

// testResponseDropHead keeps no copy of the head: OnHead sees it, nobody else.
func testResponseDropHead(t *testing.T) {
	is := is.New(t)
	peer := answers(t, rich+"2\r\n{}\r\n0\r\nDigest: x\r\n\r\n", byLength("next"))
	var into zreq.Response
	seen := ""
	s := new(sink)
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{
		Driver: peer, Headers: asks(), DropHead: true, StreamCallback: s.take, Into: &into,
		OnHead: func(r *zreq.Response) error { seen = r.Reason() + ", " + r.Header("x-blank"); return nil },
	})
	is.NoErr(err)
	is.Equal(seen, "Not  quite OK, in \t it")
	is.Equal(resp.Status, 203) // facts stay
	is.Equal(resp.Framing(), zreq.FramingChunked)
	is.Equal(resp.Trailer("digest"), "x")
	is.Equal(string(s.body), "{}")
	is.Equal(resp.Reason(), "") // fields do not
	is.Equal(resp.Header("x-blank"), "")
	for name := range resp.All() {
		t.Errorf("field %q is kept", name)
	}
	resp, err = zreq.Get(context.Background(), site, &zreq.Args{Into: &into, Connection: into.Connection})
	is.NoErr(err)
	is.Equal(resp.Header("content-length"), "4") // the next call keeps its own
	is.Equal(resp.Trailer("digest"), "")         // and nothing of the one before
	is.NoErr(resp.Connection.Close())
}

// testResponseOwnsItsHead: what was read of a head stays as it is through the
// calls that follow.
func testResponseOwnsItsHead(t *testing.T) {
	is := is.New(t)
	peer := answers(t, page(404, "a"), page(500, "b"))
	first, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks()})
	is.NoErr(err)
	_, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: first.Connection})
	is.NoErr(err)
	is.Equal(first.Status, 404)
	is.Equal(first.Header("Content-Length"), "1")
	is.Equal(content(is, first), "a")
	is.NoErr(first.Connection.Close())
}

// testResponseOnHead refuses by status, length or type, before the body.
func testResponseOnHead(t *testing.T) {
	errType := errors.New("not an image")
	for name, wire := range map[string]string{
		"200": rich + "2\r\n{}\r\n0\r\n\r\n",
		"404": page(404, "hello"),
		"206": part("0123456789", "bytes 0-9/10"),
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, wire)
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{
				Driver: peer, Headers: asks(), StreamCallback: func([]byte) error { panic("called") },
				OnHead: func(r *zreq.Response) error {
					if r.Header("Content-Type") != "image/x" {
						return errType
					}
					return nil
				},
			})
			is.True(errors.Is(err, errType))
			is.True(!errors.Is(err, zreq.ErrStatus)) // OnHead speaks first
			is.Equal(failure(is, err).Phase, zreq.PhaseHead)
			closed(is, peer, resp, zreq.CloseStopped)
		})
	}
}

// testResponseInformational: 1xx responses are skipped and never taken as final;
// what they say of a body does not count. They must not say it, so that what
// comes after the final response is in doubt.
func testResponseInformational(t *testing.T) {
	for name, before := range map[string]string{
		"100":                  "HTTP/1.1 100 Continue\r\n\r\n",
		"103, several":         "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </b>\r\n\r\n",
		"all kinds":            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 199 x\r\n\r\n",
		"with a length":        "HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n",
		"with a coding":        "HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n",
		"that closes":          "HTTP/1.0 100 Continue\r\nConnection: close\r\n\r\n",
		"with a bare LF":       "HTTP/1.1 100 Continue\n\n",
		"that bends the rules": "HTTP/1.1 100\r\nContent-Length: x\r\nContent-Length: 7\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			heads := 0
			peer := answers(t, before+byLength("final"), byLength("next"))
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks(), OnHead: func(r *zreq.Response) error {
				heads++
				is.Equal(r.Status, 200)
				return nil
			}})
			is.NoErr(err)
			is.Equal(heads, 1) // OnHead sees the final head alone
			is.Equal(content(is, resp), "final")
			is.Equal(resp.Header("Link"), "") // whose fields are its own
			if strings.Contains(before, "Content-Length") || strings.Contains(before, "Transfer-Encoding") || strings.Contains(before, "close") {
				is.True(resp.Connection == nil) // but doubt, and a close, stay
				return
			}
			next, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: resp.Connection})
			is.NoErr(err)
			is.Equal(content(is, next), "next")
			is.NoErr(next.Connection.Close())
		})
	}
	t.Run("and nothing after it", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, append(answering("HTTP/1.1 100 Continue\r\n\r\n"), zreqtest.Close()))
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer})
		is.True(resp == nil)
		is.True(errors.Is(err, zreq.ErrTruncated)) // a 100 is no answer
		is.Equal(peer.Open(), 0)
	})
}

// TestDropHeadOutlivesItsBuffer: with DropHead the head of a Response is a view
// of the window. When a call that waits for its next attempt ends, it gives the window
// back, and the Response may look into it no more: with Into, the next call would write
// its head there.
func TestDropHeadOutlivesItsBuffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		n := memnet.New()
		serveEach(t, n, nil, func(path string) string {
			if path == "/busy" {
				return "HTTP/1.1 503 Busy\r\nRetry-After: 20\r\nX-A: mine\r\nContent-Length: 0\r\n\r\n"
			}
			return "HTTP/1.1 200 OK\r\nX-Secret: of-another-call\r\nContent-Length: 2\r\n\r\nhi"
		})
		s := &zreq.Session{Driver: hoarding(t, n)}
		defer s.Close()
		ctx, cancel := context.WithCancel(context.Background())
		go func() {
			time.Sleep(time.Second)
			cancel()
		}()
		resp, err := s.Get(ctx, "http://a.test/busy", &zreq.Args{DropHead: true})
		is.True(err != nil)
		is.True(resp != nil)
		is.Equal(resp.Header("X-A"), "") // DropHead: only in OnHead
		for range 20 {
			_, err := s.Get(context.Background(), "http://a.test/other", nil)
			is.NoErr(err)
		}
		for name, value := range resp.All() {
			t.Errorf("a field of what is not there: %s: %s", name, value)
		}
	})
}

// TestIntoKeepsTheContent: a body of known length takes as much memory as it is long, and the
// next one in the same Response takes none.
func TestIntoKeepsTheContent(t *testing.T) {
	is := is.New(t)
	var into zreq.Response
	var first []byte
	for _, size := range []int{3001, 3001, 2000} {
		_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, byLength(numbered(size))), Into: &into})
		is.NoErr(err)
		p, err := into.Content()
		is.NoErr(err)
		is.Equal(string(p), numbered(size))
		is.Equal(cap(p), 3001)
		if first == nil {
			first = p
		}
		is.True(&p[0] == &first[0])
	}
}

// TestDropHeadInto: nor do two calls share a buffer by it.
func TestDropHeadInto(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		n := memnet.New()
		serveEach(t, n, nil, func(path string) string {
			if path == "/busy" {
				return "HTTP/1.1 503 Busy\r\nRetry-After: 20\r\nX-Pad: " + strings.Repeat("p", 3000) + "\r\nContent-Length: 0\r\n\r\n"
			}
			if path == "/head" {
				return "HTTP/1.1 200 OK\r\nX-Evil: " + strings.Repeat("E", 2000) + "\r\nContent-Length: 0\r\n\r\n"
			}
			return "HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n" + strings.Repeat("g", 3000)
		})
		s := &zreq.Session{Driver: hoarding(t, n)}
		defer s.Close()
		bad := 0
		for range 50 {
			ctx, cancel := context.WithCancel(context.Background())
			go func() {
				time.Sleep(time.Second)
				cancel()
			}()
			var into zreq.Response
			_, err := s.Get(ctx, "http://a.test/busy", &zreq.Args{DropHead: true, Into: &into})
			is.True(err != nil)
			var got []byte
			first := true
			_, err = s.Get(context.Background(), "http://a.test/good", &zreq.Args{StreamChunk: 512, StreamCallback: func(chunk []byte) error {
				if first { // the window holds what comes next
					first = false
					_, _ = s.Get(context.Background(), "http://a.test/head", &zreq.Args{Into: &into})
				}
				got = append(got, chunk...)
				return nil
			}})
			is.NoErr(err)
			if string(got) != strings.Repeat("g", 3000) {
				bad++
			}
		}
		is.Equal(bad, 0) // a call that was good has the bytes of another in its body
	})
}
