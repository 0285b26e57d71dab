package gzip_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestClosedAtTheEndOfAView: a body of which all bytes have come, and whose coding
// has more to give, is let go of by Close wherever the reading has stopped.
func TestClosedAtTheEndOfAView(t *testing.T) {
	whole := strings.Repeat("a", 50_000)
	for framing := range framings {
		if framing == "until close" {
			continue
		}
		for _, read := range []int{4095, 4096, 4097, 8192, len(whole)} {
			is := is.New(t)
			peer := zreqtest.NewPeer(t,
				[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(answer("gzip", framing, gzipped(-1, whole))), zreqtest.Request(), zreqtest.Send(answer("", framing, "next"))},
				[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(answer("", framing, "next"))})
			conn, err := zreq.Connect(t.Context(), url, &zreq.Args{Driver: peer})
			is.NoErr(err)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			resp, err := zreq.Get(ctx, url, &zreq.Args{Connection: conn, Stream: true})
			is.NoErr(err)
			_, err = io.ReadFull(resp, make([]byte, read))
			is.NoErr(err)
			is.NoErr(resp.Close())
			_, err = resp.Read(make([]byte, 1))
			is.True(errors.Is(err, zreq.ErrBodyConsumed)) // closed is closed
			next, err := zreq.Get(t.Context(), url, &zreq.Args{Connection: conn})
			is.NoErr(err) // the connection is free
			got, err := next.Text()
			is.NoErr(err)
			is.Equal(got, "next")
			is.NoErr(conn.Close())
			is.Equal(peer.Open(), 0)
			peer.Close()
		}
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

// TestUnframedErrorPage: what is refused for its end is ErrUnframed, in a coding or
// without one.
func TestUnframedErrorPage(t *testing.T) {
	for name, coding := range map[string]string{"plain": "identity", "gzip": "gzip"} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			body := text
			if coding == "gzip" {
				body = gzipped(-1, text)
			}
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 404 Not Found\r\nContent-Encoding: " + coding + "\r\n\r\n" + body), zreqtest.Close()})
			resp, err := zreq.Get(t.Context(), url, &zreq.Args{Driver: peer, StreamAnyStatus: true, AllowEncoded: true, StreamCallback: func([]byte) error { return errors.New("called") }})
			is.True(errors.Is(err, zreq.ErrUnframed))
			is.True(!errors.Is(err, zreq.ErrStatus)) // any would have done
			is.Equal(resp.Status, 404)
			is.Equal(peer.Open(), 0)
		})
	}
}
