package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

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
					is.True(strings.Contains(err.Error(), "Timeouts.Wait of "+tt.after.String()))
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
