package wire_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/wire"
)

// headOf is a head with n fields, as a server sends them.
func headOf(n int) string {
	fields := []string{
		"Date: Mon, 02 Jan 2006 15:04:05 GMT", "Server: nginx/1.25.3", "Content-Type: application/octet-stream",
		"Content-Length: 16777216", "Last-Modified: Mon, 02 Jan 2006 15:04:05 GMT", "Connection: keep-alive",
		"ETag: \"65a4f2c1-1000000\"", "Cache-Control: max-age=3600, public", "Accept-Ranges: bytes", "Vary: Accept-Encoding",
	}
	for i := len(fields); i < n; i++ {
		fields = append(fields, fmt.Sprintf("X-Field-Number-%d: value of it", i))
	}
	return ok + strings.Join(fields[:n], "\r\n") + "\r\n\r\n"
}

func BenchmarkHead(b *testing.B) {
	for _, n := range []int{10, 40} {
		b.Run(fmt.Sprintf("%dfields", n), func(b *testing.B) {
			in := []byte(headOf(n))
			b.ReportAllocs()
			b.SetBytes(int64(len(in)))
			var d wire.Decoder
			for b.Loop() {
				d.Reset("GET", wire.Limits{})
				if ev, used, err := d.Next(in); ev.Kind != wire.Head || used != len(in) || err != nil {
					b.Fatal(ev.Kind, used, err)
				}
			}
		})
	}
}

func BenchmarkChunked(b *testing.B) {
	const chunks = 64
	var body []byte
	for range chunks {
		body = wire.AppendChunk(body, make([]byte, 1<<10))
	}
	in := append([]byte(chunkedHead), wire.AppendLastChunk(body)...)
	b.ReportAllocs()
	b.SetBytes(chunks << 10)
	var d wire.Decoder
	for b.Loop() {
		d.Reset("GET", wire.Limits{})
		if n := drain(&d, in); n != chunks<<10 {
			b.Fatal(n)
		}
	}
}

// BenchmarkHeadBytewise shows that a head that comes byte by byte costs the same
// work per byte, however long it is.
func BenchmarkHeadBytewise(b *testing.B) {
	for _, size := range []int{1 << 10, 8 << 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			in := []byte(ok + "A: " + strings.Repeat("a", size) + "\r\n\r\n")
			b.ReportAllocs()
			b.SetBytes(int64(len(in)))
			var d wire.Decoder
			for b.Loop() {
				d.Reset("GET", wire.Limits{})
				for i := range in {
					if _, _, err := d.Next(in[:i+1]); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// drain decodes in to its end and returns the length of the body, or -1.
func drain(d *wire.Decoder, in []byte) (n int) {
	for {
		ev, used, err := d.Next(in)
		in = in[used:]
		n += len(ev.Data) // counts the head too, for now
		switch {
		case err != nil || ev.Kind == wire.NeedMore:
			return -1
		case ev.Kind == wire.Head || ev.Kind == wire.Trailers:
			n = n - len(ev.Data)
		case ev.Kind == wire.End:
			return n
		}
	}
}

// A whole exchange allocates nothing: a request into a slice that has room, a
// response with all kinds of framing out of a slice.
func TestZeroAllocations(t *testing.T) {
	is := is.New(t)
	out := make([]byte, 0, 1<<10)
	pristine := "HTTP/1.1 103 x\r\nLink: </a>\r\n\r\n" + ok + "Connection: a,\r\n keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n" +
		"5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nA: b\r\n c\r\n\r\n"
	in := make([]byte, len(pristine))
	var d wire.Decoder
	allocs := testing.AllocsPerRun(100, func() {
		out = appendRequest(out[:0])
		out = wire.AppendChunk(out, in[:8])
		out = wire.AppendLastChunk(out)
		copy(in, pristine)
		d.Reset("GET", wire.Limits{})
		exchangeOnce(t, &d, in)
	})
	is.Equal(allocs, float64(0))
}

func exchangeOnce(t *testing.T, d *wire.Decoder, in []byte) {
	for body := 0; ; {
		ev, used, err := d.Next(in)
		in = in[used:]
		switch {
		case err != nil:
			t.Fatal(err)
		case ev.Kind == wire.Data:
			body += len(ev.Data)
		case ev.Kind == wire.Head:
			_, fields := wire.SplitHead(ev.Data)
			for _, _, rest, ok := wire.NextField(fields); ok; _, _, rest, ok = wire.NextField(rest) {
			}
		case ev.Kind == wire.End:
			if body != 11 || d.Reuse() != wire.CloseNone {
				t.Fatal(body, d.Reuse())
			}
			return
		}
	}
}

// Nor does a refusal.
func TestZeroAllocationsOnError(t *testing.T) {
	is := is.New(t)
	in := []byte(ok + "Content-Length: 5, 6\r\n\r\n")
	var d wire.Decoder
	is.Equal(testing.AllocsPerRun(100, func() {
		d.Reset("GET", wire.Limits{})
		if _, _, err := d.Next(in); err != wire.ErrBadLength {
			t.Fatal(err)
		}
	}), float64(0))
}
