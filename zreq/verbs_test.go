package zreq_test

import (
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testVerbs: every verb takes every argument: params, headers, a connection, a
// TLS setting, a callback and its chunk size, and streams.
func testVerbs(t *testing.T) {
	for name, verb := range verbs {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			body := numbered(2000)
			answer := byChunks(body)
			if name == "HEAD" {
				body, answer = "", "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n"
			}
			peer := zreqtest.NewPeer(t, []zreqtest.Step{
				zreqtest.Expect(name + " /x?rev=7 HTTP/1.1\r\nHost: device.test\r\n"), zreqtest.Send(answer),
				zreqtest.Expect(name + " /x?rev=7 HTTP/1.1\r\nHost: device.test\r\n"), zreqtest.Send(answer),
			})
			tls := &seal{}
			conn, err := zreq.Connect(context.Background(), secure, &zreq.Args{Driver: peer, TLS: tls})
			is.NoErr(err)
			for _, size := range []int{0, 100} {
				s := new(sink)
				resp, err := verb(context.Background(), "https://device.test/x", &zreq.Args{
					Driver:         peer,
					TLS:            tls,
					Params:         form.Values{{"rev", "7"}},
					Headers:        zreq.Headers{{"X-Board", "b1"}},
					Connection:     conn,
					StreamCallback: s.take,
					StreamChunk:    size,
				})
				is.NoErr(err)
				if size == 0 {
					size = 512 // the default
				}
				s.got(is, body, size)
				is.Equal(resp.Connection, conn) // it is kept
			}
			for _, r := range peer.Requests() {
				is.True(strings.Contains(r, "\r\nX-Board: b1\r\n"))
			}
			is.Equal(peer.Dials(), 1)
			is.NoErr(conn.Close())
			is.Equal(peer.Open(), 0)
		})
	}
	t.Run("nil Args", func(t *testing.T) {
		for name, verb := range verbs {
			is := is.New(t)
			_, err := verb(context.Background(), "http://", nil)
			is.Equal(failure(is, err).Method, name) // nil Args are no panic
		}
	})
}
