package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

// testSessionVerbs: a Session has the verbs of the package, and they share one
// connection, in every framing.
func testSessionVerbs(t *testing.T) {
	for name, framed := range map[string]func(string) string{"length": withLength, "chunked": func(s string) string { return inChunks(s, 7) }} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			n := memnet.New()
			seen := serveRequests(t, n, func(r *seenRequest) string {
				answer := framed(r.method + " " + r.path)
				if r.method == "HEAD" {
					head, _, _ := strings.Cut(answer, "\r\n\r\n")
					answer = head + "\r\n\r\n"
				}
				return answer
			})
			s := &zreq.Session{Driver: n}
			defer s.Close()
			for method, verb := range map[string]func(context.Context, string, *zreq.Args) (*zreq.Response, error){
				"GET": s.Get, "HEAD": s.Head, "POST": s.Post, "PUT": s.Put, "PATCH": s.Patch, "DELETE": s.Delete, "OPTIONS": s.Options,
			} {
				resp, err := verb(context.Background(), site, nil)
				is.NoErr(err)
				want := map[bool]string{false: method + " /x"}[method == "HEAD"]
				is.Equal(content(is, resp), want)
				is.Equal(seen.count(method+" /x"), 1)
				is.True(resp.Connection == nil)              // the pool owns it
				is.Equal(resp.CloseReason(), zreq.CloseNone) // and keeps it
			}
			is.Equal(n.Dials(), 1)
			is.Equal(s.Stats().Reused, int64(6))
		})
	}
}

// testSessionReasons: a response tells why its connection is not kept, and then
// another is dialled.
func testSessionReasons(t *testing.T) {
	for name, tt := range map[string]struct {
		answer string
		args   zreq.Args
		why    zreq.CloseReason
	}{
		"kept":               {byLength("x"), zreq.Args{}, zreq.CloseNone},
		"kept, any case":     {"HTTP/1.0 200 OK\r\ncOnNeCtIoN: kEeP-aLiVe\r\nContent-Length: 0\r\n\r\n", zreq.Args{}, zreq.CloseNone},
		"we close":           {byLength("x"), zreq.Args{Headers: zreq.Headers{{"Connection", "Close"}}}, zreq.CloseRequested},
		"the peer closes":    {"HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 0\r\n\r\n", zreq.Args{}, zreq.CloseByPeer},
		"HTTP/1.0":           {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", zreq.Args{}, zreq.CloseHTTP10},
		"doubt":              {"HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n", zreq.Args{}, zreq.CloseDoubt},
		"something is left":  {byLength("x") + "y", zreq.Args{}, zreq.CloseLeftover},
		"stopped":            {byLength("xyz"), zreq.Args{StreamCallback: func([]byte) error { return zreq.ErrStop }}, zreq.CloseStopped},
		"an unread error":    {page(404, numbered(40_000)), zreq.Args{Limits: zreq.Limits{Content: 1}}, zreq.CloseUnread},
		"no head is kept":    {byLength("x"), zreq.Args{DropHead: true}, zreq.CloseNone},
		"the caller's close": {byLength("x"), zreq.Args{Headers: zreq.Headers{{"Connection", "keep-alive"}}}, zreq.CloseNone},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, tt.answer)
			s := &zreq.Session{Driver: peer}
			defer s.Close()
			resp, err := s.Get(context.Background(), site, &tt.args)
			is.NoErr(err)
			is.Equal(resp.CloseReason(), tt.why)
			kept := map[bool]int{true: 1}[tt.why == zreq.CloseNone]
			balanced(is, s, kept, kept)
			is.Equal(peer.Open(), kept)
			if tt.args.DropHead {
				is.Equal(resp.Header("Content-Length"), "")
			}
		})
	}
}

// testSessionConcurrent: many requests at once from goroutines on one Session, some
// cancelled by their context: each ends with its own answer, or its own cause.
func testSessionConcurrent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		n := memnet.New()
		serveRequests(t, n, func(r *seenRequest) string {
			time.Sleep(time.Second)
			return withLength(r.path)
		})
		s := &zreq.Session{Driver: n, Pool: zreq.PoolLimits{OpenPerOrigin: 10}}
		var calls sync.WaitGroup
		for i := range 100 {
			calls.Go(func() {
				is := is.New(t)
				ctx, cancel := context.WithCancelCause(context.Background())
				defer cancel(nil)
				if i%2 == 1 { // while it waits for its turn, or for its answer
					time.AfterFunc(time.Duration(i%5)*time.Second+time.Millisecond, func() { cancel(errCancelled) })
				}
				path := fmt.Sprintf("/%d", i)
				resp, err := s.Get(ctx, "http://device.test"+path, nil)
				if err == nil {
					is.Equal(content(is, resp), path)
				} else {
					is.True(i%2 == 1 && errors.Is(err, errCancelled)) // none but who was cancelled
				}
			})
		}
		calls.Wait()
		stats := s.Stats()
		is.Equal(stats.Open, stats.Idle)
		is.Equal(stats.Waiting, 0)
		is.NoErr(s.Close())
		is.Equal(n.Open(), 0)
	})
}

