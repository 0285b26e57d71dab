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

// tooLate says Timeout of itself, as an error of the network does.
type tooLate struct{}

func (tooLate) Error() string { return "too late" }
func (tooLate) Timeout() bool { return true }

// testRetryOfWhatWasShown: a body that breaks after so many bytes is asked for again
// unless somebody has seen something of it. Only the last answer is shown, whole.
func testRetryOfWhatWasShown(t *testing.T) {
	const size, chunk = 2000, 100
	body := numbered(size)
	for name, end := range map[string]zreqtest.Step{"end": zreqtest.Close(), "reset": zreqtest.Reset(), "silence": zreqtest.Hold()} {
		for how, framed := range map[string]string{"length": withLength(body), "chunked": inChunks(body, 150)} {
			head := strings.Index(framed, "\r\n\r\n") + 4
			for _, came := range []int{0, 1, chunk - 1, chunk + 20, size / 2, len(framed) - head - 1} {
				for _, bare := range []bool{true, false} {
					t.Run(name+"/"+how, func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							is := is.New(t)
							first := []zreqtest.Step{zreqtest.Request(), zreqtest.Send(framed[:head+came]), zreqtest.Pause(time.Second / 10), end}
							peer := zreqtest.NewPeer(t, first, answering(framed))
							s := &zreq.Session{Driver: seen(peer, bare), Timeouts: zreq.Timeouts{Body: time.Second}}
							defer s.Close()
							var got string
							_, err := s.Get(context.Background(), site, &zreq.Args{
								StreamChunk: chunk, StreamCallback: func(p []byte) error { got += string(p); return nil },
							})
							if came <= chunk {
								is.NoErr(err) // nobody had seen anything
								is.Equal(got, body)
								is.Equal(peer.Dials(), 2)
								return
							}
							is.True(err != nil)
							is.True(!errors.Is(err, zreq.ErrOutOfRetries))
							is.True(got != "" && strings.HasPrefix(body, got))
							is.Equal(failure(is, err).Taken, int64(len(got)))
							is.Equal(len(peer.Requests()), 1) // nothing is shown twice
							is.Equal(peer.Open(), 0)
						})
					})
				}
			}
		}
	}
}

// TestRetryEndedByTheCaller: what the caller's own functions and body say is final,
// whatever it is.
func TestRetryEndedByTheCaller(t *testing.T) {
	for name, own := range map[string]error{
		"own": errors.New("mine"), "timeout": tooLate{}, "reset": memnet.ErrReset, "connect": zreq.ErrConnect,
		"stale": zreq.ErrStale, "truncated": zreq.ErrTruncated, "EOF": io.EOF, "unexpected EOF": io.ErrUnexpectedEOF,
	} {
		refuse := func([]byte) error { return own }
		for where, args := range map[string]func() zreq.Args{
			"callback": func() zreq.Args { return zreq.Args{StreamCallback: refuse, StreamChunk: 2} },
			"last":     func() zreq.Args { return zreq.Args{StreamCallback: refuse} },
			"OnHead":   func() zreq.Args { return zreq.Args{OnHead: func(*zreq.Response) error { return own }} },
			"body":     func() zreq.Args { return zreq.Args{Body: failing{own}} },
			"auth": func() zreq.Args {
				return zreq.Args{Auth: &asker{give: func(zreq.AuthRequest) (string, error) { return "", own }}}
			},
		} {
			if where == "body" && own == io.EOF {
				continue // is the end of the body
			}
			t.Run(where+"/"+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					peer := zreqtest.NewPeer(t, answering(byLength("first"), byLength("hello")), answering(byLength("again")))
					s := &zreq.Session{Driver: peer}
					defer s.Close()
					_, err := s.Get(context.Background(), site, nil)
					is.NoErr(err)
					own := args()
					_, err = s.Put(context.Background(), site, &own)
					is.True(err != nil)
					is.True(!errors.Is(err, zreq.ErrOutOfRetries))
					is.Equal(failure(is, err).Attempt, 1)
					is.True(len(peer.Requests()) <= 2) // it is not made again
					is.Equal(s.Stats().Retried, int64(0))
					is.Equal(s.Stats().Stale, int64(0))
					is.Equal(peer.Open(), s.Stats().Open)
				})
			})
		}
	}
}

