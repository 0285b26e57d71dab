package download_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

const image = "http://user:pass@fleet.test/image?signature=1#x"

// served runs a job against an origin that answers by a function, in a bubble of time.
func served(t *testing.T, answer func(a *ask) reply, job func(is *is.I, o *origin, args *download.Args)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o := newOrigin(answer)
		defer o.close()
		is := is.New(t)
		job(is, o, &download.Args{Call: zreq.Args{Driver: o}})
		is.Equal(o.net.Open(), 0) // no connection is left
	})
}

// cutEvery cuts the answers of a version that behaves, each after n bytes of its body.
func cutEvery(v *thing, n int) func(a *ask) reply {
	return func(a *ask) reply {
		text := v.serve(a)
		cut := strings.Index(text, "\r\n\r\n") + 4 + n
		if cut >= len(text) {
			cut = -1
		}
		return reply{text: text, cut: cut}
	}
}

func version(size int, etag string) *thing {
	return &thing{body: pattern(size), etag: etag}
}

func get(o *origin, sink download.Sink, args *download.Args) (*download.Result, error) {
	return download.Get(context.Background(), image, sink, args)
}

func problem(is *is.I, err error) *download.Error {
	is.Helper()
	var e *download.Error
	is.True(errors.As(err, &e))
	return e
}

// testGoesOn: a job goes on at the next byte after a cut, with the validator of what it has,
// and counts what it has spent as the server does.
func testGoesOn(t *testing.T) {
	v := version(100_000, `"7"`)
	served(t, cutEvery(v, 30_000), func(is *is.I, o *origin, args *download.Args) {
		sink := new(memSink)
		res, err := get(o, sink, args)
		is.NoErr(err)
		is.True(string(sink.target) == v.body)
		is.Equal(len(o.asks), 4)
		for i, a := range o.asks[1:] {
			is.Equal(a.from, int64(30_000*(i+1)))
			is.Equal(a.ifRange, `"7"`)
		}
		is.True(strings.Contains(o.asks[0].head, "Accept-Encoding: identity\r\n"))
		is.Equal(res.Attempts, 4)
		is.Equal(res.Spent, o.count.Load())
		is.Equal(res.URL, "http://fleet.test/image")
		is.Equal(sink.record, nil) // the state is removed
		is.Equal(sink.broken, nil)
	})
}

// testGoesOnInAnotherProcess: what was synced is not asked for again.
func testGoesOnInAnotherProcess(t *testing.T) {
	for name, want := range map[string]bool{"digest": true, "validator": false} {
		t.Run(name, func(t *testing.T) {
			v := version(100_000, `"7"`)
			served(t, cutEvery(v, 30_000), func(is *is.I, o *origin, args *download.Args) {
				if want {
					sum := sha256.Sum256([]byte(v.body))
					args.Want.SHA256 = sum[:]
				}
				sink := new(memSink)
				args.BytesPerSecond = 50_000 // so that time passes
				ctx, cancel := context.WithCancel(context.Background())
				args.Progress = func(p download.Progress) {
					if p.Offset > 40_000 {
						cancel()
					}
				}
				res, err := download.Get(ctx, image, sink, args)
				is.True(errors.Is(err, context.Canceled))
				is.True(problem(is, err).Resumable)
				asked := len(o.asks)
				sink.reboot()
				args.Progress = nil
				again, err := get(o, sink, args)
				is.NoErr(err)
				is.True(string(sink.target) == v.body)
				is.Equal(again.Resumed, res.Offset)
				is.Equal(o.asks[asked].from, res.Offset)
				is.Equal(again.Attempts, len(o.asks)) // with those of the call before
				is.Equal(sink.broken, nil)
			})
		})
	}
}
