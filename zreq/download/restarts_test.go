//go:build !tinygo

package download_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"net"
	"os"
	"strconv"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// breaker is a server of the system's TCP that has a number of zeros, of which it sends so
// many over each connection. Every so many requests it asks to be left alone for a day. It
// allocates next to nothing for a request.
type breaker struct {
	url      string
	size     int64
	span     int64
	dayOff   int // requests; 0: it takes none
	requests int
}

func breaks(t *testing.T, b *breaker) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.url = "http://" + l.Addr().String() + "/firmware.bin"
	var serving sync.WaitGroup
	serving.Go(func() {
		request, out, zeros := make([]byte, 4096), make([]byte, 0, 512), make([]byte, 64<<10)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			b.serve(c, request, out, zeros)
			_ = c.Close()
		}
	})
	t.Cleanup(func() { _ = l.Close(); serving.Wait() })
}

func (b *breaker) serve(c net.Conn, request, out, zeros []byte) {
	n, err := c.Read(request) // a small request comes at once
	if err != nil {
		return
	}
	if b.requests++; b.dayOff > 0 && b.requests%b.dayOff == 0 {
		_, _ = c.Write(append(out, "HTTP/1.1 503 Later\r\nRetry-After: 86400\r\nContent-Length: 0\r\n\r\n"...))
		return
	}
	from := int64(0)
	if _, rest, ok := bytes.Cut(request[:n], []byte("Range: bytes=")); ok {
		for _, d := range rest[:bytes.IndexByte(rest, '-')] {
			from = from*10 + int64(d-'0')
		}
		out = append(out, "HTTP/1.1 206 Partial\r\nContent-Range: bytes "...)
		out = append(strconv.AppendInt(out, from, 10), '-')
		out = append(strconv.AppendInt(out, b.size-1, 10), '/')
		out = append(strconv.AppendInt(out, b.size, 10), "\r\nETag: \"7\"\r\nContent-Length: "...)
	} else {
		out = append(out, "HTTP/1.1 200 OK\r\nETag: \"7\"\r\nContent-Length: "...)
	}
	out = append(strconv.AppendInt(out, b.size-from, 10), "\r\n\r\n"...)
	if _, err := c.Write(out); err != nil {
		return
	}
	for left := min(b.span, b.size-from); left > 0 && err == nil; left -= int64(n) {
		n, err = c.Write(zeros[:min(left, int64(len(zeros)))])
	}
}

// testMemoryOfRestarts: while a file comes in a thousand pieces, with a digest, checkpoints, and
// now and then a job that ends and another one that goes on, the live heap stays flat: it is
// never larger than before by more than the read buffer and 32 KiB.
//
// ZREQ_HEAP_MIB is the size of the file.
func testMemoryOfRestarts(t *testing.T) {
	is := is.New(t)
	mib, err := strconv.Atoi(os.Getenv("ZREQ_HEAP_MIB"))
	pieces := int64(1_000)
	if err != nil {
		mib, pieces = 32, 200
	}
	size := int64(mib) << 20
	b := &breaker{size: size, span: size / pieces, dayOff: int(pieces / 10)}
	breaks(t, b)
	zeros := sha256.New()
	for block := make([]byte, 1<<20); mib > 0; mib-- {
		_, _ = zeros.Write(block)
	}
	_, path := stale(t)
	d := &fast{looks: &looks{every: size / 10}}
	args := &download.Args{Call: zreq.Args{Driver: d}, Want: download.Want{SHA256: zeros.Sum(nil)}, TrustPart: true}
	jobs := 0
	job := func() (result *download.Result) {
		for {
			var err error
			jobs++
			if result, err = download.ToFile(context.Background(), b.url, path, args); err == nil {
				return result
			}
			var e *download.Error
			if !errors.As(err, &e) || e.RetryAfter == 0 {
				t.Fatal(err)
			}
		}
	}
	zreqtest.SpareThreads()
	before := zreqtest.LiveHeap()
	result := job()
	is.Equal(result.Size, size)
	is.True(b.requests >= int(pieces))
	is.True(jobs > 5)
	is.True(d.looks.count >= 8)
	growth := d.looks.highest - before
	t.Logf("%d MiB, %d requests in %d jobs: live heap %+d bytes at most", size>>20, b.requests, jobs, growth)
	is.True(growth <= hashBuffer+32<<10)
}

// hashBuffer is the read buffer of a job with a digest.
const hashBuffer = 32 << 10
