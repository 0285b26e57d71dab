package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// elsewhere is a network on which every origin leads a path to where its first part
// says, "/b.test/c.test/x" to http://b.test/c.test/x, and answers what is left.
func elsewhere(t *testing.T, status int) *memnet.Net {
	t.Helper()
	n := memnet.New()
	serveRequests(t, n, func(r *seenRequest) string {
		host, rest, more := strings.Cut(r.path[1:], "/")
		if !more {
			return withLength(r.method + " " + r.path)
		}
		return moved(status, "http://"+host+"/"+rest)
	})
	return n
}

// A call that is led elsewhere never waits for a connection that it has itself.
func testSessionRedirect(t *testing.T) {
	for name, pool := range map[string]zreq.PoolLimits{
		"Open 1":               {Open: 1},
		"OpenPerOrigin 1":      {OpenPerOrigin: 1},
		"both":                 {Open: 1, OpenPerOrigin: 1},
		"none is kept":         {Open: 1, Idle: -1},
		"one request for each": {Open: 1, Requests: 1},
		"the defaults":         {},
	} {
		for _, body := range []string{"", "body", numbered(20_000)} {
			for _, stream := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/body %d/stream %v", name, len(body), stream), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						is := is.New(t)
						d := newCensus(elsewhere(t, 307))
						s := &zreq.Session{Driver: d, Pool: pool}
						ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
						defer cancel()
						for range 3 {
							args := &zreq.Args{Stream: stream}
							if body != "" {
								args.Body = &again{text: body}
							}
							resp, err := s.Put(ctx, "http://a.test/a.test/b.test/a.test/c.test/x", args)
							is.NoErr(err)
							is.Equal(content(is, resp), "PUT /x")
							is.Equal(resp.URL(), "http://c.test/x")
							is.True(resp.Connection == nil)
							stats := s.Stats()
							is.Equal(stats.Open, stats.Idle)
						}
						_, most, dials := d.counts()
						if pool.Open == 1 {
							is.Equal(most, 1) // one is closed before the other is dialled
						} else {
							is.Equal(dials, 3) // one to each, and they are kept
						}
						is.NoErr(s.Close())
						open, _, _ := d.counts()
						is.Equal(open, 0)
					})
				})
			}
		}
	}
}

// A second request of a call goes over the same connection where that is as good as
// before, and there is never a second one.
func TestSessionAsksAgain(t *testing.T) {
	const who = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Own\r\nContent-Length: 3\r\n\r\nwho"
	for name, tt := range map[string]struct {
		scripts [][]zreqtest.Step
		args    zreq.Args
		status  int
	}{
		"a challenge": {
			[][]zreqtest.Step{answering(who, byLength("hello"), byLength("next"))}, zreq.Args{Auth: new(asker)}, 200,
		},
		"a challenge, and the end": {
			[][]zreqtest.Step{append(answering(strings.Replace(who, "\r\n", "\r\nConnection: close\r\n", 1)), zreqtest.Close()), answering(byLength("hello"), byLength("next"))},
			zreq.Args{Auth: new(asker)},
			200,
		},
		"a challenge, refused": {
			[][]zreqtest.Step{answering(who, who, byLength("next"))}, zreq.Args{Auth: new(asker)}, 401,
		},
		"a challenge, and a body": {
			[][]zreqtest.Step{answering(who, byLength("hello"), byLength("next"))}, zreq.Args{Auth: new(asker), Body: &again{text: "body"}}, 200,
		},
		"an expectation": {
			[][]zreqtest.Step{{zreqtest.Head(), zreqtest.Send(goOn), zreqtest.Read(4), zreqtest.Send(byLength("hello")), zreqtest.Request(), zreqtest.Send(byLength("next"))}},
			zreq.Args{Expect100: true, Body: &again{text: "body"}},
			200,
		},
		"an expectation, failed": {
			[][]zreqtest.Step{{zreqtest.Head(), zreqtest.Send(page(417, "no"))}, answering(byLength("hello"), byLength("next"))},
			zreq.Args{Expect100: true, Body: &again{text: "body"}},
			200,
		},
		"an expectation, refused": {
			[][]zreqtest.Step{{zreqtest.Head(), zreqtest.Send(page(413, "no"))}, answering(byLength("next"))},
			zreq.Args{Expect100: true, Body: &again{text: "body"}},
			413,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, tt.scripts...)
				d := newCensus(peer)
				s := &zreq.Session{Driver: d, RetryBudget: -1, Pool: zreq.PoolLimits{Open: 1}}
				ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
				defer cancel()
				resp, err := s.Put(ctx, site, &tt.args)
				is.NoErr(err)
				is.Equal(resp.Status, tt.status)
				stats := s.Stats()
				is.Equal(stats.Open, stats.Idle)
				resp, err = s.Get(ctx, site, nil)
				is.NoErr(err)
				is.Equal(content(is, resp), "next")
				_, most, dials := d.counts()
				is.Equal(most, 1)
				is.Equal(dials, len(tt.scripts))
				is.NoErr(s.Close())
				is.Equal(peer.Open(), 0)
			})
		})
	}
}

