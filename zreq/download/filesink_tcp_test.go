//go:build !tinygo

package download_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testFileSplice: where no digest has to see them, the bytes of a job go from the socket to
// the file, those of a 206 as well.
func testFileSplice(t *testing.T) {
	body := numbered(8 << 20)
	sum := sha256.Sum256(body)
	for name, digest := range map[string][]byte{"no digest": nil, "digest": sum[:]} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			asks := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("ETag", `"7"`)
				if asks++; asks == 1 {
					w.Header().Set("Content-Length", "8388608")
					_, _ = w.Write(body[:3<<20])
					panic(http.ErrAbortHandler) // the connection breaks
				}
				http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
			}))
			defer server.Close()
			_, path := stale(t)
			d := new(fast)
			result, err := download.ToFile(t.Context(), server.URL, path, &download.Args{
				Call: zreq.Args{Driver: d}, Want: download.Want{SHA256: digest},
			})
			is.NoErr(err)
			is.Equal(result.Attempts, 2)
			is.True(content(t, path) == string(body))
			is.Equal(listed(t, filepath.Dir(path)), []string{"image.bin"})
			if digest != nil {
				is.Equal(d.received.Load(), int64(0))
			} else if splices {
				is.True(d.received.Load() > int64(len(body)-128<<10))
			}
		})
	}
}

// testMemoryOfAFile: the live heap does not grow with the size, with a digest or without,
// and with checkpoints.
func testMemoryOfAFile(t *testing.T) {
	const part, parts, maxGrowth = 1 << 20, 20, 64 << 10 // five checkpoints, and the end
	zreqtest.SpareThreads()
	server := sends(t, ofLength(make([]byte, part), parts), nil)
	sum := sha256.Sum256(make([]byte, part*parts))
	for name, digest := range map[string][]byte{"no digest": nil, "digest": sum[:]} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			path := staleInMemory(t)
			d := &fast{looks: &looks{every: part * parts / 8}}
			job := func() {
				_, err := download.ToFile(context.Background(), server.url("http"), path, &download.Args{
					Call: zreq.Args{Driver: d}, Want: download.Want{SHA256: digest},
				})
				is.NoErr(err)
			}
			job() // once before, so that the server and the collector have what they need
			before := zreqtest.LiveHeap()
			*d.looks = looks{every: d.looks.every}
			job()
			is.True(d.looks.count >= 8)
			is.True(d.looks.highest-before <= maxGrowth)
			t.Logf("live heap: %+d bytes at most", d.looks.highest-before)
		})
	}
}

// testAllocationsOfAFile: a chunk costs none, a checkpoint some.
func testAllocationsOfAFile(t *testing.T) {
	is := is.New(t)
	var allocs [2]int64
	for i, parts := range []int{4, 80} {
		server := sends(t, ofLength(make([]byte, 256<<10), parts), nil)
		sum := sha256.Sum256(make([]byte, 256<<10*parts))
		path := staleInMemory(t)
		args := &download.Args{Call: zreq.Args{Driver: new(stdnet.Driver)}, Want: download.Want{SHA256: sum[:]}}
		allocs[i], _ = zreqtest.Allocs(func() {
			_, err := download.ToFile(context.Background(), server.url("http"), path, args)
			is.NoErr(err)
		})
	}
	t.Logf("%v allocations for 1 MiB, %v for 20 MiB", allocs[0], allocs[1])
	if zreqtest.RaceDetector {
		return // sync.Pool forgets on purpose
	}
	const checkpoints, perCheckpoint = 5, 30 // at 1, 2, 4, 8 and 16 MiB
	is.True(allocs[1] < allocs[0]+checkpoints*perCheckpoint)
}
