package zreq_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// contents are bodies that can be sent twice, made anew for each call.
var contents = map[string]func(t *testing.T, args *zreq.Args){
	"form":            func(_ *testing.T, a *zreq.Args) { a.Data = pairs },
	"an empty form":   func(_ *testing.T, a *zreq.Args) { a.Data = form.Values{} },
	"JSON":            func(_ *testing.T, a *zreq.Args) { a.JSON = form.JSON(map[string]int{"a": 1}) },
	"multipart":       func(t *testing.T, a *zreq.Args) { a.Files, a.Data = parts(t), pairs },
	"bytes":           func(_ *testing.T, a *zreq.Args) { a.Body = form.Bytes([]byte("hello"), "a/b") },
	"a reader":        func(_ *testing.T, a *zreq.Args) { a.Body = strings.NewReader(numbered(50_000)) },
	"a section":       func(_ *testing.T, a *zreq.Args) { a.Body = io.NewSectionReader(strings.NewReader("hello"), 1, 3) },
	"a sender":        func(_ *testing.T, a *zreq.Args) { a.Body = &sender{Reader: bytes.NewReader([]byte(numbered(50_000)))} },
	"chunked, Rewind": func(_ *testing.T, a *zreq.Args) { a.Body = &unmeasured{again{text: numbered(9000)}} },
	"chunked, Seek":   func(_ *testing.T, a *zreq.Args) { a.Body = seekable{strings.NewReader("hello")} },
	"read in part": func(_ *testing.T, a *zreq.Args) {
		r := strings.NewReader("well, hello")
		_, _ = r.Seek(6, io.SeekStart)
		a.Body = r
	},
}

// seekable is a body of unknown size.
type seekable struct{ io.ReadSeeker }

// testRedirectBody: a body goes out again as it was, whole and in its framing, on
// a kept connection and on a new one.
func testRedirectBody(t *testing.T) {
	for name, give := range contents {
		for where, location := range map[string]string{"same origin": "/y", "other origin": "http://other.test/y"} {
			for method, status := range map[string]int{"POST": 307, "PUT": 301, "PATCH": 308, "DELETE": 302, "GET": 307} {
				t.Run(fmt.Sprintf("%s/%s/%s %d", name, where, method, status), func(t *testing.T) {
					is := is.New(t)
					first := answering(moved(status, location))
					peer := zreqtest.NewPeer(t, append(first, answering(noContent)...), answering(noContent))
					args := &zreq.Args{Driver: peer, Headers: asks(), Omit: []string{"User-Agent"}}
					give(t, args)
					resp, err := zreq.Do(context.Background(), method, site, args)
					is.NoErr(err)
					is.Equal(len(peer.Requests()), 2)
					want, got := carried(t, peer.Requests()[0]), carried(t, peer.Requests()[1])
					is.True(got == want) // type, framing and content as before
					is.True(strings.Contains(want, "Content-Length: ") || strings.Contains(want, "chunked"))
					is.NoErr(resp.Connection.Close())
				})
			}
		}
	}
}

// carried is a request from its second field on, with its content in one piece.
func carried(t *testing.T, request string) string {
	t.Helper()
	_, rest, _ := strings.Cut(request, ".test\r\n")
	head, body, _ := strings.Cut(rest, "\r\n\r\n")
	if strings.HasSuffix(head, "chunked") {
		body = dechunk(t, body)
	}
	return head + "\n" + body
}