// A call of a Session may bring a connection: that is the caller's, and not in the
// pool; where a redirect leads elsewhere, the pool serves.
func TestSessionWithAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		n := elsewhere(t, 307)
		s := &zreq.Session{Driver: n, Pool: zreq.PoolLimits{Open: 1}}
		conn, err := zreq.Connect(context.Background(), "http://a.test/", &zreq.Args{Driver: n})
		is.NoErr(err)
		held := holding(t, s, "http://a.test/x") // the pool is full
		for range 3 {
			resp, err := s.Get(context.Background(), "http://a.test/x", &zreq.Args{Connection: conn})
			is.NoErr(err)
			is.True(resp.Connection == conn) // it is given back to him who brought it
		}
		balanced(is, s, 1, 0)
		is.NoErr(held.Close())
		resp, err := s.Get(context.Background(), "http://a.test/b.test/x", &zreq.Args{Connection: conn})
		is.NoErr(err)
		is.Equal(content(is, resp), "GET /x")
		is.True(resp.Connection == conn) // untouched
		balanced(is, s, 1, 1)            // that to b is the pool's
		resp, err = s.Get(context.Background(), "http://a.test/b.test/a.test/x", &zreq.Args{Connection: conn})
		is.NoErr(err)
		is.True(resp.Connection == conn)
		balanced(is, s, 1, 1)
		_, err = s.Get(context.Background(), "http://b.test/x", &zreq.Args{Connection: conn})
		is.True(errors.Is(err, zreq.ErrOtherOrigin)) // it has one origin
		balanced(is, s, 1, 1)
		is.Equal(conn.Dials(), 1)
		is.Equal(n.Dials(), 3) // his, one to a and one to b of the pool
		is.NoErr(s.Close())
		is.Equal(n.Open(), 1) // his is not the Session's to close
		is.NoErr(conn.Close())
		is.Equal(n.Open(), 0)
	})
}

// A connection that was brought and turns out to be dead is dialled again in place.
func testSessionWithADeadConnection(t *testing.T) {
	for name, end := range map[string][]zreqtest.Step{
		"idle":           {zreqtest.Close()},
		"with a request": {zreqtest.Request(), zreqtest.Close()},
		"a 408":          {zreqtest.Request(), zreqtest.Send(idle408), zreqtest.Close()},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, append(answering(noContent), end...), answering(byLength("hello")))
				conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
				is.NoErr(err)
				s := &zreq.Session{Driver: peer, RetryBudget: -1}
				defer s.Close()
				for _, want := range []string{"", "hello"} {
					resp, err := s.Get(context.Background(), site, &zreq.Args{Connection: conn})
					is.NoErr(err)
					is.Equal(content(is, resp), want)
					is.True(resp.Connection == conn)
					synctest.Wait()
				}
				is.Equal(conn.Dials(), 2)
				is.Equal(s.Stats().Stale, int64(1))
				balanced(is, s, 0, 0)
				is.NoErr(conn.Close())
			})
		})
	}
}

// However a call ends, its slot is free, its socket closed or idle, and the next call
// goes through.
func testSessionIsLeft(t *testing.T) {
	for name, tt := range endings {
		for _, kept := range []bool{false, true} {
			script := tt.script
			if kept && len(script) > 0 {
				if name == "refused" || name == "no answer" || tt.url != "" {
					continue
				}
				script = append(answering(noContent), script...)
			}
			t.Run(fmt.Sprintf("%s/kept %v", name, kept), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					scripts := [][]zreqtest.Step{answering(byLength("next"), byLength("next"))}
					if len(script) > 0 {
						if tt.keeps || len(tt.script) == 0 {
							script = append(script, scripts[0]...)
						}
						scripts = [][]zreqtest.Step{script, scripts[0]}
					}
					leave(t, zreqtest.NewPeer(t, scripts...), tt.url, tt.args, tt.want, kept)
				})
			})
		}
	}
}

func leave(t *testing.T, peer *zreqtest.Peer, url string, args zreq.Args, want error, kept bool) {
	is := is.New(t)
	s := &zreq.Session{Driver: peer, RetryBudget: -1, Pool: zreq.PoolLimits{OpenPerOrigin: 1}}
	if kept {
		_, err := s.Get(context.Background(), site, nil)
		is.NoErr(err)
	}
	if url == "" {
		url = site
	}
	if rewound, ok := args.Body.(io.Seeker); ok {
		_, _ = rewound.Seek(0, io.SeekStart)
	}
	perishes(func() {
		resp, err := s.Post(context.Background(), url, &args)
		if want != nil && !(kept && errors.Is(err, zreq.ErrStale)) {
			is.True(errors.Is(err, want)) // it says why
		}
		if args.Stream {
			is.Equal(s.Stats().Idle, 0) // it has its connection
			is.NoErr(resp.Close())
		}
	})
	stats := s.Stats()
	is.Equal(stats.Open, stats.Idle) // the slot is free
	is.Equal(peer.Open(), stats.Open)
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	resp, err := s.Get(ctx, site, nil)
	is.NoErr(err)
	is.Equal(content(is, resp), "next") // of nothing else
	balanced(is, s, 1, 1)
	is.NoErr(s.Close())
	is.Equal(peer.Open(), 0) // no socket is left
}

