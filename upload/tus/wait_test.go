package tus_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/upload/tus"
	"github.com/zreq-go/zreq/zreq"
)

// testWaits: attempts without progress come later and later, and what a server asks for is
// waited for.
func testWaits(t *testing.T) {
	content := numbered(100_000)
	for name, tt := range map[string]struct {
		wrong       fault
		retry       tus.Retry
		least, most time.Duration // that the upload takes
		want        error
		after       time.Duration // RetryAfter of the error
	}{
		"locked":              {fault{status: 423}, tus.Retry{}, 0, 6 * time.Minute, zreq.ErrOutOfRetries, 0},
		"no wait":             {fault{status: 423}, tus.Retry{Wait: -1}, 0, 0, zreq.ErrOutOfRetries, 0},
		"one attempt":         {fault{status: 503}, tus.Retry{Attempts: -1}, 0, 0, zreq.ErrOutOfRetries, 0},
		"asked for a time":    {fault{status: 503, fields: "Retry-After: 30\r\n"}, tus.Retry{Attempts: 3}, 60 * time.Second, 63 * time.Second, zreq.ErrOutOfRetries, 30 * time.Second},
		"asked for a long":    {fault{status: 503, fields: "Retry-After: 3600\r\n"}, tus.Retry{}, 0, 0, zreq.ErrStatus, time.Hour},
		"asked, but no waits": {fault{status: 429, fields: "Retry-After: 1\r\n"}, tus.Retry{MaxWait: -1}, 0, 0, zreq.ErrStatus, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				m := newModel(t)
				m.fault = func(a *ask) fault {
					if a.Method == "PATCH" {
						return tt.wrong
					}
					return fault{}
				}
				began := time.Now()
				_, err := tus.Upload(t.Context(), site, source(content), &tus.Args{Call: with(m), Retry: tt.retry})
				is.True(errors.Is(err, tt.want))
				took := time.Since(began)
				is.True(took >= tt.least && took <= tt.most)
				e := kind(is, err)
				is.True(e.Resumable)
				is.Equal(e.RetryAfter, tt.after)
				is.Equal(e.Step, tus.StepSend)
			})
		})
	}
}

// testStops: the end of the context ends the upload, in a request and in a wait, and another
// call goes on.
func testStops(t *testing.T) {
	content := numbered(100_000)
	enough := errors.New("the battery is low")
	for name, wrong := range map[string]fault{"in a wait": {status: 423}, "while it sends": {cut: 40_000, hang: true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				m := newModel(t)
				m.fault = func(a *ask) fault {
					if a.Method == "PATCH" {
						return wrong
					}
					return fault{}
				}
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(5*time.Second, func() { cancel(enough) })
				args := &tus.Args{Call: with(m), Store: &memStore{}}
				if name == "in a wait" {
					args.Retry = tus.Retry{Wait: time.Hour, MaxWait: time.Hour, Attempts: 1000}
				}
				_, err := tus.Upload(ctx, site, source(content), args)
				is.True(errors.Is(err, enough))
				is.Equal(strings.Contains(err.Error(), "the battery is low in the wait after: the status is 423"), name == "in a wait")
				is.True(kind(is, err).Resumable)
				m.quiet()
				m.fault = nil
				_, err = tus.Upload(t.Context(), site, source(content), args)
				is.NoErr(err)
				is.True(m.only(t) == content)
				is.Equal(m.created, 1)
			})
		})
	}
}

// testPace: a rate limit is kept to, over all parts.
func testPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		m := newModel(t)
		call := with(m)
		call.BytesPerSecond = 10_000
		began := time.Now()
		_, err := tus.Upload(t.Context(), site, source(numbered(100_000)), &tus.Args{Call: call, PartSize: 20_000})
		is.NoErr(err)
		took := time.Since(began)
		is.True(took > 9*time.Second && took < 11*time.Second)
	})
}