// testRedirectBodyOnce: a body that cannot be taken back is not sent a second
// time, nor is a part of it: the redirect is the response beside the error.
func testRedirectBodyOnce(t *testing.T) {
	once := map[string]func() io.Reader{
		"a stream":                func() io.Reader { return stream{strings.NewReader("hello")} },
		"a stream of known size":  func() io.Reader { return measured{strings.NewReader("hello"), 5} },
		"its Rewind fails":        func() io.Reader { return &rewindable{Reader: strings.NewReader("hello"), fine: 1} },
		"multipart with a stream": func() io.Reader { return form.Files(form.File{Field: "f", Content: stream{strings.NewReader("x")}}) },
	}
	for name, body := range once {
		for _, location := range []string{"/y", "http://other.test/y"} {
			for _, status := range []int{307, 308, 301, 302} {
				t.Run(fmt.Sprintf("%s/%s/%d", name, location, status), func(t *testing.T) {
					is := is.New(t)
					peer := zreqtest.NewPeer(t, answering(moved(status, location), noContent), answering(noContent))
					resp, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks(), Body: body()})
					is.True(errors.Is(err, zreq.ErrRedirect))
					is.True(!errors.Is(err, zreq.ErrBody))
					is.True(!zreq.SafeToRetry(err))
					is.Equal(resp.Status, status)
					is.Equal(resp.Header("Location"), location)
					is.Equal(len(resp.History()), 0)
					is.Equal(peer.Dials(), 1)
					is.Equal(len(peer.Requests()), 1)
					is.Equal(failure(is, err).Sent, int64(len(peer.Requests()[0])))
					is.NoErr(resp.Connection.Close()) // the connection is fine
				})
			}
			t.Run(name+"/"+location+"/303", func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, answering(moved(303, location), noContent), answering(noContent))
				resp, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks(), Body: body()})
				is.NoErr(err) // which needs none
				is.True(strings.HasPrefix(peer.Requests()[1], "GET /y HTTP/1.1\r\n"))
				is.True(!strings.Contains(peer.Requests()[1], "Content-") && !strings.Contains(peer.Requests()[1], "Transfer-"))
				is.NoErr(resp.Connection.Close())
			})
		}
	}
}

// rewindable is a body whose Rewind works so many times.
type rewindable struct {
	io.Reader
	fine int
}

func (r *rewindable) Rewind() error {
	if r.fine--; r.fine < 0 {
		return errSpoilt
	}
	return nil
}

// testRedirectBodyGone: once a redirect has taken the body away it stays away, and
// with it what Headers say of it.
func testRedirectBodyGone(t *testing.T) {
	is := is.New(t)
	peer := answers(t, moved(303, "/y"), moved(307, "/z"), noContent)
	resp, err := zreq.Put(context.Background(), site, &zreq.Args{
		Driver: peer, Body: form.Bytes([]byte("hello"), "a/b"), Omit: []string{"User-Agent"},
		Headers: zreq.Headers{{"Content-Type", "c/d"}, {"CONTENT-MD5", "x"}, {"Contents", "y"}, {"Connection", "keep-alive"}},
	})
	is.NoErr(err)
	is.True(strings.HasSuffix(peer.Requests()[0], "Content-Length: 5\r\n\r\nhello"))
	for i, target := range []string{"/y", "/z"} {
		want := "GET " + target + " HTTP/1.1\r\nHost: device.test\r\nContents: y\r\nConnection: keep-alive\r\n\r\n"
		is.Equal(peer.Requests()[1+i], want)
	}
	is.NoErr(resp.Connection.Close())
}

// TestRedirectExpect: a redirect instead of the word that the body is wanted costs
// no body. Nothing of it was read, so that even a stream goes on elsewhere.
func TestRedirectExpect(t *testing.T) {
	for name, tt := range map[string]struct {
		status   int
		location string
		method   string
		asked    bool
	}{
		"307, same origin":  {307, "/y", "PUT", true},
		"307, other origin": {307, "http://other.test/y", "PUT", true},
		"303":               {303, "/y", "GET", false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				refusal := []zreqtest.Step{zreqtest.Head(), zreqtest.Send(moved(tt.status, tt.location)), zreqtest.Hold()}
				then := []zreqtest.Step{zreqtest.Head(), zreqtest.Send(noContent)}
				if tt.asked {
					then = []zreqtest.Step{zreqtest.Head(), zreqtest.Send(goOn), zreqtest.Read(len("5\r\nhello\r\n0\r\n\r\n")), zreqtest.Send(noContent)}
				}
				peer := zreqtest.NewPeer(t, refusal, then)
				resp, err := asking(peer, zreq.Args{Body: stream{strings.NewReader("hello")}, Headers: asks()})
				is.NoErr(err)
				is.Equal(resp.Status, 204)
				is.Equal(peer.Dials(), 2) // a request without its body ends its connection
				is.True(strings.Contains(heads(peer)[0], expected))
				is.True(strings.HasPrefix(heads(peer)[1], tt.method+" /y HTTP/1.1\r\n"))
				is.Equal(strings.Contains(heads(peer)[1], expected), tt.asked)
				is.Equal(peer.Open(), 1) // of two
				is.NoErr(resp.Connection.Close())
			})
		})
	}
	t.Run("after the body", func(t *testing.T) {
		is := is.New(t)
		wanted := []zreqtest.Step{zreqtest.Head(), zreqtest.Send(goOn), zreqtest.Read(5)}
		peer := zreqtest.NewPeer(t, append(append(append(wanted, zreqtest.Send(moved(308, "/y"))), wanted...), zreqtest.Send(noContent)))
		resp, err := asking(peer, zreq.Args{Headers: asks()})
		is.NoErr(err)
		is.Equal(peer.Dials(), 1) // asked twice on one connection
		is.Equal(len(heads(peer)), 2)
		is.NoErr(resp.Connection.Close())
	})
	t.Run("refused after a redirect", func(t *testing.T) {
		is := is.New(t)
		refusal := []zreqtest.Step{zreqtest.Head(), zreqtest.Send("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n"), zreqtest.Hold()}
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Send(moved(307, "/y")), zreqtest.Hold()}, refusal, answering(noContent))
		resp, err := asking(peer, zreq.Args{Headers: asks()})
		is.NoErr(err)
		is.Equal(lines(peer), []string{"PUT /x device.test", "PUT /y device.test", "PUT /y device.test"})
		is.Equal(len(resp.History()), 1) // a 417 is none
		is.NoErr(resp.Connection.Close())
	})
}

