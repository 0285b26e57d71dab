package download_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// testPace: BytesPerSecond holds, and Progress comes at most ten times a second.
func testPace(t *testing.T) {
	v := version(100_000, `"7"`)
	served(t, cutEvery(v, 40_000), func(is *is.I, o *origin, args *download.Args) {
		args.BytesPerSecond = 10_000
		var reports []download.Progress
		args.Progress = func(p download.Progress) { reports = append(reports, p) }
		began := time.Now()
		_, err := get(o, new(memSink), args)
		is.NoErr(err)
		took := time.Since(began)
		is.True(took >= 9*time.Second && took <= 11*time.Second)
		is.True(len(reports) > 50 && len(reports) <= 102)
		last := reports[len(reports)-1]
		is.True(last.Done)
		is.Equal(last.Offset, int64(100_000))
		is.Equal(last.Total, int64(100_000))
		is.Equal(last.Attempt, 3)
		for _, p := range reports[2 : len(reports)-1] {
			is.True(p.Rate > 5_000 && p.Rate < 20_000)
			is.True(!p.Done)
		}
	})
	served(t, cutEvery(v, 100_000), func(is *is.I, o *origin, args *download.Args) {
		sum := sha256.Sum256([]byte(v.body))
		args.Want.SHA256, args.BytesPerSecond = sum[:], 10_000
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		res, err := download.Get(ctx, image, new(memSink), args)
		is.True(errors.Is(err, context.DeadlineExceeded))
		is.True(res.Offset >= 45_000)
		is.True(res.Spent-res.Offset < 12_000) // no more was read than it waits for, and the read buffer
	})
}

// testProgressOfSpentBytes: Progress shows what was spent as it is spent, and comes at the end
// even if nothing could begin.
func testProgressOfSpentBytes(t *testing.T) {
	v := version(100_000, `"7"`)
	served(t, cutEvery(v, 100_000), func(is *is.I, o *origin, args *download.Args) {
		args.BytesPerSecond = 10_000
		var reports []download.Progress
		args.Progress = func(p download.Progress) { reports = append(reports, p) }
		_, err := get(o, new(memSink), args)
		is.NoErr(err)
		for _, p := range reports {
			is.True(p.Spent >= p.Offset)
		}
		reports = nil
		args.Budget = -1
		_, err = get(o, new(memSink), args)
		is.True(errors.Is(err, download.ErrArgs))
		is.Equal(len(reports), 1)
		is.True(reports[0].Done)
		is.Equal(reports[0].Total, int64(-1))
	})
}

// testProgressOfFailures: whoever waits learns at once why, and for how long.
func testProgressOfFailures(t *testing.T) {
	v := version(60_000, `"7"`)
	answer := func(a *ask) reply {
		switch a.k {
		case 1:
			return reply{text: "HTTP/1.1 503 Later\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", cut: -1}
		case 4:
			return reply{text: "HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n", cut: -1}
		}
		return cutEvery(v, 20_000)(a)
	}
	served(t, answer, func(is *is.I, o *origin, args *download.Args) {
		began := time.Now()
		next := began // when the next report may come
		var failed []download.Progress
		args.Progress = func(p download.Progress) {
			is.True(!time.Now().Before(next)) // the wait was not shorter
			is.Equal(p.Elapsed, time.Since(began))
			if p.Err != nil {
				failed = append(failed, p)
				next = time.Now().Add(p.Wait)
			}
		}
		_, err := get(o, new(memSink), args)
		is.Equal(len(failed), 4)
		is.True(errors.Is(failed[0].Err, zreq.ErrStatus))
		is.True(failed[0].Wait >= 7*time.Second && failed[0].Wait <= 8*time.Second)
		is.Equal(failed[0].Attempt, 1)
		is.True(errors.Is(failed[1].Err, zreq.ErrTruncated))
		is.Equal(failed[1].Wait, time.Duration(0)) // 20,000 bytes are progress
		is.Equal(failed[2].Offset, int64(40_000))
		is.True(failed[3].Done && failed[3].Err == err)
		is.True(!failed[0].Done && !failed[1].Done && !failed[2].Done)
	})
	served(t, answer, func(is *is.I, o *origin, args *download.Args) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, err := download.Get(ctx, image, new(memSink), args)
		is.True(errors.Is(err, context.DeadlineExceeded))
		is.True(strings.Contains(err.Error(), "context deadline exceeded in the wait after: the status is 503"))
	})
}
