package zreq_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

// unharmed calls f and reports whether it did not panic.
func unharmed(f func()) (fine bool) {
	defer func() { _ = recover() }()
	f()
	return true
}

// panicking is a Trace that panics at its n-th event.
func panicking(n *int) *tracer {
	return &tracer{on: func(zreq.Event) {
		if *n--; *n == 0 {
			panic("trace")
		}
	}}
}

// tracedCalls are calls that come past every event; answers go to one host after
// another.
var tracedCalls = map[string]func(ctx context.Context, s *zreq.Session, url string) error{
	"get": func(ctx context.Context, s *zreq.Session, url string) error {
		_, err := s.Get(ctx, url+"/ok", nil)
		return err
	},
	"put": func(ctx context.Context, s *zreq.Session, url string) error {
		_, err := s.Put(ctx, url+"/ok", &zreq.Args{Body: strings.NewReader("hello"), Expect100: true, Timeouts: zreq.Timeouts{Expect: time.Second}})
		return err
	},
	"callback": func(ctx context.Context, s *zreq.Session, url string) error {
		_, err := s.Get(ctx, url+"/ok", &zreq.Args{StreamCallback: func([]byte) error { return nil }})
		return err
	},
	"stream": func(ctx context.Context, s *zreq.Session, url string) error {
		resp, err := s.Get(ctx, url+"/ok", &zreq.Args{Stream: true})
		if err != nil {
			return err
		}
		defer resp.Close()
		_, err = io.ReadAll(resp)
		return err
	},
	"redirect": func(ctx context.Context, s *zreq.Session, url string) error {
		_, err := s.Get(ctx, url+"/moved", nil)
		return err
	},
	"retry": func(ctx context.Context, s *zreq.Session, url string) error {
		_, err := s.Get(ctx, url+"/busy", &zreq.Args{Retry: zreq.Retry{Attempts: 2}})
		return err
	},
	"retry, closed": func(ctx context.Context, s *zreq.Session, url string) error {
		_, err := s.Get(ctx, url+"/last", &zreq.Args{Retry: zreq.Retry{Attempts: 2}})
		return err
	},
}

// tracedAnswer is what the server of tracedCalls makes of a path.
func tracedAnswer(path string) string {
	switch {
	case strings.HasSuffix(path, "/moved"):
		return "HTTP/1.1 103 X\r\nA: b\r\n\r\n" + moved(302, "//device.test:443/x/ok")
	case strings.HasSuffix(path, "/busy"):
		return page(503, "busy")
	case strings.HasSuffix(path, "/last"):
		return "HTTP/1.1 503 X\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbusy"
	}
	return byLength("fine")
}

// TestTracePanics: wherever a Trace panics, nothing is left: the connection is closed
// or kept, its place in the Session is free, and the next call is served.
func TestTracePanics(t *testing.T) {
	for name, call := range tracedCalls {
		for _, secure := range []bool{false, true} {
			for _, kept := range []bool{false, true} {
				t.Run(fmt.Sprint(name, "/TLS ", secure, "/kept ", kept), func(t *testing.T) {
					for n := 1; tracePanics(t, call, n, secure, kept); n++ {
						if n > 100 {
							t.Fatal("no end")
						}
					}
				})
			}
		}
	}
}

func tracePanics(t *testing.T, call func(context.Context, *zreq.Session, string) error, n int, secure, kept bool) (reached bool) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		net := memnet.New()
		var over func(*memnet.Conn) io.ReadWriteCloser
		s, url := &zreq.Session{Pool: zreq.PoolLimits{Open: 1}}, "http://device.test"
		if secure {
			url = "https://device.test"
			s.TLS, over = newTLS(t, "device.test")
		}
		serveEach(t, net, over, tracedAnswer)
		s.Driver = hoarding(t, net)
		defer s.Close()
		if kept {
			_, err := s.Get(context.Background(), url+"/ok", nil)
			is.NoErr(err)
		}
		left := n
		trace := panicking(&left)
		s.Trace = trace
		reached = !unharmed(func() { _ = call(context.Background(), s, url) })
		is.Equal(net.Open(), s.Stats().Open)     // no socket is left over,
		is.Equal(s.Stats().Open, s.Stats().Idle) // and no place taken
		open := len(trace.of(zreq.EventDial))
		if kept {
			open++
		}
		is.True(len(trace.of(zreq.EventClose)) <= open) // nor is one told to be closed twice
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		s.Trace = nil
		_, err := s.Get(ctx, url+"/ok", nil)
		is.NoErr(err) // the Session goes on
		is.NoErr(s.Close())
		is.Equal(net.Open(), 0)
	})
	return reached && !t.Failed()
}

