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

// testPrefixThatWasLost: in another process the bytes that the sink has kept are compared
// with the checkpoint, unless they are trusted.
func testPrefixThatWasLost(t *testing.T) {
	for name, trust := range map[string]bool{"read": false, "trusted": true} {
		t.Run(name, func(t *testing.T) {
			v := version(50_000, `"7"`)
			served(t, cutEvery(v, 30_000), func(is *is.I, o *origin, args *download.Args) {
				sum := sha256.Sum256([]byte(v.body))
				args.Want.SHA256, args.TrustPart = sum[:], trust
				sink := new(memSink)
				ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
				defer cancel()
				o.answer = func(a *ask) reply {
					if a.k == 2 {
						cancel()
						return reply{cut: 0}
					}
					return cutEvery(v, 30_000)(a)
				}
				_, err := download.Get(ctx, image, sink, args)
				is.True(err != nil)
				sink.reboot()
				sink.bytes[5]++
				o.answer = func(a *ask) reply { return reply{text: v.serve(a), cut: -1} }
				before := len(o.asks)
				res, err := get(o, sink, args)
				is.NoErr(err)
				is.Equal(res.Resumed, map[bool]int64{false: 0, true: 30_000}[trust])
				is.Equal(string(res.SHA256), string(sum[:]))
				is.Equal(len(o.asks)-before, 1)
				is.Equal(string(sink.target) == v.body, !trust) // who trusts has to be right
			})
		})
	}
}

// testSinkThatLosesAlways: a device whose card loses what was synced, and that reboots often,
// is never shut out.
func testSinkThatLosesAlways(t *testing.T) {
	v := version(100_000, `"7"`)
	served(t, cutEvery(v, 100_000), func(is *is.I, o *origin, args *download.Args) {
		sum := sha256.Sum256([]byte(v.body))
		args.Want.SHA256, args.BytesPerSecond = sum[:], 1_000 // a checkpoint every ten seconds
		sink := new(memSink)
		for range 6 {
			killed(is, o, sink, args, 25_000)
			is.True(len(sink.bytes) > 5)
			sink.bytes[5]++
			sink.durable[5]++
		}
		res, err := get(o, sink, args)
		is.NoErr(err)
		is.True(string(sink.target) == v.body)
		is.Equal(res.Restarts, 3)
		is.Equal(sink.broken, nil)
	})
}

// testRestart: another version begins anew, and says so; a sink that cannot take back what
// it has ends the job instead.
func testRestart(t *testing.T) {
	old, now := version(50_000, `"7"`), &thing{body: strings.Repeat("x", 40_000), etag: `"8"`}
	flip := func(a *ask) reply {
		if a.k == 1 {
			return cutEvery(old, 30_000)(a)
		}
		return reply{text: now.serve(a), cut: -1}
	}
	served(t, flip, func(is *is.I, o *origin, args *download.Args) {
		sink := new(memSink)
		var told error
		args.OnRestart = func(reason error) error {
			told = reason
			is.Equal(len(sink.bytes), 30_000) // the sink was not touched
			return nil
		}
		res, err := get(o, sink, args)
		is.NoErr(err)
		is.True(told != nil)
		is.True(string(sink.target) == now.body)
		is.Equal(res.Restarts, 1)
		is.Equal(sink.broken, nil)
	})
	served(t, flip, func(is *is.I, o *origin, args *download.Args) {
		sink := new(memSink)
		args.MaxRestarts = -1
		_, err := get(o, sink, args)
		is.True(errors.Is(err, download.ErrRestarts))
		is.Equal(len(sink.bytes), 30_000)
	})
	served(t, flip, func(is *is.I, o *origin, args *download.Args) {
		var w strings.Builder
		_, err := get(o, download.WriterSink(&w), args)
		is.True(errors.Is(err, download.ErrChanged))
		is.Equal(w.Len(), 30_000)
	})
	served(t, flip, func(is *is.I, o *origin, args *download.Args) {
		var w strings.Builder
		args.OnRestart = func(error) error { w.Reset(); return nil }
		_, err := get(o, download.WriterSink(&w), args)
		is.NoErr(err)
		is.True(w.String() == now.body)
	})
}

// testSinkThatHasLess: the job goes on at what the sink still has, and begins anew with
// another part.
func testSinkThatHasLess(t *testing.T) {
	v := version(50_000, `"7"`)
	for name, tt := range map[string]struct {
		change  func(sink *memSink)
		resumed int64
	}{
		"all":          {func(*memSink) {}, 30_000},
		"less":         {func(sink *memSink) { sink.lost = 10_000 }, 20_000},
		"nothing":      {func(sink *memSink) { sink.lost = 30_000 }, 0},
		"another part": {func(sink *memSink) { sink.id++ }, 0},
		"torn record":  {func(sink *memSink) { sink.record[9]++ }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			served(t, func(a *ask) reply {
				if a.k == 2 {
					return reply{text: "HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n", cut: -1}
				}
				return cutEvery(v, 30_000)(a)
			}, func(is *is.I, o *origin, args *download.Args) {
				sink := new(memSink)
				_, err := get(o, sink, args)
				is.True(errors.Is(err, zreq.ErrStatus))
				sink.reboot()
				tt.change(sink)
				res, err := get(o, sink, args)
				is.NoErr(err)
				is.Equal(res.Resumed, tt.resumed)
				is.True(string(sink.target) == v.body)
				is.Equal(sink.broken, nil)
			})
		})
	}
}
