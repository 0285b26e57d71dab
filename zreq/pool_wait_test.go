package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

// Who waits is served in the order of coming, by a connection that comes back, by one
// that dies, and by one to another origin. Those who wait for other origins come before
// only while connections are kept.
func testPoolTurns(t *testing.T) {
	for name, tt := range map[string]struct {
		pool    zreq.PoolLimits
		headers zreq.Headers
		origins int
		kept    bool
	}{
		"one origin":            {zreq.PoolLimits{OpenPerOrigin: 1}, nil, 1, true},
		"one origin, not kept":  {zreq.PoolLimits{OpenPerOrigin: 1}, zreq.Headers{{"Connection", "close"}}, 1, false},
		"many origins":          {zreq.PoolLimits{Open: 1}, nil, 3, true},
		"many, and none idle":   {zreq.PoolLimits{Open: 1, Idle: -1}, nil, 3, true},
		"many, not kept":        {zreq.PoolLimits{Open: 1}, zreq.Headers{{"Connection", "close"}}, 3, false},
		"one request on each":   {zreq.PoolLimits{Open: 1, Requests: 1}, nil, 2, false},
		"two at a time":         {zreq.PoolLimits{Open: 2}, nil, 3, true},
		"more than there is of": {zreq.PoolLimits{Open: 2, OpenPerOrigin: 5}, nil, 5, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				d := newCensus(echoing(t))
				s := &zreq.Session{Driver: d, Pool: tt.pool, Headers: tt.headers, Timeouts: zreq.Timeouts{Wait: -1}}
				defer s.Close()
				most := max(tt.pool.Open, tt.pool.OpenPerOrigin*tt.origins)
				if tt.pool.Open > 0 {
					most = tt.pool.Open
				}
				var mu sync.Mutex
				var order []int
				var calls sync.WaitGroup
				for i := range 40 {
					calls.Go(func() {
						is := is.New(t)
						resp, err := s.Get(context.Background(), fmt.Sprintf("http://%d.test/%d", i%tt.origins, i), &zreq.Args{Stream: true})
						is.NoErr(err)
						mu.Lock()
						order = append(order, i)
						mu.Unlock()
						time.Sleep(time.Second)
						is.Equal(content(is, resp), fmt.Sprintf("/%d", i)) // each has its own answer
					})
					synctest.Wait() // it waits before the next comes
				}
				is.Equal(s.Stats().Waiting, 40-most)
				calls.Wait()
				groups := map[int][]int{} // by origin, or all of them
				for _, i := range order {
					group := i % tt.origins
					if !tt.kept {
						group = 0
					}
					groups[group] = append(groups[group], i)
				}
				for _, group := range groups {
					for k, i := range group {
						came := slices.Sorted(slices.Values(group))
						is.True(slices.Index(came, i)-k < most && k-slices.Index(came, i) < most) // first come, first served, but for those who go at once
					}
				}
				if _, _, dials := d.counts(); tt.kept {
					is.True(dials < 20) // what an origin has serves those who wait for it
				}
				_, open, _ := d.counts()
				is.Equal(open, most) // never more
				is.Equal(s.Stats().Waiting, 0)
			})
		})
	}
}

// Waiting ends with the context, whose cause the error is; nothing was sent.
func testPoolWaitEnds(t *testing.T) {
	for name, tt := range map[string]struct {
		ctx     func() (context.Context, context.CancelFunc)
		cause   error
		timeout bool
	}{
		"cancelled": {func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(context.Background())
			stop := time.AfterFunc(time.Minute, func() { cancel(errCancelled) })
			return ctx, func() { stop.Stop(); cancel(nil) }
		}, errCancelled, false},
		"late": {func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), time.Minute)
		}, context.DeadlineExceeded, true},
		"late, with a cause": {func() (context.Context, context.CancelFunc) {
			return context.WithTimeoutCause(context.Background(), time.Minute, errCancelled)
		}, errCancelled, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				s := &zreq.Session{Driver: echoing(t), Pool: zreq.PoolLimits{OpenPerOrigin: 1}, Timeouts: zreq.Timeouts{Wait: -1}}
				defer s.Close()
				held := holding(t, s, site)
				ctx, cancel := tt.ctx()
				defer cancel()
				began := time.Now()
				resp, err := s.Post(ctx, site, &zreq.Args{Body: strings.NewReader("body")})
				is.Equal(time.Since(began), time.Minute)
				is.True(resp == nil)
				is.True(errors.Is(err, tt.cause))
				is.True(!errors.Is(err, zreq.ErrOutOfRetries)) // that is no attempt that failed
				e := failure(is, err)
				is.Equal(e.Phase, zreq.PhaseWait)
				is.Equal(e.Sent, int64(0))
				is.Equal(e.Attempt, 1)
				is.Equal(e.Timeout(), tt.timeout)
				is.True(zreq.SafeToRetry(err)) // even a POST: nothing was sent
				is.Equal(s.Stats().Waited, int64(1))
				balanced(is, s, 1, 0) // it does not wait any more
				is.NoErr(held.Close())
				named(is, s, "http://device.test", "/y", nil)
				balanced(is, s, 1, 1)
			})
		})
	}
}

