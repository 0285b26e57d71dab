//go:build !tinygo

package download_test

import (
	"crypto/tls"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// looks are made at the heap each time that so much has come, while nothing is done.
type looks struct {
	every, next, come int64
	count             int
	highest           int64
}

func (l *looks) add(n int64) {
	if l == nil {
		return
	}
	if l.come += n; l.come >= l.next {
		l.next += l.every
		l.count++
		l.highest = max(l.highest, zreqtest.LiveHeap())
	}
}

func testMemoryOfALongDownload(t *testing.T) {
	const (
		part      = 1 << 20
		parts     = 8
		maxGrowth = 64<<10 + 32<<10 // a read buffer that was widened, and what a call needs beside it
	)
	zreqtest.SpareThreads()
	security, config := secure(t)
	for name, tt := range map[string]struct {
		scheme string
		over   *tls.Config
		of     func([]byte, int) sender
	}{
		"plain":           {"http", nil, ofLength},
		"plain, chunked":  {"http", nil, inChunks},
		"over TLS":        {"https", config, ofLength},
		"TLS and chunked": {"https", config, inChunks},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			server := sends(t, tt.of(make([]byte, part), parts), tt.over)
			path := staleInMemory(t)
			d := &fast{looks: &looks{every: part * parts / 8}}
			conn, err := zreq.Connect(t.Context(), server.url(tt.scheme), &zreq.Args{Driver: d, TLS: security})
			is.NoErr(err)
			defer conn.Close()
			into := new(zreq.Response)
			save := func() {
				resp, err := zreq.Get(t.Context(), server.url(tt.scheme), &zreq.Args{Connection: conn, Stream: true, Into: into})
				is.NoErr(err)
				n, err := download.SaveFile(resp, path)
				is.NoErr(err)
				is.Equal(n, int64(part*parts))
			}
			save() // once before, so that the server and the collector have what they need

			before := zreqtest.LiveHeap()
			*d.looks = looks{every: d.looks.every}
			save()
			highest := d.looks.highest
			is.True(d.looks.count >= 8)          // it was looked at all the way
			is.True(highest-before <= maxGrowth) // and never was there more
			t.Logf("live heap: %+d bytes at most", highest-before)
		})
	}
}

// testAllocationsDoNotDependOnTheSize is not for TLS, where the reader of crypto/tls
// makes garbage for what it reads.
func testAllocationsDoNotDependOnTheSize(t *testing.T) {
	is := is.New(t)
	var allocs [2]int64
	for i, parts := range []int{4, 40} {
		server := sends(t, ofLength(make([]byte, 256<<10), parts), nil)
		path := staleInMemory(t)
		conn, err := zreq.Connect(t.Context(), server.url("http"), &zreq.Args{Driver: new(stdnet.Driver)})
		is.NoErr(err)
		defer conn.Close()
		args := &zreq.Args{Connection: conn, Stream: true, Into: new(zreq.Response)}
		allocs[i], _ = zreqtest.Allocs(func() {
			resp, err := zreq.Get(t.Context(), server.url("http"), args)
			is.NoErr(err)
			_, err = download.SaveFile(resp, path)
			is.NoErr(err)
		})
	}
	t.Logf("%v allocations for 1 MiB, %v for 10 MiB", allocs[0], allocs[1])
	if zreqtest.RaceDetector {
		return // sync.Pool forgets on purpose
	}
	is.True(allocs[1] < allocs[0]+16) // the collector may run, and empty a pool
	is.True(allocs[0] < 64)
}
