package zreq_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

// A server that says Retry-After: 0 (or 1) is asked again without backoff.
func TestRetryAfterZeroNeverBacksOff(t *testing.T) {
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

// What a connection said of itself is kept for the one that is dialled in its place.
func TestHTTP10IsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		n := memnet.New()
		l, err := n.Listen("")
		is.NoErr(err)
		defer l.Close()
		go func() {
			for i := 0; ; i++ {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					defer c.Close()
					br := bufio.NewReader(c)
					for {
						r, err := http.ReadRequest(br)
						if err != nil {
							return
						}
						_, _ = io.ReadAll(r.Body)
						if i == 0 {
							_, _ = io.WriteString(c, "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi")
							time.Sleep(time.Second)
							return // the old server is gone
						}
						_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
					}
				}()
			}
		}()
		s := &zreq.Session{Driver: n}
		defer s.Close()
		_, err = s.Get(context.Background(), "http://a.test/", nil)
		is.NoErr(err)
		time.Sleep(10 * time.Second)
		_, err = s.Post(context.Background(), "http://a.test/", &zreq.Args{Body: struct{ io.Reader }{strings.NewReader("chunked")}})
		is.NoErr(err) // nothing is known of a peer that has not been dialled
	})
}

// Nor is it for the next attempt over a Connection of the caller's.
func TestPutRetriedOverTheCallersConnectionAfterHTTP10(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		n := memnet.New()
		l, err := n.Listen("")
		is.NoErr(err)
		defer l.Close()
		go func() {
			for i := 0; ; i++ {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					defer c.Close()
					br := bufio.NewReader(c)
					r, err := http.ReadRequest(br)
					if err != nil {
						return
					}
					_, _ = io.ReadAll(r.Body)
					if i == 0 { // as haproxy says it before 2.2, and many a small proxy
						_, _ = io.WriteString(c, "HTTP/1.0 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
						return
					}
					_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
				}()
			}
		}()
		s := &zreq.Session{Driver: n}
		defer s.Close()
		conn, err := zreq.Connect(context.Background(), "http://a.test/", &zreq.Args{Driver: n})
		is.NoErr(err)
		defer conn.Close()
		_, err = s.Put(context.Background(), "http://a.test/", &zreq.Args{Connection: conn, Body: struct{ io.ReadSeeker }{strings.NewReader("chunked")}})
		is.NoErr(err) // the second attempt goes over a new socket
	})
}
