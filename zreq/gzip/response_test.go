package gzip_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// A Response that is used again remembers nothing of the coding.
func TestInto(t *testing.T) {
	plain := "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain"
	keep := zreq.Headers{{"Connection", "Keep-Alive"}}
	for name, stream := range map[string]bool{"content": false, "stream": true} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{
				zreqtest.Request(), zreqtest.Send(answer("gzip", "length", gzipped(-1, text))),
				zreqtest.Request(), zreqtest.Send(plain),
				zreqtest.Request(), zreqtest.Send(answer("deflate", "chunked", zlibbed(-1, text))),
			})
			var resp *zreq.Response
			args := &zreq.Args{Driver: peer, Headers: keep, Stream: stream}
			for _, want := range []string{text, "plain", text} {
				if resp != nil {
					args.Into, args.Connection = resp, resp.Connection
				}
				var err error
				resp, err = zreq.Get(t.Context(), url, args)
				is.NoErr(err)
				got, err := resp.Content()
				is.NoErr(err)
				is.Equal(string(got), want)            // each is what it is,
				is.Equal(resp.Decoded(), want == text) // and says how it came
				is.Equal(resp.Len() < 0, want == text)
			}
			is.Equal(peer.Dials(), 1)
			_ = resp.Connection.Close()
		})
	}
}

func TestDropHead(t *testing.T) {
	eachUse(t, func(t *testing.T, use use) {
		is := is.New(t)
		got, resp, err := use(t, zreq.Args{Driver: serve(t, answer("gzip", "length", gzipped(-1, text))), DropHead: true})
		is.NoErr(err)
		is.Equal(got, text) // the coding was seen before the head went
		is.Equal(resp.Header("Content-Encoding"), "")
	})
}

// OnHead refuses a coded response as it does any other, and sees how it comes.
func TestOnHead(t *testing.T) {
	eachUse(t, func(t *testing.T, use use) {
		is := is.New(t)
		no, peer := errors.New("no"), serve(t, answer("gzip", "length", gzipped(-1, text)))
		got, _, err := use(t, zreq.Args{Driver: peer, OnHead: func(r *zreq.Response) error {
			is.Equal(r.Header("Content-Encoding"), "gzip")
			return no
		}})
		is.True(errors.Is(err, no)) // its error is the call's
		is.Equal(got, "")
	})
}

// A body that ends with its connection may be cut where the coding cannot tell,
// between two members. Nothing makes a file of it.
func TestUnframed(t *testing.T) {
	is := is.New(t)
	resp, err := zreq.Get(t.Context(), url, &zreq.Args{Driver: serve(t, answer("gzip", "until close", gzipped(-1, text))), Stream: true})
	is.NoErr(err)
	is.True(errors.Is(resp.Fit(), zreq.ErrUnframed)) // nothing proves its end
	_, err = resp.ReadN(0)
	is.True(errors.Is(err, zreq.ErrUnframed))
}

// What will be undone is fit for a file.
func TestFit(t *testing.T) {
	is := is.New(t)
	_, err := zreq.Get(t.Context(), url, &zreq.Args{
		Driver: serve(t, answer("gzip", "length", gzipped(-1, text))), Stream: true,
		OnHead: func(r *zreq.Response) error { return r.Fit() },
	})
	is.NoErr(err)
}

func TestRedirected(t *testing.T) {
	is := is.New(t)
	moved := "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Encoding: gzip\r\n" + framings["length"](gzipped(-1, "moved"))
	peer := zreqtest.NewPeer(t, []zreqtest.Step{
		zreqtest.Request(), zreqtest.Send(moved), zreqtest.Request(), zreqtest.Send(answer("gzip", "length", gzipped(-1, text))),
	}, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(answer("gzip", "length", gzipped(-1, text)))})
	got, _, err := uses["content"](t, zreq.Args{Driver: peer})
	is.NoErr(err)
	is.Equal(got, text) // only the last response is taken
	for _, request := range peer.Requests() {
		is.True(strings.Contains(request, "\r\nAccept-Encoding: gzip, deflate\r\n")) // and each request asks
	}
}

// The limit for silence is that of the connection.
func TestSilence(t *testing.T) {
	for name, use := range uses {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				body := gzipped(-1, text)
				peer := zreqtest.NewPeer(t, []zreqtest.Step{
					zreqtest.Request(),
					zreqtest.Send(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n", len(body))),
					zreqtest.Drip(body[:20], 20*time.Second), zreqtest.Pause(time.Hour),
				})
				start := time.Now()
				_, resp, err := use(t, zreq.Args{Driver: peer})
				var e *zreq.Error
				is.True(errors.As(err, &e) && e.Timeout())                     // it ran out
				is.True(time.Since(start) >= 19*20*time.Second+30*time.Second) // slow bytes are bytes, whatever comes of them
				is.True(time.Since(start) < 19*20*time.Second+35*time.Second)
				is.True(!resp.Complete())
			})
		})
	}
}

// TestCodingInASecondField: an empty list is a list (RFC 9110, 5.6.1), and its lines
// are one (5.2).
func TestCodingInASecondField(t *testing.T) {
	is := is.New(t)
	head := "HTTP/1.1 200 OK\r\nContent-Encoding:\r\nContent-Encoding: gzip\r\n"
	resp, err := zreq.Get(t.Context(), url, &zreq.Args{Driver: serve(t, head+framings["length"](gzipped(-1, text)))})
	is.NoErr(err)
	got, err := resp.Text()
	is.NoErr(err)
	is.True(resp.Decoded())
	is.Equal(got, text)
}
