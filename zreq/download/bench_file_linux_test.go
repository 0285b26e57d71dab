//go:build !tinygo

package download_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// BenchmarkToFile downloads 64 MiB into a file, without a digest beside a splice loop written
// by hand, and with SHA-256 beside a loop that reads, hashes, writes, and syncs as often as
// a job does. The splice loop syncs nothing. What counts is the ratio of downloads made in turn. Budget: at least
// 0.95 times the throughput of the loops. Run it with TMPDIR on a tmpfs,
// where a sync takes no time.
func BenchmarkToFile(b *testing.B) {
	const part, parts = 256 << 10, 256
	server := sends(b, ofLength(make([]byte, part), parts), nil)
	sum := sha256.Sum256(make([]byte, part*parts))
	path := target(b, false)
	toFile := func(digest []byte) func(b *testing.B) {
		args := &download.Args{Want: download.Want{SHA256: digest}}
		args.Call = zreq.Args{Driver: new(stdnet.Driver)}
		return func(b *testing.B) {
			if _, err := download.ToFile(context.Background(), server.url("http"), path, args); err != nil {
				b.Fatal(err)
			}
		}
	}
	for name, ways := range map[string][2]func(b *testing.B){
		"splice":  {byHand(b, server, part*parts), toFile(nil)},
		"SHA-256": {hashByHand(b, server, part*parts), toFile(sum[:])},
	} {
		b.Run(name, func(b *testing.B) {
			var times [2][]time.Duration
			for b.Loop() {
				for i, once := range ways {
					start := time.Now()
					once(b)
					times[i] = append(times[i], time.Since(start))
				}
			}
			b.ReportMetric(float64(median(times[0]))/float64(median(times[1])), "zreq/"+name)
			b.ReportMetric(float64(median(times[1]).Microseconds())/1e3, "ms/download")
		})
	}
}

// hashByHand is a loop of read, hash and write that trusts its server.
func hashByHand(b *testing.B, server *sender, size int64) func(b *testing.B) {
	b.Helper()
	path := target(b, false)
	buffer := make([]byte, 32<<10)
	return func(b *testing.B) {
		c, err := net.Dial("tcp", server.address) // as a job does
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close()
		if _, err := io.WriteString(c, "GET /firmware.bin HTTP/1.1\r\nHost: "+server.address+"\r\n\r\n"); err != nil {
			b.Fatal(err)
		}
		f, err := os.Create(path + ".new")
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		if err := syscall.Fallocate(int(f.Fd()), 1, 0, size); err != nil { // not for nothing on a tmpfs
			b.Fatal(err)
		}
		n, err := c.Read(buffer)
		p := buffer[bytes.Index(buffer[:n], []byte("\r\n\r\n"))+4 : n]
		h := sha256.New()
		synced := int64(0)
		for done := int64(0); ; {
			if err != nil {
				b.Fatal(err)
			}
			h.Write(p)
			if _, err := f.Write(p); err != nil {
				b.Fatal(err)
			}
			if done += int64(len(p)); done-synced >= 16<<20 || done == size {
				synced = done
				if err := f.Sync(); err != nil {
					b.Fatal(err)
				}
			}
			if done == size {
				if err := os.Rename(path+".new", path); err != nil {
					b.Fatal(err)
				}
				return
			}
			if err := c.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
				b.Fatal(err)
			}
			n, err = c.Read(buffer)
			p = buffer[:n]
		}
	}
}
