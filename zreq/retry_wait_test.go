package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

// unanswered is a Session whose server answers every request so; its waits are those
// of the last call.
type unanswered struct {
	zreq.Session
	net   *memnet.Net
	waits []time.Duration
}

func (u *unanswered) Trace(e zreq.Event) {
	if e.Kind == zreq.EventRetry {
		u.waits = append(u.waits, e.Wait)
	}
}

func newUnanswered(t *testing.T, answer string) *unanswered {
	u := &unanswered{net: memnet.New()}
	serveEach(t, u.net, nil, func(string) string { return answer })
	u.Driver, u.Session.Trace, u.RetryBudget = u.net, u, math.MaxInt32/10
	t.Cleanup(func() { _ = u.Close() })
	return u
}

// waited makes a call that comes to nothing, and returns its waits, which are what the
// time says.
func (u *unanswered) waited(is *is.I, retry zreq.Retry) []time.Duration {
	is.Helper()
	u.waits = nil
	began := time.Now()
	_, err := u.Get(context.Background(), site, &zreq.Args{Retry: retry})
	is.True(errors.Is(err, zreq.ErrOutOfRetries))
	var all time.Duration
	for _, w := range u.waits {
		all += w
	}
	is.Equal(time.Since(began), all) // nothing else took time
	var out *zreq.OutOfRetries
	is.True(errors.As(err, &out))
	for i, a := range out.Attempts[:len(u.waits)] {
		is.Equal(a.Wait, u.waits[i])
	}
	return u.waits
}

// testRetryBackoff: each wait is anywhere from none to twice what the one before could
// be, within MaxWait.
func testRetryBackoff(t *testing.T) {
	const never = time.Duration(math.MaxInt64)
	for name, tt := range map[string]struct {
		retry zreq.Retry
		most  []time.Duration
	}{
		"default":         {zreq.Retry{}, []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}},
		"doubling":        {zreq.Retry{Attempts: 7, Wait: time.Second, MaxWait: 10 * time.Second}, []time.Duration{1e9, 2e9, 4e9, 8e9, 10e9, 10e9}},
		"a cap below":     {zreq.Retry{Attempts: 4, Wait: time.Minute, MaxWait: time.Second}, []time.Duration{1e9, 1e9, 1e9}},
		"no wait":         {zreq.Retry{Attempts: 4, Wait: -1}, []time.Duration{0, 0, 0}},
		"no longest":      {zreq.Retry{Attempts: 4, MaxWait: -1}, []time.Duration{0, 0, 0}},
		"one nanosecond":  {zreq.Retry{Attempts: 5, Wait: 1, MaxWait: 3}, []time.Duration{1, 2, 3, 3}},
		"huge, of a cap":  {zreq.Retry{Attempts: 4, Wait: never, MaxWait: time.Second}, []time.Duration{1e9, 1e9, 1e9}},
		"huge cap":        {zreq.Retry{Attempts: 4, Wait: time.Second, MaxWait: never}, []time.Duration{1e9, 2e9, 4e9}},
		"smallest values": {zreq.Retry{Attempts: 3, Wait: math.MinInt64, MaxWait: math.MinInt64}, []time.Duration{0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				u := newUnanswered(t, page(503, "busy"))
				const runs = 400
				tt.retry.Time = -1
				sum, top := make([]float64, len(tt.most)), make([]int, len(tt.most))
				for range runs {
					waits := u.waited(is, tt.retry)
					is.Equal(len(waits), len(tt.most))
					for i, w := range waits {
						is.True(w >= 0 && w <= tt.most[i])
						sum[i] += float64(w)
						if w > tt.most[i]*9/10 || tt.most[i] < 10 {
							top[i]++
						}
					}
				}
				for i, most := range tt.most {
					mean := sum[i] / runs
					is.True(mean >= float64(most)*0.4 && mean <= float64(most)*0.6) // full jitter is uniform
					is.True(top[i] > 0)                                             // up to the end
				}
			})
		})
	}
}

