package gzip_test

import (
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// Once a body runs, its chunks cost nothing, however many there are.
func TestChunksAllocateNothing(t *testing.T) {
	if underRace {
		t.Skip("the race detector makes pools forget")
	}
	is := is.New(t)
	body := strings.Repeat(far, 8)
	for coding, coded := range map[string]string{"gzip": gzipped(-1, body), "deflate": zlibbed(-1, body), "gzip, deflate": zlibbed(-1, gzipped(0, body))} {
		least := ^uint64(0)
		for range 3 { // another goroutine may allocate in one of them
			peer := zreqtest.NewPeer(t, []zreqtest.Step{
				zreqtest.Request(), zreqtest.SendFrom(strings.NewReader(answer(coding, "length", coded))),
			})
			var first, last runtime.MemStats
			left := len(body)
			_, err := zreq.Get(t.Context(), url, &zreq.Args{Driver: peer, StreamCallback: func(chunk []byte) error {
				if left -= len(chunk); left < 512 {
					runtime.ReadMemStats(&last)
				} else if first.Mallocs == 0 && left < len(body)/2 {
					runtime.ReadMemStats(&first)
				}
				return nil
			}})
			is.NoErr(err)
			least = min(least, last.Mallocs-first.Mallocs)
		}
		if least > 5 {
			t.Errorf("%s: %d allocations in %d chunks", coding, least, len(body)/2/512)
		}
	}
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
