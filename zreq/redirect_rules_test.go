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
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestRedirectUnsendable: a Location of which no request can be made is a redirect
// that is not followed: the response is beside the error, its connection is fine.
func TestRedirectUnsendable(t *testing.T) {
	for name, location := range map[string]string{
		"bad percent-encoding":            "/d%2",
		"bad percent-encoding, a query":   "/d?%zz",
		"bad percent-encoding, elsewhere": "http://other.test/%",
		"too long for a request":          "/" + strings.Repeat("d", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, moved(302, location))
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks(), Limits: zreq.Limits{RequestBytes: 1000}})
			is.True(errors.Is(err, zreq.ErrRedirect))
			is.Equal(failure(is, err).URL, site)                            // of the request that was answered so
			is.Equal(failure(is, err).Sent, int64(len(peer.Requests()[0]))) // which is all that went out
			is.Equal(strings.Contains(name, "too long"), errors.Is(err, zreq.ErrTooLarge))
			is.True(resp != nil)
			if resp != nil {
				is.Equal(resp.Status, 302)
				is.Equal(resp.Header("Location"), location)
				is.NoErr(resp.Connection.Close())
			}
			is.Equal(peer.Open(), 0)
		})
	}
}

// TestRedirectToOneself: a reference without path and query means the URL that was
// asked for, Params included (RFC 3986, 4.4 and 5.1.3): a loop.
func TestRedirectToOneself(t *testing.T) {
	is := is.New(t)
	peer := each(t, moved(302, "#top"))
	_, err := zreq.Get(context.Background(), "http://device.test/x?a=1", &zreq.Args{Driver: peer, Params: form.Values{{"b", "2"}}})
	is.True(errors.Is(err, zreq.ErrRedirect))
	is.Equal(len(peer.Requests()), 1)
}

// TestRedirectLoopSpelt: the same request in another spelling is a loop at once
// (RFC 9110, 4.2.3).
func TestRedirectLoopSpelt(t *testing.T) {
	for url, location := range map[string]string{
		"http://device.test":        "/",
		"http://device.test?a":      "/?a",
		"HTTP://device.test/x":      "/x",
		"http://device.test:80/x":   "/x",
		"http://device.test/\u00e9": "/%C3%A9",
		"http://device.test/x":      "http://device.test:80/x",
		"http://device.test/x?b":    "HTTP://DEVICE.test/x?b",
	} {
		t.Run(url, func(t *testing.T) {
			is := is.New(t)
			peer := each(t, moved(307, location))
			_, err := zreq.Post(context.Background(), url, &zreq.Args{Driver: peer})
			is.True(errors.Is(err, zreq.ErrRedirect))
			is.Equal(len(peer.Requests()), 1) // a POST is not sent twice for that
		})
	}
}

// TestRedirectEmptyUserinfo: a userinfo is one also if it is empty (RFC 3986, 3.2;
// RFC 9110, 4.2.4).
func TestRedirectEmptyUserinfo(t *testing.T) {
	is := is.New(t)
	peer := each(t, moved(302, "http://@other.test/y"))
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer})
	is.True(errors.Is(err, zreq.ErrRedirect))
	is.Equal(peer.Dials(), 1)
	is.True(resp != nil && !strings.Contains(resp.URL(), "@"))
}

// TestRedirectEmptyLocationFirst: of two Locations none is followed, and that is
// said, whichever is empty.
func TestRedirectEmptyLocationFirst(t *testing.T) {
	is := is.New(t)
	peer := answers(t, "HTTP/1.1 302 Found\r\nLocation:\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n")
	_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer})
	is.True(errors.Is(err, zreq.ErrRedirect))
}

