package zreq_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestTraffic: every byte that a call has read counts, whatever it was: redirects, 1xx
// responses, heads and framing. A Stream counts while it is read, and an error has the
// count as well.
func TestTraffic(t *testing.T) {
	const (
		moved = "HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 2\r\n\r\nhi"
		early = "HTTP/1.1 103 Early Hints\r\n\r\n"
		head  = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		body  = "5\r\nhello\r\n0\r\nX: y\r\n\r\n"
	)
	whole := int64(len(moved + early + head + body))
	for name, stream := range map[string]bool{"buffered": false, "stream": true} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(moved), zreqtest.Request(), zreqtest.Send(early + head + body)})
			d := &way{Peer: peer, paths: []*netdriver.Path{{Link: "modem"}}}
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: d, Stream: stream, Headers: asks()})
			is.NoErr(err)
			_, err = resp.Content()
			is.NoErr(err)
			sent, read := resp.Traffic()
			is.Equal(read, whole)
			is.Equal(sent, int64(len(strings.Join(peer.Requests(), ""))))
			is.Equal(resp.Link(), "modem")
			is.NoErr(resp.Connection.Close())
			_, read = resp.Traffic()
			is.Equal(read, whole) // it stays
		})
	}
	is := is.New(t)
	peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 2"), zreqtest.Close()})
	_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: &way{Peer: peer, paths: []*netdriver.Path{{Link: "modem"}}}})
	var e *zreq.Error
	is.True(errors.As(err, &e))
	is.Equal(e.Read, int64(len("HTTP/1.1 2")))
	is.Equal(e.Link, "modem")
}

// TestRetryAfterOfAResponse: a date is as far away as the Date of the server says.
func TestRetryAfterOfAResponse(t *testing.T) {
	is := is.New(t)
	const answer = "HTTP/1.1 503 Later\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:50:37 GMT\r\nContent-Length: 0\r\n\r\n"
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, answer)})
	is.NoErr(err)
	wait, ok := resp.RetryAfter()
	is.True(ok)
	is.Equal(wait, time.Minute)
	at, ok := zreq.ParseDate(resp.Header("Date"))
	is.True(ok && at.Year() == 1994)
}