// A call whose context ends just when its turn comes passes the turn on.
func testPoolCancelAtTheTurn(t *testing.T) {
	n := echoing(t)
	rounds := 3000
	if testing.Short() {
		rounds = 300
	}
	for _, limits := range []zreq.PoolLimits{{Open: 1}, {Open: 1, Idle: -1}, {OpenPerOrigin: 1, Open: 2}} {
		is := is.New(t)
		d := newCensus(n)
		s := &zreq.Session{Driver: d, Pool: limits, Timeouts: zreq.Timeouts{Wait: 30 * time.Second}} // long before a turn that is lost comes
		defer s.Close()
		for range rounds {
			if t.Failed() {
				return
			}
			held := holding(t, s, site)
			ctx, cancel := context.WithCancelCause(context.Background())
			var calls sync.WaitGroup
			calls.Go(func() {
				resp, err := s.Get(ctx, site, nil)
				is.True(err == nil && resp.Complete() || errors.Is(err, errCancelled)) // its answer, or why not
			})
			calls.Go(func() {
				_, err := s.Get(context.Background(), site, nil)
				is.NoErr(err) // who comes after it is served
			})
			waitFor(t, "two who wait", func() bool { return s.Stats().Waiting == 2 })
			var race sync.WaitGroup
			race.Go(func() { cancel(errCancelled) })
			race.Go(func() { is.NoErr(held.Close()) })
			race.Wait()
			calls.Wait()
		}
		stats := s.Stats()
		is.Equal(stats.Open, stats.Idle) // no slot is lost
		is.Equal(stats.Waiting, 0)
		open, most, _ := d.counts()
		is.Equal(open, stats.Open)
		is.Equal(most, 1) // of one origin
		is.NoErr(s.Close())
	}
}

// A call that waits for a connection of a Session ends after Timeouts.Wait, and says
// which limit that is and what has the connections.
func testSessionWaitIsBounded(t *testing.T) {
	for name, tt := range map[string]struct {
		pool     zreq.PoolLimits
		timeouts zreq.Timeouts // of the Session
		call     zreq.Timeouts
		streams  int    // held open
		origins  string // of the streams; default: site
		after    time.Duration
		says     string
	}{
		"by default": {
			pool: zreq.PoolLimits{OpenPerOrigin: 2}, streams: 1, after: 30 * time.Second,
			says: "of 2 that PoolLimits.OpenPerOrigin allows to http://device.test, 2 are in use, 1 of them by open Streams, and 0 are idle",
		},
		"the Session's limit": {
			pool: zreq.PoolLimits{OpenPerOrigin: 1}, timeouts: zreq.Timeouts{Wait: time.Second}, after: time.Second,
			says: "of 1 that PoolLimits.OpenPerOrigin allows to http://device.test, 1 are in use, 0 of them by open Streams",
		},
		"the call's limit": {
			pool: zreq.PoolLimits{OpenPerOrigin: 1}, timeouts: zreq.Timeouts{Wait: time.Second}, call: zreq.Timeouts{Wait: time.Minute},
			after: time.Minute, says: "Timeouts.Wait of 1m0s is over",
		},
		"all of the Session": {
			pool: zreq.PoolLimits{Open: 3}, streams: 2, origins: "http://%d.test/", after: 30 * time.Second,
			says: "of 3 that PoolLimits.Open allows, 3 are in use, 2 of them by open Streams, and 0 are idle",
		},
		"all of the Session, ports of one host": {
			pool: zreq.PoolLimits{Open: 3}, streams: 2, origins: "http://device.test:808%d/", after: 30 * time.Second,
			says: "of 3 that PoolLimits.Open allows, 3 are in use, 2 of them by open Streams, and 0 are idle",
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				s := &zreq.Session{Driver: echoing(t), Pool: tt.pool, Timeouts: tt.timeouts}
				defer s.Close()
				for i := range tt.streams {
					url := site
					if tt.origins != "" {
						url = fmt.Sprintf(tt.origins, i)
					}
					defer holding(t, s, url).Close()
				}
				_, err := s.Get(context.Background(), site, &zreq.Args{StreamCallback: func([]byte) error {
					began := time.Now()
					resp, err := s.Post(context.Background(), site, &zreq.Args{Body: strings.NewReader("x"), Timeouts: tt.call})
					is.Equal(time.Since(began), tt.after)
					is.True(resp == nil)
					is.True(strings.Contains(err.Error(), tt.says))                                         // the counts
					is.True(strings.Contains(err.Error(), "close each Response of Args.Stream or read it")) // and what to do
					is.True(saysLimit(err, "Wait", tt.after))
					e := failure(is, err)
					is.Equal(e.Phase, zreq.PhaseWait)
					is.True(e.Timeout())
					is.True(zreq.SafeToRetry(err)) // even a POST: nothing was sent
					is.Equal(s.Stats().Waiting, 0) // it does not wait any more
					return zreq.ErrStop
				}})
				is.NoErr(err)
			})
		})
	}
}

