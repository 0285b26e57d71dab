package backoff_test

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/internal/backoff"
)

// TestWait: the bound doubles up to the most, and is reached, about.
func TestWait(t *testing.T) {
	for _, tt := range []struct {
		first, most time.Duration
		failures    int
		bound       time.Duration
	}{
		{time.Second, time.Minute, 0, time.Second},
		{time.Second, time.Minute, 1, time.Second},
		{time.Second, time.Minute, 2, 2 * time.Second},
		{time.Second, time.Minute, 6, 32 * time.Second},
		{time.Second, time.Minute, 7, time.Minute},
		{time.Second, time.Minute, math.MaxInt, time.Minute},
		{time.Second, math.MaxInt64, 1000, math.MaxInt64},
		{time.Minute, time.Second, 1, time.Second},
		{0, time.Minute, 50, 0},
		{-1, time.Minute, 1, 0},
	} {
		is := is.New(t)
		var longest time.Duration
		for range 200 {
			longest = max(longest, backoff.Wait(tt.first, tt.most, tt.failures))
		}
		is.True(longest <= tt.bound)
		is.True(longest >= tt.bound/2) // it fails once in 2 to the power of 200
	}
}

func TestSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		began := time.Now()
		is.NoErr(backoff.Sleep(t.Context(), time.Hour))
		is.Equal(time.Since(began), time.Hour)
		enough := errors.New("the battery is low")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Hour, func() { cancel(enough) })
		is.Equal(backoff.Sleep(ctx, 2*time.Hour), enough)
		is.Equal(time.Since(began), 2*time.Hour)
		is.Equal(backoff.Sleep(ctx, 0), enough)

		err := backoff.SleepAfter(ctx, 0, errors.New("refused"))
		is.True(errors.Is(err, enough))
		is.Equal(err.Error(), "the battery is low in the wait after: refused")
		is.Equal(backoff.SleepAfter(ctx, 0, nil), enough)
		is.NoErr(backoff.SleepAfter(t.Context(), time.Hour, enough))
	})
}
