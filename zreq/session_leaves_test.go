package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

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
