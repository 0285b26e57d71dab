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
	"github.com/zreq-go/zreq/zreq/zreqtest"
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
// ends at once, and says so. If it has ended, that is the error.
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
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		s := &zreq.Session{Driver: zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()})}
		defer s.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := s.Get(ctx, site, nil)
		is.True(errors.Is(err, context.DeadlineExceeded))
		is.True(!errors.Is(err, zreq.ErrOutOfRetries)) // nothing was left undone for want of retries
	})
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

// busyUntil is a response with these fields.
func busyUntil(status int, fields string) string {
	return fmt.Sprintf("HTTP/1.1 %d X\r\n%sContent-Length: 0\r\n\r\n", status, fields)
}

const (
	imf     = "Mon, 02 Jan 2006 15:04:05 GMT"
	rfc850  = "Monday, 02-Jan-06 15:04:05 GMT"
	asctime = "Mon Jan _2 15:04:05 2006"
)

// testRetryAfter: what a server asks for is granted, and a random part of Wait more;
// what it says wrong is not heard.
func testRetryAfter(t *testing.T) {
	const none = time.Duration(-1)                     // the backoff alone
	now := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // at which a bubble begins
	in := func(form string, d time.Duration) string { return now.Add(d).Format(form) }
	wrong := now.Add(-1000 * 24 * time.Hour) // the server's clock, or ours
	for name, tt := range map[string]struct {
		fields string
		want   time.Duration
	}{
		"seconds":               {"Retry-After: 7\r\n", 7 * time.Second},
		"none":                  {"Retry-After: 0\r\n", 0},
		"zeros in front":        {"Retry-After: 0007\r\n", 7 * time.Second},
		"another case":          {"retry-AFTER: 7\r\n", 7 * time.Second},
		"blanks around":         {"Retry-After: \t 7 \t \r\n", 7 * time.Second},
		"capped":                {"Retry-After: 3600\r\n", 30 * time.Second},
		"huge":                  {"Retry-After: 18446744073709551617\r\n", 30 * time.Second},
		"larger still":          {"Retry-After: 99999999999999999999999999999999999999999999\r\n", 30 * time.Second},
		"a date":                {"Retry-After: " + in(imf, 8*time.Second) + "\r\n", 8 * time.Second},
		"of RFC 850":            {"Retry-After: " + in(rfc850, 8*time.Second) + "\r\n", 8 * time.Second},
		"of asctime":            {"Retry-After: " + in(asctime, 8*time.Second) + "\r\n", 8 * time.Second},
		"far off":               {"Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n", 30 * time.Second},
		"past":                  {"Retry-After: " + in(imf, -time.Hour) + "\r\n", 0},
		"long past":             {"Retry-After: Mon, 01 Jan 0001 00:00:00 GMT\r\n", 0},
		"by the server's clock": {"Date: " + wrong.Format(imf) + "\r\nRetry-After: " + wrong.Add(9*time.Second).Format(imf) + "\r\n", 9 * time.Second},
		"of which forms differ": {"Date: " + wrong.Format(asctime) + "\r\nRetry-After: " + wrong.Add(9*time.Second).Format(rfc850) + "\r\n", 9 * time.Second},
		"past, by its clock":    {"Date: " + wrong.Format(imf) + "\r\nRetry-After: " + wrong.Add(-time.Hour).Format(imf) + "\r\n", 0},
		"seconds and a clock":   {"Date: " + wrong.Format(imf) + "\r\nRetry-After: 9\r\n", 9 * time.Second},
		"a clock that is none":  {"Date: noon\r\nRetry-After: " + in(imf, 8*time.Second) + "\r\n", 8 * time.Second},
		"empty":                 {"Retry-After:\r\n", none},
		"negative":              {"Retry-After: -7\r\n", none},
		"signed":                {"Retry-After: +7\r\n", none},
		"a fraction":            {"Retry-After: 7.5\r\n", none},
		"hexadecimal":           {"Retry-After: 0x7\r\n", none},
		"a unit":                {"Retry-After: 7s\r\n", none},
		"two in one":            {"Retry-After: 7, 8\r\n", none},
		"words":                 {"Retry-After: soon\r\n", none},
		"another zone":          {"Retry-After: Sat, 01 Jan 2000 00:00:08 CET\r\n", none},
		"a leap second":         {"Date: Sat, 31 Dec 2016 23:59:50 GMT\r\nRetry-After: Sat, 31 Dec 2016 23:59:60 GMT\r\n", 10 * time.Second},
		"two leap seconds":      {"Retry-After: Sat, 31 Dec 2016 23:59:60 :60 GMT\r\n", none},
		"no such day":           {"Retry-After: Sat, 32 Jan 2000 00:00:08 GMT\r\n", none},
		"digits of elsewhere":   {"Retry-After: \u0667\r\n", none},
	} {
		for _, status := range []int{503, 429, 408} {
			t.Run(fmt.Sprint(name, "/", status), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					u := newUnanswered(t, busyUntil(status, tt.fields))
					is.True(time.Now().Equal(now))
					waits := u.waited(is, zreq.Retry{Attempts: 2, Wait: time.Second})
					is.Equal(len(waits), 1)
					least := max(0, tt.want)
					is.True(waits[0] >= least)                           // never earlier
					is.True(waits[0] <= least+max(time.Second, least/4)) // and not much later
				})
			})
		}
	}
}

