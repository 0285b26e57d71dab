package upload_test

import (
	"context"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
)

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