// A context that ends first is the error, and the counts are told as well.
func testSessionWaitTellsTheCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		s := &zreq.Session{Driver: echoing(t), Pool: zreq.PoolLimits{OpenPerOrigin: 2}}
		defer s.Close()
		defer holding(t, s, site).Close()
		defer holding(t, s, site).Close()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, err := s.Get(ctx, site, nil)
		is.True(errors.Is(err, context.DeadlineExceeded))
		is.True(failure(is, err).Timeout())
		is.True(strings.Contains(err.Error(), "context deadline exceeded: no connection became free: of 2 that"))
		is.True(strings.Contains(err.Error(), "2 are in use, 2 of them by open Streams"))
	})
}

// A negative Timeouts.Wait is no limit.
func testSessionWaitWithoutLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		s := &zreq.Session{Driver: echoing(t), Pool: zreq.PoolLimits{OpenPerOrigin: 1}, Timeouts: zreq.Timeouts{Wait: -1}}
		defer s.Close()
		held := holding(t, s, site)
		time.AfterFunc(time.Hour, func() { _ = held.Close() })
		began := time.Now()
		_, err := s.Get(context.Background(), site, nil)
		is.NoErr(err)
		is.Equal(time.Since(began), time.Hour)
	})
}

// TestChunkedToHTTP10AfterAWait: how an error is told does not depend on whether the call
// had to wait for its connection.
func TestChunkedToHTTP10AfterAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello")
		s := &zreq.Session{Driver: peer, Pool: zreq.PoolLimits{OpenPerOrigin: 1}}
		defer s.Close()
		first, err := s.Get(context.Background(), site, &zreq.Args{Stream: true})
		is.NoErr(err)
		failed := make(chan error)
		go func() {
			_, err := s.Put(context.Background(), site, &zreq.Args{Body: io.MultiReader(strings.NewReader("chunked"))})
			failed <- err
		}()
		synctest.Wait() // it waits
		_, err = first.ReadN(0)
		is.NoErr(err)
		err = <-failed
		is.True(errors.Is(err, zreq.ErrRequest))
		is.True(!zreq.SafeToRetry(err)) // it fails however often
	})
}

// TestWaitHoldsNoReadBuffer: a call borrows its read buffer when it has a connection, so
// that a crowd that waits for a few of them holds no more buffers than there are.
func TestWaitHoldsNoReadBuffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const calls, size = 16, 4 << 20 // so large a buffer is made anew for each call
		is := is.New(t)
		s := &zreq.Session{Driver: echoing(t), Pool: zreq.PoolLimits{OpenPerOrigin: 1}, Limits: zreq.Limits{ReadBuffer: size}}
		defer s.Close()
		held, err := s.Get(context.Background(), site, &zreq.Args{Stream: true})
		is.NoErr(err)
		var before, waiting, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var all sync.WaitGroup
		for range calls {
			all.Go(func() {
				_, err := s.Get(context.Background(), site, nil)
				is.NoErr(err)
			})
		}
		synctest.Wait()
		count := s.Stats().Waiting
		runtime.ReadMemStats(&waiting)
		is.NoErr(held.Close())
		all.Wait()
		runtime.ReadMemStats(&after)
		is.Equal(count, calls)
		is.True(waiting.TotalAlloc-before.TotalAlloc < calls*size/2) // who waits has none
		is.True(after.TotalAlloc-waiting.TotalAlloc >= calls*size)   // and who reads has one
	})
}
