package zreq_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

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

// TestTracePanicsWhileAConnectionGoesBack: the Trace is told of an aged
// connection while a redirect gives its own back. If it panics, that has been given back,
// and is not once more.
func TestTracePanicsWhileAConnectionGoesBack(t *testing.T) {
	for name, first := range map[string]string{
		"redirect": "HTTP/1.1 302 Found\r\nLocation: http://b.test/\r\nContent-Length: 0\r\n\r\n",
		"retry":    "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				n := memnet.New()
				serveEach(t, n, nil, func(path string) string {
					if path == "/slow" {
						time.Sleep(20 * time.Second)
						return first
					}
					return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
				})
				s := &zreq.Session{Driver: hoarding(t, n), Pool: zreq.PoolLimits{IdleAge: time.Minute}}
				defer s.Close()
				_, err := s.Get(context.Background(), "http://third.test/", nil)
				is.NoErr(err)
				time.Sleep(50 * time.Second)
				armed := true
				s.Trace = &tracer{on: func(e zreq.Event) {
					if armed && e.Call == 0 {
						armed = false
						panic("trace")
					}
				}}
				is.True(!unharmed(func() { _, _ = s.Get(context.Background(), "http://a.test/slow", nil) }))
				s.Trace = nil
				st := s.Stats()
				t.Logf("%+v, sockets %d", st, n.Open())
				is.Equal(st.Open, n.Open())
				is.Equal(st.Open, st.Idle)
				_, err = s.Get(context.Background(), "http://a.test/", nil)
				is.NoErr(err)
				st = s.Stats()
				t.Logf("%+v, sockets %d", st, n.Open())
				is.Equal(st.Open, n.Open()) // one that the Session does not know, and will never close
				_ = s.Close()
				is.Equal(n.Open(), 0)
			})
		})
	}
}

// TestShelfRace (-race): a shelf that is emptied and filled in one step keeps its route
// as it is, for those that left it are still told of.
func TestShelfRace(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	n := memnet.New()
	serveEach(t, n, nil, func(path string) string {
		if path == "/slow" {
			time.Sleep(100 * time.Millisecond)
		}
		return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
	})
	s := &zreq.Session{Driver: hoarding(t, n), Pool: zreq.PoolLimits{IdleAge: 150 * time.Millisecond}}
	var slow atomic.Bool
	s.Trace = traceFunc(func(e zreq.Event) {
		if e.Call == 0 && slow.CompareAndSwap(true, false) {
			time.Sleep(time.Second)
		}
	})
	defer s.Close()
	// Three at once to one origin: three sockets. One is used again a little later.
	done := make(chan error, 4)
	for range 3 {
		go func() {
			_, err := s.Get(context.Background(), "http://a.test/slow", nil)
			done <- err
		}()
	}
	for range 3 {
		is.NoErr(<-done)
	}
	time.Sleep(80 * time.Millisecond)
	_, err := s.Get(context.Background(), "http://a.test/", nil)
	is.NoErr(err)
	time.Sleep(90 * time.Millisecond) // two are too old, one is not
	slow.Store(true)
	go func() {
		_, err := s.Get(context.Background(), "http://b.test/", nil) // tells of the two, slowly
		done <- err
	}()
	time.Sleep(400 * time.Millisecond) // by now the third is, too
	_, err = s.Get(context.Background(), "http://a.test/", nil)
	is.NoErr(err)
	is.NoErr(<-done)
}