// testRetryHuge: no value is too large to be added up.
func testRetryHuge(t *testing.T) {
	const never = time.Duration(math.MaxInt64)
	for name, retry := range map[string]zreq.Retry{
		"both": {Wait: never, MaxWait: never}, "and Time": {Wait: never, MaxWait: never, Time: never}, "no Time": {Wait: never, MaxWait: never, Time: -1},
		"many": {Attempts: math.MaxInt, Wait: never, MaxWait: never, Time: time.Hour},
	} {
		for _, answer := range []string{page(503, "busy"), "HTTP/1.1 503 X\r\nRetry-After: 99999999999999999999999\r\nContent-Length: 0\r\n\r\n"} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					u := newUnanswered(t, answer)
					ctx, cancel := context.WithCancel(context.Background())
					defer time.AfterFunc(time.Minute, cancel).Stop()
					began := time.Now()
					_, err := u.Get(ctx, site, &zreq.Args{Retry: retry})
					is.True(errors.Is(err, zreq.ErrOutOfRetries))
					is.True(time.Since(began) <= time.Minute)
					for _, w := range u.waits {
						is.True(w >= 0)
					}
				})
			})
		}
	}
	t.Run("a thousand attempts", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			u := newUnanswered(t, page(503, "busy"))
			waits := u.waited(is, zreq.Retry{Attempts: 1000, Wait: time.Second, MaxWait: time.Minute, Time: -1})
			is.Equal(len(waits), 999)
			is.Equal(u.net.Dials(), 1) // one connection served them all
		})
	})
}

// testRetryTime: no attempt begins later after the first failure, and nobody waits for
// one that would.
func testRetryTime(t *testing.T) {
	for _, limit := range []time.Duration{1, time.Second, 10 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			u := newUnanswered(t, page(503, "busy"))
			for range 200 {
				began := time.Now()
				_ = u.waited(is, zreq.Retry{Attempts: 100, Wait: time.Second, MaxWait: 4 * time.Second, Time: limit})
				is.True(time.Since(began) <= limit)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		u := newUnanswered(t, page(503, "busy"))
		began := time.Now()
		_ = u.waited(is, zreq.Retry{Attempts: 1000})
		is.True(time.Since(began) <= 2*time.Minute) // the default
		is.True(time.Since(began) > time.Minute)
		_ = u.waited(is, zreq.Retry{Attempts: 1000, Time: -1})
		is.Equal(len(u.waits), 999) // none
	})
}

// testRetryDeadline: where the context would end before the next attempt, the call
// ends at once, and says so.
func testRetryDeadline(t *testing.T) {
	for _, after := range []string{"3600", "29"} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			u := newUnanswered(t, "HTTP/1.1 503 X\r\nRetry-After: "+after+"\r\nContent-Length: 0\r\n\r\n")
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			began := time.Now()
			resp, err := u.Get(ctx, site, nil)
			is.Equal(time.Since(began), time.Duration(0)) // at once
			is.True(errors.Is(err, zreq.ErrOutOfRetries))
			is.Equal(resp.Status, 503)
			is.True(!failure(is, err).Timeout())
			is.Equal(u.Stats().Retried, int64(0))
		})
	}
}

// testRetryWaitEnds: a context that ends in a wait ends the call with its cause, Close
// with ErrClosed; meanwhile the call has no connection.
func testRetryWaitEnds(t *testing.T) {
	for name, answer := range map[string]string{"kept": page(503, "busy"), "closed": "HTTP/1.1 503 X\r\n\r\n"} {
		for _, closes := range []bool{false, true} {
			t.Run(fmt.Sprint(name, closes), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					u := newUnanswered(t, answer)
					if name == "closed" {
						u.Pool.Idle = -1
					}
					ctx, cancel := context.WithCancelCause(context.Background())
					ended := make(chan error)
					began := time.Now()
					go func() {
						_, err := u.Get(ctx, site, &zreq.Args{Retry: zreq.Retry{Wait: 24 * time.Hour, MaxWait: 24 * time.Hour, Time: -1}})
						ended <- err
					}()
					synctest.Wait()
					stats := u.Stats()
					is.Equal(stats.Open, stats.Idle) // the call has none
					is.Equal(u.net.Open(), stats.Open)
					is.Equal(stats.Waiting, 0)
					time.Sleep(time.Second)
					if closes {
						is.NoErr(u.Close())
					} else {
						cancel(errCancelled)
					}
					err := <-ended
					is.Equal(time.Since(began), time.Second) // at once
					is.Equal(failure(is, err).Phase, zreq.PhaseWait)
					is.Equal(errors.Is(err, zreq.ErrClosed), closes)
					is.Equal(errors.Is(err, errCancelled), !closes)
					is.Equal(errors.Is(err, zreq.ErrOutOfRetries), !closes)
					is.True(!failure(is, err).Timeout())
					cancel(nil)
				})
			})
		}
	}
}
