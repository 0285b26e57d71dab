package gzip_test

import (
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
	coded "github.com/zreq-go/zreq/zreq/gzip"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// Once a body runs, its chunks cost nothing, however many there are.
func TestChunksAllocateNothing(t *testing.T) {
	if zreqtest.RaceDetector {
		t.Skip("the race detector makes pools forget")
	}
	is := is.New(t)
	body := strings.Repeat(far, 8)
	for coding, in := range map[string]string{"gzip": gzipped(-1, body), "deflate": zlibbed(-1, body), "gzip, deflate": zlibbed(-1, gzipped(0, body))} {
		least := ^uint64(0)
		for range 3 { // another goroutine may allocate in one of them
			peer := zreqtest.NewPeer(t, []zreqtest.Step{
				zreqtest.Request(), zreqtest.SendFrom(strings.NewReader(answer(coding, "length", in))),
			})
			var first, last runtime.MemStats
			left := len(body)
			resp, err := zreq.Get(t.Context(), url, &zreq.Args{Driver: peer, Stream: true})
			is.NoErr(err)
			for chunk, err := range resp.Chunks(512) {
				is.NoErr(err)
				if left -= len(chunk); left < 512 {
					runtime.ReadMemStats(&last)
				} else if first.Mallocs == 0 && left < len(body)/2 {
					runtime.ReadMemStats(&first)
				}
			}
			least = min(least, last.Mallocs-first.Mallocs)
		}
		if least > 5 {
			t.Errorf("%s: %d allocations in %d chunks", coding, least, len(body)/2/512)
		}
	}
}

// However a body ends, what it was decoded with is there for the next one.
func TestStreamsComeBack(t *testing.T) {
	if zreqtest.RaceDetector {
		t.Skip("the race detector makes pools forget")
	}
	is := is.New(t)
	whole, long := gzipped(-1, text), gzipped(-1, gzipped(0, far))
	before := coded.Made.Load()
	for range 10 {
		for _, use := range uses {
			for _, a := range []string{
				answer("gzip", "length", whole), answer("gzip", "chunked", whole[:20]), answer("gzip", "length", whole+"x"),
				answer("gzip, gzip", "length", long), answer("deflate, gzip", "length", whole), answer("gzip, br", "length", whole),
			} {
				_, _, _ = use(t, zreq.Args{Driver: serve(t, a), Limits: zreq.Limits{Decoded: 100_000}})
			}
		}
		func() {
			defer func() { _ = recover() }()
			_, _ = writeTo(t, t.Context(), serve(t, answer("gzip", "length", whole)), func([]byte) error { panic("no flash") })
		}()
		resp, err := zreq.Get(t.Context(), url, &zreq.Args{Driver: serve(t, answer("gzip", "length", whole)), Stream: true})
		is.NoErr(err)
		_, _ = resp.Read(make([]byte, 1))
		_ = resp.Close()
	}
	is.True(coded.Made.Load()-before < 50) // of 500: the collector may empty the pool meanwhile
}

func TestDownloadsAtOnce(t *testing.T) {
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 5 {
				for name, use := range uses {
					peer := serve(t, answer("gzip", "chunked", gzipped(-1, text)))
					if got, _, err := use(t, zreq.Args{Driver: peer}); err != nil || got != text {
						t.Errorf("%s: %q, %v", name, got, err) // what is pooled belongs to one call at a time
					}
				}
			}
		})
	}
	all.Wait()
}
