package zreq_test

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// The largest that a caller can ask for: what adds something to one of these, wraps.
var (
	mostLimits = zreq.Limits{
		HeadBytes: math.MaxInt, Fields: math.MaxInt, Informational: math.MaxInt, ChunkLine: math.MaxInt, TrailerBytes: math.MaxInt,
		RequestBytes: math.MaxInt, Content: math.MaxInt64, Body: math.MaxInt64, Ratio: math.MaxInt64, Decoded: math.MaxInt64,
	}
	mostTimeouts = zreq.Timeouts{
		Dial: math.MaxInt64, TLS: math.MaxInt64, Write: math.MaxInt64, Expect: math.MaxInt64, Head: math.MaxInt64, Body: math.MaxInt64,
		LowSpeed: zreq.LowSpeed{Bytes: math.MaxInt64, In: math.MaxInt64},
	}
	mostRetry = zreq.Retry{Attempts: math.MaxInt, Wait: math.MaxInt64, MaxWait: math.MaxInt64, Time: math.MaxInt64}
)

// TestLargestLimits: a limit that is as large as can be is no limit, and not a small one.
func TestLargestLimits(t *testing.T) {
	body := numbered(100_000)
	for _, f := range framings {
		for _, way := range []string{"buffered", "callback", "Stream"} {
			t.Run(f.name+"/"+way, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					peer := zreqtest.NewPeer(t, []zreqtest.Step{
						zreqtest.Request(), zreqtest.Pause(time.Hour), zreqtest.Send(f.wire(body)), zreqtest.Pause(time.Hour), zreqtest.Close(),
					})
					s := new(sink)
					args := &zreq.Args{Driver: peer, Limits: mostLimits, Timeouts: mostTimeouts, AllowUnframed: true, Stream: way == "Stream"}
					if way == "callback" {
						args.StreamCallback = s.take
					}
					resp, err := zreq.Get(context.Background(), site, args)
					is.NoErr(err)
					got := string(s.body)
					if way != "callback" {
						got = content(is, resp)
					}
					is.True(got == body)
					is.NoErr(resp.Close())
				})
			})
		}
	}
}

// TestLargestWaits: what a server asks for by Retry-After and what a policy allows are
// never added to a wait that is none.
func TestLargestWaits(t *testing.T) {
	for _, after := range []string{"9223372036854775807", "9223372036854775808", "18446744073709551617", "9999999999999999999999999999", "9223372036", "9223372037"} {
		t.Run(after, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				busy := "HTTP/1.1 503 X\r\nRetry-After: " + after + "\r\nContent-Length: 0\r\n\r\n"
				s := &zreq.Session{Driver: answers(t, busy, byLength("late")), Retry: mostRetry, RetryBudget: math.MaxInt}
				defer s.Close()
				ctx, cancel := context.WithTimeout(context.Background(), 24*time.Hour)
				defer cancel()
				began := time.Now()
				_, err := s.Get(ctx, site, &zreq.Args{Timeouts: mostTimeouts})
				is.True(errors.Is(err, zreq.ErrOutOfRetries)) // nobody waits so long
				is.True(time.Since(began) < time.Minute)      // and nobody comes back at once
				is.Equal(s.Stats().Retried, int64(0))
			})
		})
	}
}

// TestLargestPool: bounds that are as large as can be keep every connection.
func TestLargestPool(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, byLength("1"), byLength("2"), byLength("3"))
		s := &zreq.Session{Driver: peer, Pool: zreq.PoolLimits{
			Open: math.MaxInt, OpenPerOrigin: math.MaxInt, Idle: math.MaxInt, IdlePerOrigin: math.MaxInt,
			IdleAge: math.MaxInt64, Requests: math.MaxInt,
		}}
		defer s.Close()
		for range 3 {
			_, err := s.Get(context.Background(), site, nil)
			is.NoErr(err)
			time.Sleep(24 * time.Hour)
		}
		is.Equal(peer.Dials(), 1)
	})
}