// TestTracePanicsInTheQueue: a call that ends by a panic as it begins to wait is not
// given a connection that nobody would give back.
func TestTracePanicsInTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		n := memnet.New()
		serveEach(t, n, nil, tracedAnswer)
		s := &zreq.Session{Driver: hoarding(t, n), Pool: zreq.PoolLimits{Open: 1}}
		defer s.Close()
		resp, err := s.Get(context.Background(), site, &zreq.Args{Stream: true})
		is.NoErr(err)
		log := &tracer{on: func(e zreq.Event) {
			if e.Kind == zreq.EventWait {
				panic("trace")
			}
		}}
		is.True(!unharmed(func() { _, _ = s.Get(context.Background(), site, &zreq.Args{Trace: log}) }))
		is.Equal(s.Stats().Waiting, 0) // nobody waits
		is.NoErr(resp.Close())
		is.Equal(s.Stats().Idle, 1)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_, err = s.Get(ctx, site, nil)
		is.NoErr(err)
	})
}

// TestTracePanicsAtAnIdleConnection: a panic at an event of Call 0 leaves no place
// taken, no socket open and nobody waiting.
func TestTracePanicsAtAnIdleConnection(t *testing.T) {
	for name, do := range map[string]func(s *zreq.Session){
		"aged": func(s *zreq.Session) {
			time.Sleep(time.Hour)
			_, _ = s.Get(context.Background(), site, nil)
		},
		"evicted":    func(s *zreq.Session) { _, _ = s.Get(context.Background(), "http://third.test/", nil) },
		"close idle": func(s *zreq.Session) { s.CloseIdle() },
		"close":      func(s *zreq.Session) { _ = s.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				n := memnet.New()
				serveEach(t, n, nil, tracedAnswer)
				s := &zreq.Session{Driver: hoarding(t, n), Pool: zreq.PoolLimits{Open: 2, IdleAge: time.Minute}}
				defer s.Close()
				for _, url := range []string{site, "http://other.test/"} {
					_, err := s.Get(context.Background(), url, nil)
					is.NoErr(err)
				}
				is.Equal(s.Stats().Idle, 2)
				s.Trace = &tracer{on: func(e zreq.Event) {
					if e.Call == 0 {
						panic("trace")
					}
				}}
				is.True(!unharmed(func() { do(s) }))
				s.Trace = nil
				is.Equal(n.Open(), s.Stats().Open) // no socket is left that nobody knows
				is.Equal(s.Stats().Open, s.Stats().Idle)
				if name != "close" {
					ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
					defer cancel()
					_, err := s.Get(ctx, site, nil)
					is.NoErr(err)
				}
			})
		})
	}
}

// TestTracePanicsInConnect: whatever Connect tells of, nothing stays open if that
// panics.
func TestTracePanicsInConnect(t *testing.T) {
	for n := 1; ; n++ {
		is := is.New(t)
		left := n
		net := echoing(t)
		fine := unharmed(func() {
			c, err := zreq.Connect(context.Background(), "https://a.test/", &zreq.Args{Driver: net, TLS: &seal{}, Trace: panicking(&left)})
			is.NoErr(err)
			is.NoErr(c.Close())
		})
		is.Equal(net.Open(), 0) // no socket
		if fine {
			is.True(n > 4) // it told of more than the dial
			return
		}
	}
}

// A Trace that panics when it is told of what the pool gave up leaves nobody in the queue
// who has gone.
func TestPoolTracePanicsInTheQueue(t *testing.T) {
	is := is.New(t)
	n := echoing(t)
	var told atomic.Bool
	s := &zreq.Session{Driver: n, Pool: zreq.PoolLimits{OpenPerOrigin: 1, IdleAge: 50 * time.Millisecond}}
	s.Trace = traceFunc(func(e zreq.Event) {
		switch {
		case e.Kind == zreq.EventWait:
			time.Sleep(100 * time.Millisecond) // that of b.test grows old between the look and the queue
		case e.Kind == zreq.EventClose && e.Reason == zreq.CloseAged && !told.Swap(true):
			panic("told")
		}
	})
	defer s.Close()
	held := holding(t, s, "http://a.test/")
	is.NoErr(holding(t, s, "http://b.test/").Close())
	func() {
		defer func() { is.Equal(recover(), "told") }()
		_, _ = s.Get(context.Background(), "http://a.test/", nil)
	}()
	is.Equal(s.Stats().Waiting, 0)
	is.NoErr(held.Close())
	is.Equal(s.Stats().Open, s.Stats().Idle) // none went to who is not there
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err := s.Get(ctx, "http://a.test/", nil)
	is.NoErr(err)
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
