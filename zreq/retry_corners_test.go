package zreq_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestRetryOverAConnectionOfTheCaller: it is kept for the caller, and dialled again in
// place where it broke.
func TestRetryOverAConnectionOfTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		cut := []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 2"), zreqtest.Close()}
		peer := zreqtest.NewPeer(t, append(answering(page(503, "busy")), cut...), answering(byLength("good"), byLength("last")))
		conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
		is.NoErr(err)
		s := &zreq.Session{Driver: peer}
		defer s.Close()
		for _, want := range []string{"good", "last"} {
			resp, err := s.Get(context.Background(), site, &zreq.Args{Connection: conn})
			is.NoErr(err)
			is.Equal(content(is, resp), want)
			is.True(resp.Connection == conn) // the caller's, for the next call
		}
		is.Equal(conn.Dials(), 2)
		is.Equal(s.Stats().Open, 0) // it is not the Session's
		is.NoErr(s.Close())
		is.Equal(peer.Open(), 1) // nor closed with it
		is.NoErr(conn.Close())
	})
}

// TestRetryOfHEAD: the page that a HEAD does not bring is not waited for.
func TestRetryOfHEAD(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		const busy = "HTTP/1.1 503 X\r\nContent-Length: 9\r\n\r\n"
		peer := answers(t, busy, busy, "HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n")
		s := &zreq.Session{Driver: peer, Retry: zreq.Retry{Wait: -1}}
		defer s.Close()
		began := time.Now()
		resp, err := s.Head(context.Background(), site, nil)
		is.NoErr(err)
		is.Equal(resp.Len(), int64(70))
		is.Equal(peer.Dials(), 1)
		is.Equal(time.Since(began), time.Duration(0))
	})
}

// testRetryElsewhereTellsNothing: what was left out for another origin is left out of
// each attempt there.
func testRetryElsewhereTellsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		cut := []zreqtest.Step{zreqtest.Request(), zreqtest.Reset()}
		peer := zreqtest.NewPeer(t, answering(moved(307, "//other.test/")), cut, answering(challenged("New")), cut)
		s := &zreq.Session{
			Driver: peer, Auth: zreq.Bearer("hush"), Pool: zreq.PoolLimits{Idle: -1}, Retry: zreq.Retry{Attempts: 2},
			Headers: zreq.Headers{{"Cookie", "hush"}, {"Proxy-Authorization", "hush"}, {"Host", "hush.test"}},
		}
		defer s.Close()
		resp, err := s.Get(context.Background(), site, nil)
		is.NoErr(err)
		is.Equal(resp.Status, 401) // which Auth is not asked about there
		is.True(strings.Contains(peer.Requests()[0], "hush"))
		for _, r := range peer.Requests()[1:] {
			is.True(!strings.Contains(r, "hush"))
		}
		is.Equal(len(peer.Requests()), 3)
	})
}

// TestRetryAndPanics: a callback that panics at the last answer leaves nothing.
func TestRetryAndPanics(t *testing.T) {
	for name, args := range map[string]zreq.Args{
		"OnHead":     {OnHead: func(*zreq.Response) error { panic("OnHead") }},
		"callback":   {StreamCallback: func([]byte) error { panic("callback") }, StreamAnyStatus: true},
		"OnRedirect": {OnRedirect: func(*zreq.Response, string) error { panic("OnRedirect") }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				last := page(503, "busy")
				if name == "OnRedirect" {
					last = moved(302, "/y")
				}
				peer := zreqtest.NewPeer(t, answering(page(503, "busy"), last), answering(byLength("good")))
				log := &tracer{}
				s := &zreq.Session{Driver: peer, Pool: zreq.PoolLimits{Open: 1}, Retry: zreq.Retry{Attempts: 2}, Trace: log}
				defer s.Close()
				is.True(!unharmed(func() { _, _ = s.Get(context.Background(), site, &args) }))
				is.Equal(peer.Open(), 0)
				is.Equal(s.Stats().Open, 0)
				is.Equal(log.count(zreq.EventDone), 1) // also then
				_, err := s.Get(context.Background(), site, nil)
				is.NoErr(err)
			})
		})
	}
}

// TestTraceMayAsk: no lock is held while a Trace is told.
func TestTraceMayAsk(t *testing.T) {
	for name, call := range tracedCalls {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				n := memnet.New()
				serveEach(t, n, nil, tracedAnswer)
				s := &zreq.Session{Driver: n, Pool: zreq.PoolLimits{Open: 2, IdleAge: time.Minute}}
				defer s.Close()
				inside := false
				s.Trace = &tracer{on: func(e zreq.Event) {
					if inside {
						return
					}
					inside = true
					defer func() { inside = false }()
					_ = s.Stats()
					s.CloseIdle()
					if e.Kind != zreq.EventClose {
						_, err := s.Get(context.Background(), "http://third.test/", nil)
						is.NoErr(err)
					}
				}}
				_ = call(context.Background(), s, "http://device.test")
				time.Sleep(time.Hour)
				_ = call(context.Background(), s, "http://device.test")
				is.Equal(s.Stats().Open, s.Stats().Idle)
				is.NoErr(s.Close())
			})
		})
	}
}

// TestRetryNotOfAStream: once the call has returned, the body is not asked for again.
func TestRetryNotOfAStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		cut := []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 2"), zreqtest.Close()}
		peer := zreqtest.NewPeer(t, cut, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(byLength("hello")[:40]), zreqtest.Close()}, answering(byLength("hello")))
		s := &zreq.Session{Driver: peer}
		defer s.Close()
		resp, err := s.Get(context.Background(), site, &zreq.Args{Stream: true})
		is.NoErr(err) // of the second attempt
		p, err := io.ReadAll(resp)
		is.Equal(string(p), "he")
		is.True(errors.Is(err, zreq.ErrTruncated))
		is.Equal(failure(is, err).Attempt, 2)
		is.Equal(peer.Dials(), 2)
		is.Equal(peer.Open(), 0)
	})
}

// TestRetryAtOnce: many calls at once at a server that answers some of them: every one
// gets its own answer, and no POST is seen twice.
func TestRetryAtOnce(t *testing.T) {
	is := is.New(t)
	var mu sync.Mutex
	seen := map[string]int{}
	n := memnet.New()
	serveEach(t, n, nil, func(path string) string {
		mu.Lock()
		defer mu.Unlock()
		seen[path]++
		if strings.HasPrefix(path, "/get") && seen[path] < 3 {
			return page(503, "busy")
		}
		return byLength(path)
	})
	s := &zreq.Session{Driver: n, RetryBudget: 10_000, Retry: zreq.Retry{Wait: time.Millisecond}, Trace: new(tracer)}
	defer s.Close()
	var calls sync.WaitGroup
	for g := range 16 {
		calls.Go(func() {
			for i := range 20 {
				method, path := "GET", "/get"
				if i%2 == 0 {
					method, path = "POST", "/post"
				}
				path += string(rune('a'+g)) + string(rune('a'+i))
				resp, err := s.Do(context.Background(), method, "http://device.test"+path, nil)
				if err != nil || resp.Status != 200 {
					t.Error(path, err)
					continue
				}
				if p, _ := resp.Content(); string(p) != path {
					t.Error(path, string(p))
				}
			}
		})
	}
	calls.Wait()
	for path, times := range seen {
		is.Equal(times, map[bool]int{true: 3, false: 1}[strings.HasPrefix(path, "/get")])
	}
	is.Equal(s.Stats().Retried, int64(16*10*2))
}