// TestRedirectBareFields: with the content go all fields that are of it
// (RFC 9110, 15.4), and the question whether it is wanted (RFC 9110, 10.1.1).
func TestRedirectBareFields(t *testing.T) {
	for _, field := range [][2]string{
		{"Expect", "100-continue"}, {"Digest", "sha-256=x"}, {"Repr-Digest", "sha-256=:x:"}, {"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}, {"Trailer", "Digest"},
	} {
		t.Run(field[0], func(t *testing.T) {
			is := is.New(t)
			peer := each(t, moved(303, "/y"), noContent)
			_, err := zreq.Post(context.Background(), site, &zreq.Args{Driver: peer, Body: strings.NewReader("hello"), Headers: zreq.Headers{field}})
			is.NoErr(err)
			is.True(strings.Contains(peer.Requests()[0], field[0]+": "))
			is.True(!strings.Contains(peer.Requests()[1], field[0]+": "))
		})
	}
}

// TestRedirectBackToAClose: a Connection that the call came back to, and that ended
// there, is none that can be used again (see Response.Connection).
func TestRedirectBackToAClose(t *testing.T) {
	is := is.New(t)
	last := "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"
	peer := zreqtest.NewPeer(t, answering(moved(302, "//other.test/y"), last), answering(moved(302, "//device.test/z")))
	conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
	is.NoErr(err)
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
	is.NoErr(err)
	closed(is, peer, resp, zreq.CloseByPeer)
	is.NoErr(conn.Close())
}

// TestRedirectChunked10: a body of unknown size cannot go to a peer that speaks
// HTTP/1.0 (RFC 9112, 6.1), so that the redirect is not followed.
func TestRedirectChunked10(t *testing.T) {
	is := is.New(t)
	peer := answers(t, strings.Replace(moved(307, "/y"), "1.1", "1.0", 1))
	resp, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: peer, Body: seekable{strings.NewReader("hello")}})
	is.True(errors.Is(err, zreq.ErrRedirect))
	is.True(resp != nil && resp.Status == 307)
	is.Equal(peer.Open(), 0)
}

// TestRedirectLeavesAtOnce: what remains of a redirect is not waited for if its
// connection is not kept anyway.
func TestRedirectLeavesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		slowly := steps(zreqtest.Request(), zreqtest.Send("HTTP/1.1 302 Found\r\nLocation: //other.test/\r\nContent-Length: 4\r\n\r\nhe"), zreqtest.Hold())
		began := time.Now()
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: zreqtest.NewPeer(t, slowly, answering(noContent)), Headers: asks()})
		is.NoErr(err)
		is.Equal(time.Since(began), time.Duration(0))
		is.NoErr(resp.Connection.Close())
	})
}

// TestRedirectPhase: what fails between the answer and the next dial did not fail
// while the head was awaited.
func TestRedirectPhase(t *testing.T) {
	is := is.New(t)
	_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: each(t, moved(302, "https://other.test/"))})
	is.True(errors.Is(err, zreq.ErrNoTLS))
	is.True(failure(is, err).Phase < zreq.PhaseSend)
}

// TestRedirectTLSOfThePlain: a TLS that was given with a plain Connection is not
// passed over for the chip's when a call on it is sent to https.
func TestRedirectTLSOfThePlain(t *testing.T) {
	is := is.New(t)
	s := &seal{}
	peer := each(t, moved(302, "https://device.test/y"), noContent)
	board := &chipDriver{Driver: peer}
	conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: board, TLS: s})
	is.NoErr(err)
	_, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
	is.NoErr(err)
	is.Equal(fmt.Sprint(s.names, board.names), "[device.test] []")
	is.NoErr(conn.Close())
}

// TestRedirectErrorIsASCII: what a server writes into a Location reaches a log only
// as it was sent, percent-encoded: no control character of a terminal is in it.
func TestRedirectErrorIsASCII(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, answering(moved(302, "/\u009b31m")), append(answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"), zreqtest.Close()))
	_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer})
	is.Equal(failure(is, err).URL, "http://device.test/%C2%9B31m")
	is.True(strings.Contains(err.Error(), "/%C2%9B31m"))
}
