package upload_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestBytesPerSecond: the whole takes the time that it should, however it goes
// out and however it is cut.
func TestBytesPerSecond(t *testing.T) {
	for name, tt := range map[string]struct {
		size, rate int64
	}{
		"as slow as can be": {100, 1},
		"a modem":           {10_000, 1000},
		"a small one":       {1000, 1000},
		"mobile":            {1 << 20, 100_000},
		"a fast line":       {8 << 20, 10 << 20},
	} {
		for way, files := range map[string]bool{"read": false, "sent": true} {
			t.Run(name+", "+way, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					content := numbered(int(tt.size))
					peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Read(int(tt.size)), zreqtest.Send(created)})
					d := &counting{Driver: peer, files: files}
					start := time.Now()
					var fastest float64
					_, err := upload.Upload(context.Background(), site, source(t, content), &upload.Args{
						Driver: d, BytesPerSecond: tt.rate, ExpectFrom: -1,
						Timeouts: zreq.Timeouts{Write: 200 * time.Millisecond}, // waiting is no lack of progress
						Progress: func(sent, total int64) {
							if sent < total {
								allowed := float64(tt.rate)*time.Since(start).Seconds() + float64(tt.rate)/8 + 1
								fastest = max(fastest, float64(sent)/allowed)
							}
						},
					})
					is.NoErr(err)
					took := time.Since(start).Seconds() * float64(tt.rate) / float64(tt.size)
					is.True(took > 0.95 && took < 1.05) // of the time that it should take
					is.True(fastest < 1.001)            // and at no time is it ahead by more than an eighth of a second
					is.Equal(d.fast > 0, files && tt.size > min(4096, max(tt.rate/8, 1)))
				})
			})
		}
	}
}

// TestBytesPerSecondIsSmooth: where the way allows, no burst is longer than an
// eighth of a second.
func TestBytesPerSecondIsSmooth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		const size, rate = 1 << 20, 100_000
		d := &counting{Driver: answers(t, created), files: true}
		var before, longest int64
		_, err := upload.Upload(context.Background(), site, source(t, numbered(size)), &upload.Args{
			Driver: d, BytesPerSecond: rate, ExpectFrom: -1, Progress: func(sent, _ int64) {
				longest = max(longest, sent-before)
				before = sent
			},
		})
		is.NoErr(err)
		is.True(longest <= 2*(rate/8)) // and a buffer of so much, which is told of together with what follows it
	})
}

// TestBytesPerSecondDoesNotHoldTheHead: a server gives up on a head that does not
// come.
func TestBytesPerSecondDoesNotHoldTheHead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"), zreqtest.Hold()})
		start := time.Now()
		resp, err := upload.Upload(context.Background(), site, source(t, numbered(4096)), &upload.Args{Driver: peer, BytesPerSecond: 100})
		is.NoErr(err)
		is.Equal(resp.Status, 413)
		is.True(time.Since(start) <= time.Second/4) // it had the head after an eighth
	})
}

// TestBytesPerSecondAfterAStall: only what went out is paid for, and what a
// stall left unused is not made up for later.
func TestBytesPerSecondAfterAStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		const size, rate = 1 << 20, 100_000
		peer := zreqtest.NewPeer(t, []zreqtest.Step{
			zreqtest.Head(), zreqtest.Read(500_000), zreqtest.Pause(10 * time.Second), zreqtest.Read(size - 500_000), zreqtest.Send(created),
		})
		d := &counting{Driver: peer, files: true}
		start := time.Now()
		_, err := upload.Upload(context.Background(), site, source(t, numbered(size)), &upload.Args{
			Driver: d, BytesPerSecond: rate, ExpectFrom: -1,
		})
		is.NoErr(err)
		took := time.Since(start).Seconds()
		is.True(took > 19 && took < 20.5) // 10.5 s of sending, and of the 10 s of stall what no buffer took
	})
}

// TestBytesPerSecondEndsWithTheContext: nobody waits for a rate when the call is
// over.
func TestBytesPerSecondEndsWithTheContext(t *testing.T) {
	enough := errors.New("the battery is low")
	for name, end := range map[string]func(context.Context) (context.Context, func()){
		"cancelled": func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithCancelCause(ctx)
			timer := time.AfterFunc(1500*time.Millisecond, func() { cancel(enough) })
			return ctx, func() { timer.Stop() }
		},
		"out of time": func(ctx context.Context) (context.Context, func()) {
			return context.WithTimeoutCause(ctx, 1500*time.Millisecond, enough)
		},
	} {
		for way, files := range map[string]bool{"read": false, "sent": true} {
			t.Run(name+", "+way, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					d := &counting{Driver: zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request()}), files: files}
					ctx, release := end(context.Background())
					defer release()
					start := time.Now()
					_, err := upload.Upload(ctx, site, source(t, numbered(100_000)), &upload.Args{Driver: d, BytesPerSecond: 100})
					is.True(errors.Is(err, enough))                    // its own cause
					is.Equal(time.Since(start), 1500*time.Millisecond) // at once, and not before
				})
			})
		}
	}
}

// TestNoRate: without one nothing waits.
func TestNoRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		start := time.Now()
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Read(8 << 20), zreqtest.Send(created)})
		_, err := upload.Upload(context.Background(), site, sized{io.LimitReader(zeros{}, 8<<20), 8 << 20}, &upload.Args{
			Driver: peer, ExpectFrom: -1,
		})
		is.NoErr(err)
		is.Equal(time.Since(start), time.Duration(0))
	})
}

// TestRateAllocatesNothing: waiting leaves no garbage behind.
func TestRateAllocatesNothing(t *testing.T) {
	is := is.New(t)
	var allocs [2]int64
	for i, size := range []int{1 << 10, 1 << 18} {
		content := bytes.NewReader(make([]byte, size))
		allocs[i], _ = zreqtest.Allocs(func() {
			synctest.Test(t, func(t *testing.T) {
				peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Read(size), zreqtest.Send(created)})
				content.Reset(make([]byte, size))
				_, err := upload.Upload(context.Background(), site, content, &upload.Args{
					Driver: peer, BytesPerSecond: 100, ExpectFrom: -1, Limits: zreq.Limits{ReadBuffer: 512},
				})
				is.NoErr(err)
			})
		})
	}
	is.True(allocs[1]-allocs[0] < 100) // 512 buffers, and a wait before each
}

// zeros never ends.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
