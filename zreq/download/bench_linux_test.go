//go:build !tinygo

package download_test

import (
	"bytes"
	"io"
	"net"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// BenchmarkWriteTo writes a body of 64 MiB to a file as SaveFile does, by a splice loop
// written by hand, and by io.Copy. It syncs nothing: what a disk takes for that is its
// own. What counts is the ratio of the first two, and on a busy machine only that of
// downloads made in turn. Budget: at least 0.95 times the throughput of splice.
func BenchmarkWriteTo(b *testing.B) {
	const part, parts = 256 << 10, 256
	server := sends(b, ofLength(make([]byte, part), parts), nil)
	conn, err := zreq.Connect(b.Context(), server.url("http"), &zreq.Args{Driver: new(stdnet.Driver)})
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	args := &zreq.Args{Connection: conn, Stream: true, Into: new(zreq.Response)}
	path := target(b, false)
	byZreq := func(to func(resp *zreq.Response, f *download.File) (int64, error)) func(b *testing.B) {
		return func(b *testing.B) {
			resp, err := zreq.Get(b.Context(), server.url("http"), args)
			if err != nil {
				b.Fatal(err)
			}
			f, err := download.Create(path)
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			if n, err := to(resp, f); n != part*parts || err != nil {
				b.Fatal(n, err)
			}
		}
	}
	ways := []struct {
		name string
		once func(b *testing.B)
	}{
		{"splice", byHand(b, server, part*parts)},
		{"zreq", byZreq(func(resp *zreq.Response, f *download.File) (int64, error) { return resp.WriteTo(f) })},
		{"copy", byZreq(func(resp *zreq.Response, f *download.File) (int64, error) {
			return io.CopyBuffer(struct{ io.Writer }{f}, struct{ io.Reader }{resp}, make([]byte, 32<<10))
		})},
	}
	for _, way := range ways {
		b.Run(way.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(part * parts)
			for b.Loop() {
				way.once(b)
			}
		})
	}
	b.Run("ratio", func(b *testing.B) {
		times := make([][]time.Duration, len(ways))
		for b.Loop() {
			for i, way := range ways {
				start := time.Now()
				way.once(b)
				times[i] = append(times[i], time.Since(start))
			}
		}
		b.ReportMetric(float64(median(times[0]))/float64(median(times[1])), "zreq/splice")
		b.ReportMetric(float64(median(times[0]))/float64(median(times[2])), "copy/splice")
	})
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// byHand downloads to a file by a loop that trusts its server but sets a limit for each
// slice, over a connection and a pipe of its own.
func byHand(b *testing.B, server *sender, size int64) func(b *testing.B) {
	b.Helper()
	c, err := net.Dial("tcp", server.address)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.Close() })
	socket, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		b.Fatal(err)
	}
	var pipe [2]int
	if err := syscall.Pipe2(pipe[:], syscall.O_CLOEXEC); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = syscall.Close(pipe[0]); _ = syscall.Close(pipe[1]) })
	_, _, _ = syscall.Syscall(syscall.SYS_FCNTL, uintptr(pipe[1]), syscall.F_SETPIPE_SZ, 1<<20)
	path := target(b, false)
	var left, held int64
	take := func(fd uintptr) bool {
		n, err := syscall.Splice(int(fd), nil, pipe[1], nil, int(min(left, 1<<20)), 2)
		held = int64(n)
		return err != syscall.EAGAIN
	}
	buffer := make([]byte, 4096)
	return func(b *testing.B) {
		if _, err := io.WriteString(c, "GET /firmware.bin HTTP/1.1\r\nHost: "+server.address+"\r\n\r\n"); err != nil {
			b.Fatal(err)
		}
		n, err := c.Read(buffer)
		if err != nil {
			b.Fatal(err)
		}
		f, err := os.Create(path)
		if err != nil {
			b.Fatal(err)
		}
		defer os.Remove(path)
		defer f.Close()
		body := buffer[bytes.Index(buffer[:n], []byte("\r\n\r\n"))+4 : n]
		if _, err := f.Write(body); err != nil {
			b.Fatal(err)
		}
		out := int(f.Fd())
		for left = size - int64(len(body)); left > 0; {
			if err := c.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
				b.Fatal(err)
			}
			if err := socket.Read(take); err != nil || held <= 0 {
				b.Fatal(held, err)
			}
			for left -= held; held > 0; {
				n, err := syscall.Splice(pipe[0], nil, out, nil, int(held), 0)
				if err != nil {
					b.Fatal(err)
				}
				held -= int64(n)
			}
		}
	}
}
