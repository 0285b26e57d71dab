package zreq_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// A server that says Retry-After: 0 is asked again with the same backoff as any other.
func TestRetryAfterZeroBacksOff(t *testing.T) {
	for _, after := range []string{"", "Retry-After: 0\r\n"} {
		synctest.Test(t, func(t *testing.T) {
			n := memnet.New()
			serveEach(t, n, nil, func(path string) string { return "HTTP/1.1 503 Busy\r\n" + after + "Content-Length: 0\r\n\r\n" })
			s := &zreq.Session{Driver: n, Retry: zreq.Retry{Attempts: 8, Time: -1}, RetryBudget: 1 << 20}
			began := time.Now()
			for range 100 {
				_, _ = s.Get(context.Background(), "http://a.test/", nil)
			}
			mean := time.Since(began) / 100
			if t.Logf("%q: mean time of 8 attempts %v", after, mean); mean < 15*time.Second {
				t.Error("no backoff") // half of what it is without the field
			}
			_ = s.Close()
		})
	}
}

// What a connection said of itself is not held against the one that is dialled in its
// place.
func TestHTTP10IsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		old := "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi"
		peer := zreqtest.NewPeer(t, append(answering(old), zreqtest.Close()), answering(byLength("hi")))
		s := &zreq.Session{Driver: peer}
		defer s.Close()
		_, err := s.Get(context.Background(), site, nil)
		is.NoErr(err)
		peer.Wait()
		_, err = s.Post(context.Background(), site, &zreq.Args{Body: struct{ io.Reader }{strings.NewReader("chunked")}})
		is.NoErr(err) // nothing is known of a peer that has not been dialled
		is.Equal(peer.Dials(), 2)
	})
}

// Nor is it in the next attempt over a Connection of the caller's.
func TestPutRetriedOverTheCallersConnectionAfterHTTP10(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		busy := "HTTP/1.0 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" // as many a small proxy
		peer := zreqtest.NewPeer(t, append(answering(busy), zreqtest.Close()), answering(byLength("hi")))
		s := &zreq.Session{Driver: peer}
		defer s.Close()
		conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
		is.NoErr(err)
		defer conn.Close()
		_, err = s.Put(context.Background(), site, &zreq.Args{Connection: conn, Body: struct{ io.ReadSeeker }{strings.NewReader("chunked")}})
		is.NoErr(err) // the second attempt goes over a new socket
		is.Equal(peer.Dials(), 2)
	})
}