// testSessionShortWrites: whatever a driver takes or gives at a time, the request and
// its answer are whole.
func testSessionShortWrites(t *testing.T) {
	for _, faults := range []memnet.Faults{
		{WriteBytes: 1}, {ReadBytes: 1}, {EmptyReads: 5}, {ReadBytes: 1, WriteBytes: 3, EmptyReads: 99},
	} {
		for _, body := range []string{"", "body", numbered(9000)} {
			is := is.New(t)
			n := memnet.New()
			n.OnDial = func(int, string) (memnet.Faults, error) { return faults, nil }
			serveRequests(t, n, func(r *seenRequest) string { return inChunks(fmt.Sprint(r.body, r.path), 3) })
			s := &zreq.Session{Driver: n}
			for i := range 3 {
				resp, err := s.Post(context.Background(), fmt.Sprintf("http://device.test/%d", i), &zreq.Args{Body: &again{text: body}})
				is.NoErr(err)
				is.Equal(content(is, resp), fmt.Sprint(len(body), "/", i)) // all of it came, and of the right one
			}
			is.Equal(n.Dials(), 1)
			is.NoErr(s.Close())
			is.Equal(n.Open(), 0)
		}
	}
}

// exits are how a Trace, or another callback, can leave a call.
var exits = map[string]func(){"panic": func() { panic("!") }, "Goexit": runtime.Goexit}

// A Trace that panics, or calls Goexit, costs the Session no slot and nobody his turn.
func TestSessionTraceFails(t *testing.T) {
	const a, b = "http://a.test", "http://b.test"
	for how, fail := range exits {
		t.Run(how+"/waiting", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				s := &zreq.Session{Driver: echoing(t), Pool: zreq.PoolLimits{Open: 1}}
				defer s.Close()
				held := holding(t, s, a+"/1")
				perishes(func() { _, _ = s.Get(context.Background(), a+"/2", &zreq.Args{Trace: onEvent(zreq.EventWait, fail)}) })
				is.Equal(s.Stats().Waiting, 0) // who is gone waits no more
				is.NoErr(held.Close())
				ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
				defer cancel()
				_, err := s.Get(ctx, a+"/3", nil)
				is.NoErr(err) // and holds no slot
				balanced(is, s, 1, 1)
			})
		})
		t.Run(how+"/evicting for a call", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				armed := false
				s := &zreq.Session{Driver: echoing(t), Pool: zreq.PoolLimits{Open: 1}}
				s.Trace = traceFunc(func(e zreq.Event) {
					if armed && e.Kind == zreq.EventClose {
						armed = false
						fail()
					}
				})
				defer s.Close()
				named(is, s, a, "/1", nil)
				armed = true
				perishes(func() { _, _ = s.Get(context.Background(), b+"/2", nil) })
				is.True(!armed)       // it was told of the eviction
				balanced(is, s, 0, 0) // the slot of the call that failed is free
				ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
				defer cancel()
				_, err := s.Get(ctx, b+"/3", nil)
				is.NoErr(err)
			})
		})
		t.Run(how+"/closing the Session", func(t *testing.T) {
			is := is.New(t)
			var armed atomic.Bool
			s := &zreq.Session{Driver: echoing(t), Pool: zreq.PoolLimits{OpenPerOrigin: 1}}
			s.Trace = traceFunc(func(e zreq.Event) {
				if e.Kind == zreq.EventClose && e.Call == 0 && armed.CompareAndSwap(true, false) {
					fail()
				}
			})
			named(is, s, a, "/1", nil)
			held := holding(t, s, b+"/2")
			waited := make(chan error, 1)
			go func() {
				_, err := s.Get(context.Background(), b+"/3", nil)
				waited <- err
			}()
			waitFor(t, "a call that waits", func() bool { return s.Stats().Waiting == 1 })
			armed.Store(true)
			perishes(func() { _ = s.Close() })
			is.True(!armed.Load()) // it was told of the idle one
			select {
			case err := <-waited:
				is.True(errors.Is(err, zreq.ErrClosed)) // who waits is told
			case <-time.After(5 * time.Second):
				t.Error("who waits is told nothing")
			}
			_ = held.Close()
		})
		for _, kind := range []zreq.EventKind{zreq.EventDial, zreq.EventDialled, zreq.EventTLS, zreq.EventSecured, zreq.EventConn, zreq.EventSentHead, zreq.EventHead, zreq.EventBody, zreq.EventDone} {
			t.Run(fmt.Sprint(how, "/", kind), func(t *testing.T) {
				is := is.New(t)
				d := newCensus(echoing(t))
				t.Cleanup(d.closeAll)
				s := &zreq.Session{Driver: d, TLS: &seal{}, Pool: zreq.PoolLimits{Open: 1}}
				defer s.Close()
				perishes(func() {
					_, _ = s.Get(context.Background(), "https://a.test/1", &zreq.Args{Trace: onEvent(kind, fail)})
				})
				stats := s.Stats()
				open, _, _ := d.counts()
				is.Equal(open, stats.Open)       // no socket is forgotten
				is.Equal(stats.Open, stats.Idle) // and no slot
				named(is, s, "https://a.test", "/2", nil)
			})
		}
	}
}

// onEvent is a Trace that does something at the first event of a kind.
func onEvent(kind zreq.EventKind, do func()) zreq.Trace {
	return traceFunc(func(e zreq.Event) {
		if e.Kind == kind {
			do()
		}
	})
}