// TestRedirectEarly: a redirect that comes while the body goes out ends that, and
// the body goes out elsewhere from its beginning.
func TestRedirectEarly(t *testing.T) {
	text := numbered(1 << 20)
	for name, tt := range map[string]struct {
		location string
		bare     bool
		body     io.Reader
		status   int
	}{
		"same origin":                 {"/y", false, strings.NewReader(text), 307},
		"other origin":                {"http://other.test/y", false, strings.NewReader(text), 308},
		"a sender":                    {"/y", false, &sender{Reader: bytes.NewReader([]byte(text))}, 307},
		"a driver that cannot look":   {"/y", true, strings.NewReader(text), 307},
		"see other":                   {"/y", false, strings.NewReader(text), 303},
		"see other, a stream":         {"/y", false, stream{strings.NewReader(text)}, 303},
		"a stream":                    {"/y", false, stream{strings.NewReader(text)}, 307},
		"a stream, to another origin": {"http://other.test/", false, stream{strings.NewReader(text)}, 307},
		"a stream, no look":           {"/y", true, stream{strings.NewReader(text)}, 308},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				early := []zreqtest.Step{zreqtest.Head(), zreqtest.Send(moved(tt.status, tt.location)), zreqtest.Hold()}
				peer := zreqtest.NewPeer(t, early, answering(noContent))
				args := &zreq.Args{Driver: peer, Headers: asks(), Body: tt.body}
				if tt.bare {
					args.Driver = memnet.Bare(peer)
				}
				resp, err := zreq.Post(context.Background(), site, args)
				if _, once := tt.body.(stream); once && tt.status != 303 {
					is.True(errors.Is(err, zreq.ErrRedirect))
					is.Equal(peer.Dials(), 1) // nothing is sent twice
					closed(is, peer, resp, zreq.CloseUnsent)
					return
				}
				is.NoErr(err)
				is.Equal(resp.Status, 204)
				is.Equal(peer.Dials(), 2)
				_, got, _ := strings.Cut(peer.Requests()[1], "\r\n\r\n")
				if tt.status == 303 {
					is.Equal(got, "")
				} else {
					is.True(got == text) // all of it
				}
				is.Equal(peer.Open(), 1) // the first is closed
				is.NoErr(resp.Connection.Close())
			})
		})
	}
}

// TestRedirectEarlyForgets: that the first request broke off says nothing of the
// second one, nor of its failure.
func TestRedirectEarlyForgets(t *testing.T) {
	early := func(location string) []zreqtest.Step {
		return steps(zreqtest.Head(), zreqtest.Send(moved(303, location)), zreqtest.Close())
	}
	large := func() io.Reader { return stream{strings.NewReader(numbered(1 << 20))} }
	t.Run("content until close", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, early("/y"), append(answering(byClose("hello")), zreqtest.Close()))
		resp, err := zreq.Post(context.Background(), site, &zreq.Args{Driver: memnet.Bare(peer), Body: large()})
		is.NoErr(err)
		is.Equal(content(is, resp), "hello")
	})
	t.Run("a failure", func(t *testing.T) {
		is := is.New(t)
		_, err := zreq.Post(context.Background(), site, &zreq.Args{Driver: memnet.Bare(zreqtest.NewPeer(t, early("https://device.test/"))), Body: large()})
		is.True(errors.Is(err, zreq.ErrNoTLS))
		is.True(!errors.Is(err, zreq.ErrConnect))
	})
}
