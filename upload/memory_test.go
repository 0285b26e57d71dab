package upload_test

import (
	"crypto/tls"
	"io"
	"os"
	"runtime"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// sparse is a FileSource of size bytes that lie on no disk.
func sparse(t testing.TB, size int64) *upload.FileSource {
	t.Helper()
	name := file(t, nil)
	if err := os.Truncate(name, size); err != nil {
		t.Fatal(err)
	}
	return opened(t, name)
}

// spout gives size zeros, and is no file.
type spout struct {
	zeros
	size, given int64
}

func (s *spout) Size() int64 { return s.size }

func (s *spout) Rewind() error {
	s.given = 0
	return nil
}

func (s *spout) Read(p []byte) (int, error) {
	if s.given == s.size {
		return 0, io.EOF
	}
	n, err := s.zeros.Read(p[:min(int64(len(p)), s.size-s.given)])
	s.given += int64(n)
	return n, err
}

func TestMemoryOfALongUpload(t *testing.T) {
	const (
		size      = 256 << 20
		lookEvery = 32 << 20
		maxGrowth = 64 << 10
	)
	zreqtest.SpareThreads()
	security, config := secure(t)
	long := sparse(t, size)
	for name, tt := range map[string]struct {
		scheme string
		server *tls.Config
		fd     upload.Source
	}{
		"a file, plain":            {"http", nil, long},
		"a file over TLS":          {"https", config, long},
		"what is no file, plain":   {"http", nil, &spout{size: size}},
		"what is no file over TLS": {"https", config, &spout{size: size}},
		"a form, plain":            {"http", nil, aForm(t, part("1", long))},
		"a form over TLS":          {"https", config, aForm(t, part("1", long))},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			server := receive(t, tt.server)
			conn, err := zreq.Connect(t.Context(), server.url(tt.scheme), &zreq.Args{Driver: new(stdnet.Driver), TLS: security})
			is.NoErr(err)
			defer conn.Close()
			args := &upload.Args{Connection: conn, Into: new(zreq.Response)}
			var next, highest int64
			looks := 0
			args.Progress = func(sent, _ int64) {
				if sent >= next {
					next += lookEvery
					looks++
					highest = max(highest, zreqtest.LiveHeap())
				}
			}
			_, err = upload.Upload(t.Context(), server.url(tt.scheme), sparse(t, lookEvery+1), args)
			is.NoErr(err) // once before, so that the server and the collector have what they need

			before := zreqtest.LiveHeap()
			next, highest, looks = 0, 0, 0
			resp, err := upload.Upload(t.Context(), server.url(tt.scheme), tt.fd, args)
			is.NoErr(err)
			is.Equal(resp.Status, 201)
			is.True(looks >= size/lookEvery)        // it was looked at all the way
			is.True(highest-before <= maxGrowth)    // and never was there more
			is.Equal(server.whole.Load(), int64(2)) // although all of it arrived
			t.Logf("live heap: %+d bytes at most", highest-before)
		})
	}
}

// TestAllocationsDoNotDependOnTheSize is not for TLS, where the reader of crypto/tls,
// which is that of the server here, makes garbage for what it reads.
func TestAllocationsDoNotDependOnTheSize(t *testing.T) {
	for name, of := range map[string]func(size int64) upload.Source{
		"a file":          func(size int64) upload.Source { return sparse(t, size) },
		"what is no file": func(size int64) upload.Source { return &spout{size: size} },
		"a form":          func(size int64) upload.Source { return aForm(t, part("1", sparse(t, size))) },
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			server := receive(t, nil)
			conn, err := zreq.Connect(t.Context(), server.url("http"), &zreq.Args{Driver: new(stdnet.Driver)})
			is.NoErr(err)
			defer conn.Close()
			args := &upload.Args{Connection: conn, Into: new(zreq.Response)}
			var allocs [2]float64
			for i, size := range []int64{1 << 20, 64 << 20} {
				fd := of(size)
				allocs[i] = testing.AllocsPerRun(3, func() {
					_, err := upload.Upload(t.Context(), server.url("http"), fd, args)
					is.NoErr(err)
				})
			}
			t.Logf("%v allocations for 1 MiB, %v for 64 MiB", allocs[0], allocs[1])
			most := [2]float64{32, allocs[0] + 8} // the collector may run, and empty a pool
			if runtime.GOOS == "windows" {
				most = [2]float64{256, 16384} // each look for an answer is one, of 8 bytes: four for 16 KiB at most
			}
			is.True(allocs[0] < most[0])
			is.True(allocs[1] < most[1])
		})
	}
}
