package upload_test

import (
	"context"
	"crypto/tls"
	"io"
	"math/bits"
	"net"
	"os"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

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

// testMemoryOfALongUpload: while a large body leaves, the live heap stays flat.
//
// ZREQ_HEAP_MIB is its size.
func testMemoryOfALongUpload(t *testing.T) {
	const maxGrowth = 64 << 10
	mib, err := strconv.Atoi(os.Getenv("ZREQ_HEAP_MIB"))
	if err != nil {
		mib = 96
	}
	size := int64(mib) << 20
	if bits.UintSize == 32 {
		size /= 8 // where the TLS of the standard library has no help of the processor
	}
	lookEvery := size / 8
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
			is.True(looks >= 8)                     // it was looked at all the way
			is.True(highest-before <= maxGrowth)    // and never was there more
			is.Equal(server.whole.Load(), int64(2)) // although all of it arrived
			t.Logf("live heap: %+d bytes at most", highest-before)
		})
	}
}

// testAllocationsDoNotDependOnTheSize is not for TLS, where the reader of crypto/tls,
// which is that of the server here, makes garbage for what it reads.
func testAllocationsDoNotDependOnTheSize(t *testing.T) {
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
			var allocs [2]int64
			for i, size := range []int64{1 << 20, 64 << 20} {
				fd := of(size)
				allocs[i], _ = zreqtest.Allocs(func() {
					_, err := upload.Upload(t.Context(), server.url("http"), fd, args)
					is.NoErr(err)
				})
			}
			t.Logf("%v allocations for 1 MiB, %v for 64 MiB", allocs[0], allocs[1])
			most := [2]int64{32, allocs[0] + 8} // the collector may run, and empty a pool
			if runtime.GOOS == "windows" {
				most = [2]int64{256, 16384} // each look for an answer is one, of 8 bytes: four for 16 KiB at most
			}
			is.True(zreqtest.RaceDetector || allocs[0] < most[0])
			is.True(zreqtest.RaceDetector || allocs[1] < most[1])
		})
	}
}

// BenchmarkUpload uploads a file as zreq does and by a loop written by hand. What
// counts is the ratio of the two, and on a busy machine only that of uploads made in
// turn: ratio measures it. Budget: at least 0.95 times the throughput of raw.
func BenchmarkUpload(b *testing.B) {
	const size = 64 << 20
	name := file(b, make([]byte, size))
	server := receive(b, nil)
	f, err := os.Open(name)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()

	byHand := byHand(b, server, f, size)
	fd := opened(b, name)
	conn, err := zreq.Connect(context.Background(), server.url("http"), &zreq.Args{Driver: new(stdnet.Driver)})
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	args := &upload.Args{Connection: conn, Into: new(zreq.Response), ExpectFrom: -1}
	byZreq := func(b *testing.B) {
		resp, err := upload.Upload(context.Background(), server.url("http"), fd, args)
		if err != nil || resp.Status != 201 {
			b.Fatal(err)
		}
	}
	repeat := func(once func(b *testing.B)) func(*testing.B) {
		return func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(size)
			for b.Loop() {
				once(b)
			}
		}
	}
	b.Run("raw", repeat(byHand))
	b.Run("zreq", repeat(byZreq))
	b.Run("ratio", func(b *testing.B) {
		var raw, zreq []time.Duration
		for b.Loop() {
			start := time.Now()
			byHand(b)
			middle := time.Now()
			byZreq(b)
			raw, zreq = append(raw, middle.Sub(start)), append(zreq, time.Since(middle))
		}
		b.ReportMetric(float64(median(raw))/float64(median(zreq)), "zreq/raw")
	})
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// byHand uploads f by a loop that trusts its server, over a connection of its own.
func byHand(b *testing.B, server *receiver, f *os.File, size int64) func(b *testing.B) {
	b.Helper()
	c, err := net.Dial("tcp", server.address)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.Close() })
	head := []byte("POST /recordings HTTP/1.1\r\nHost: " + server.address + "\r\nContent-Length: " + strconv.FormatInt(size, 10) + "\r\n\r\n")
	answer := make([]byte, len(taken))
	return func(b *testing.B) {
		if _, err := c.Write(head); err != nil {
			b.Fatal(err)
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			b.Fatal(err)
		}
		if n, err := c.(*net.TCPConn).ReadFrom(&io.LimitedReader{R: f, N: size}); n != size || err != nil {
			b.Fatal(n, err)
		}
		if _, err := io.ReadFull(c, answer); err != nil {
			b.Fatal(err)
		}
	}
}