// TestRetryAfterTwice: of two fields the longer counts, or the first; never an earlier
// moment than both.
func TestRetryAfterTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		u := newUnanswered(t, busyUntil(503, "Retry-After: 7\r\nRetry-After: 9\r\n"))
		waits := u.waited(is, zreq.Retry{Attempts: 2, Wait: time.Second})
		is.True(waits[0] >= 7*time.Second && waits[0] <= 10*time.Second)
	})
}

// testRetryAfterPolicy: MaxWait and Wait are the caller's also here.
func testRetryAfterPolicy(t *testing.T) {
	for name, tt := range map[string]struct {
		retry       zreq.Retry
		least, most time.Duration
	}{
		"default":      {zreq.Retry{}, 20 * time.Second, 25 * time.Second},
		"a cap":        {zreq.Retry{Wait: 2 * time.Second, MaxWait: 2 * time.Second}, 2 * time.Second, 4 * time.Second},
		"no more":      {zreq.Retry{Wait: -1}, 20 * time.Second, 20 * time.Second},
		"no wait":      {zreq.Retry{MaxWait: -1}, 0, 0},
		"a small cap":  {zreq.Retry{MaxWait: 1}, 1, 2},
		"nothing else": {zreq.Retry{Wait: time.Hour, MaxWait: 25 * time.Second}, 20 * time.Second, 45 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				u := newUnanswered(t, busyUntil(503, "Retry-After: 20\r\n"))
				tt.retry.Attempts = 3
				low, high := tt.most, tt.least
				for range 50 {
					for _, w := range u.waited(is, tt.retry) { // the second is no longer than the first
						is.True(w >= tt.least && w <= tt.most)
						low, high = min(low, w), max(high, w)
					}
				}
				spread := tt.most - tt.least
				is.True(low <= tt.least+spread/10 && high >= tt.most-spread/10) // not all at once
			})
		})
	}
}

// TestRetryAfterElsewhere: on an answer that is not asked for again it means nothing.
func TestRetryAfterElsewhere(t *testing.T) {
	for _, status := range []int{200, 404, 413, 500} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			u := newUnanswered(t, busyUntil(status, "Retry-After: 20\r\n"))
			began := time.Now()
			resp, err := u.Get(context.Background(), site, nil)
			is.NoErr(err)
			is.Equal(resp.Status, status)
			is.Equal(time.Since(began), time.Duration(0))
			is.True(!errors.Is(err, zreq.ErrOutOfRetries))
		})
	}
}

// TestRetryAfterALeapSecond: an HTTP-date may have a second 60 (RFC 9110, 5.6.7).
func TestRetryAfterALeapSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		u := newUnanswered(t, busyUntil(503, "Date: Sat, 31 Dec 2016 23:59:50 GMT\r\nRetry-After: Sat, 31 Dec 2016 23:59:60 GMT\r\n"))
		waits := u.waited(is, zreq.Retry{Attempts: 2, Wait: time.Second})
		is.True(waits[0] >= 9*time.Second)
		is.True(waits[0] <= 13*time.Second)
	})
}