// TestRetryOnHead: OnHead is shown the last answer alone; what it was shown is not
// asked for again.
func TestRetryOnHead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		cut := []zreqtest.Step{zreqtest.Request(), zreqtest.Send(byLength("hello")[:40]), zreqtest.Close()}
		peer := zreqtest.NewPeer(t, append(answering(page(503, "busy")), cut...), answering(byLength("again")))
		s := &zreq.Session{Driver: peer}
		defer s.Close()
		var statuses []int
		resp, err := s.Get(context.Background(), site, &zreq.Args{OnHead: func(r *zreq.Response) error {
			statuses = append(statuses, r.Status)
			return nil
		}})
		is.Equal(statuses, []int{200})
		is.True(errors.Is(err, zreq.ErrTruncated))
		is.True(!errors.Is(err, zreq.ErrOutOfRetries))
		is.Equal(failure(is, err).Attempt, 2)
		is.Equal(resp.Status, 200)
		is.Equal(peer.Dials(), 1)
	})
}

// TestRetryCancelled: a context that ends ends the call, in every phase, whatever its
// cause says.
func TestRetryCancelled(t *testing.T) {
	for name, script := range map[string][]zreqtest.Step{
		"dial": {zreqtest.NoAnswer()},
		"send": {zreqtest.Fault(memnet.Faults{StallWriteAfter: 10})},
		"head": {zreqtest.Request(), zreqtest.Hold()},
		"body": {zreqtest.Request(), zreqtest.Send(byLength("hello")[:40]), zreqtest.Hold()},
	} {
		for _, cause := range []error{errCancelled, tooLate{}, memnet.ErrReset, zreq.ErrConnect, context.DeadlineExceeded} {
			t.Run(name+"/"+cause.Error(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					peer := zreqtest.NewPeer(t, script, answering(byLength("again")))
					s := &zreq.Session{Driver: peer}
					defer s.Close()
					ctx, cancel := context.WithCancelCause(context.Background())
					defer time.AfterFunc(time.Second/2, func() { cancel(cause) }).Stop()
					if cause == context.DeadlineExceeded {
						var end context.CancelFunc
						ctx, end = context.WithTimeout(ctx, time.Second/4)
						defer end()
					}
					_, err := s.Get(ctx, site, nil)
					is.True(errors.Is(err, cause))
					is.True(!errors.Is(err, zreq.ErrOutOfRetries)) // none was tried
					is.Equal(peer.Dials(), 1)
					is.Equal(peer.Open(), 0)
					is.Equal(s.Stats().Open, 0)
				})
			})
		}
	}
}

// TestRetryOfTLS: a handshake that is cut, or silent, is tried again, also for a POST:
// nothing has left.
func TestRetryOfTLS(t *testing.T) {
	for name, begin := range map[string]func(c *labConn){
		"cut":   func(c *labConn) { c.raw.Reset() },
		"end":   func(c *labConn) { _ = c.raw.Close() },
		"quiet": func(*labConn) {},
	} {
		t.Run(name, func(t *testing.T) {
			links(t, func(t *testing.T, secure bool, dial string) {
				if !secure {
					return
				}
				is := is.New(t)
				conns := 0
				l := newLab(t, true, drivers[dial], func(c *labConn) {
					if conns++; conns == 1 {
						begin(c)
						return
					}
					if c.request() {
						c.send(byLength("good"))
					}
				})
				s := &zreq.Session{Driver: l.args.Driver, TLS: l.args.TLS}
				defer s.Close()
				resp, err := s.Post(context.Background(), l.url, nil)
				is.NoErr(err)
				is.Equal(content(is, resp), "good")
				is.Equal(l.net.Dials(), 2)
				is.Equal(s.Stats().Retried, int64(1))
			})
		})
	}
}

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