// A context that ends at any moment frees what the call had.
func testSessionCancelledAtRandom(t *testing.T) {
	n := memnet.New()
	serveEach(t, n, nil, func(path string) string { return inChunks(bodyOf(path, 30_000), 1000) })
	d := newCensus(n)
	s := &zreq.Session{Driver: d, Retry: atOnce, Pool: zreq.PoolLimits{OpenPerOrigin: 1}}
	is := is.New(t)
	random := rand.New(rand.NewPCG(1, 2))
	var into zreq.Response
	cancelled := 0
	for i := range 2000 {
		ctx, cancel := context.WithCancelCause(context.Background())
		stop := time.AfterFunc(time.Duration(random.IntN(150))*time.Microsecond, func() { cancel(errCancelled) })
		path := fmt.Sprintf("/%d", i)
		args := &zreq.Args{Into: &into, Stream: i%3 == 0}
		var got []byte
		if i%3 == 1 {
			args.StreamCallback = func(p []byte) error { got = append(got, p...); return nil }
		}
		resp, err := s.Get(ctx, "http://device.test"+path, args)
		if args.StreamCallback == nil && err == nil {
			got, err = resp.Content()
		}
		if err == nil {
			is.Equal(string(got), bodyOf(path, 30_000)) // of this request, and whole
		} else {
			cancelled++
			is.True(errors.Is(err, errCancelled))
		}
		stop.Stop()
		cancel(nil)
		_ = into.Close()
		stats := s.Stats()
		is.Equal(stats.Open, stats.Idle)
		open, most, _ := d.counts()
		is.Equal(open, stats.Open)
		is.True(most <= 1) // none, if the first ended before its dial
	}
	is.True(cancelled > 100) // some were
	is.NoErr(s.Close())
	open, _, _ := d.counts()
	is.Equal(open, 0)
}

// A Stream that is not closed keeps its slot; one that is read, or closed, or whose
// Response is used again, does not.
func testSessionStream(t *testing.T) {
	for name, end := range map[string]func(s *zreq.Session, r *zreq.Response){
		"closed":       func(_ *zreq.Session, r *zreq.Response) { _ = r.Close() },
		"closed twice": func(_ *zreq.Session, r *zreq.Response) { _, _ = r.Close(), r.Close() },
		"read":         func(_ *zreq.Session, r *zreq.Response) { _, _ = io.Copy(io.Discard, r) },
		"read and closed": func(_ *zreq.Session, r *zreq.Response) {
			_, _ = io.Copy(io.Discard, r)
			_ = r.Close()
		},
		"content": func(_ *zreq.Session, r *zreq.Response) { _, _ = r.Content() },
		"used again": func(s *zreq.Session, r *zreq.Response) {
			_, _ = s.Get(context.Background(), "http://device.test/again", &zreq.Args{Into: r})
		},
		"used again by another": func(_ *zreq.Session, r *zreq.Response) {
			_, _ = zreq.Get(context.Background(), "http://other.test/", &zreq.Args{Into: r, Driver: memnet.New()})
			_ = r.Close() // that call had no connection
		},
		"used again for a Stream": func(s *zreq.Session, r *zreq.Response) {
			for range 5 {
				_, _ = s.Get(context.Background(), "http://device.test/again", &zreq.Args{Into: r, Stream: true})
			}
			_ = r.Close()
		},
	} {
		for _, size := range []int{1, 3000, 300_000} {
			t.Run(fmt.Sprint(name, "/", size), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					n := memnet.New()
					serveEach(t, n, nil, func(path string) string { return withLength(bodyOf(path, size)) })
					s := &zreq.Session{Driver: n, Pool: zreq.PoolLimits{OpenPerOrigin: 1}}
					resp, err := s.Get(context.Background(), site, &zreq.Args{Stream: true})
					is.NoErr(err)
					is.True(resp.Connection == nil)
					balanced(is, s, 1, 0)
					late, cancel := context.WithTimeout(context.Background(), 10*time.Second)
					defer cancel()
					_, err = s.Get(late, site, nil)
					is.True(errors.Is(err, context.DeadlineExceeded)) // who keeps it waits for himself
					end(s, resp)
					is.True(resp.Connection == nil) // still the Session's
					stats := s.Stats()
					is.Equal(stats.Open, stats.Idle)
					is.Equal(n.Open(), stats.Open)
					again, err := s.Get(context.Background(), "http://device.test/next", nil)
					is.NoErr(err)
					is.Equal(content(is, again), bodyOf("/next", size))
					balanced(is, s, 1, 1)
					is.NoErr(s.Close())
					is.Equal(n.Open(), 0)
				})
			})
		}
	}
}
