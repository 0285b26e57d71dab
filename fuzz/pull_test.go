package fuzz_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/wire"
)

// dripping is a driver whose connections give in, in pieces of the given sizes, and
// end. What is written to them is dropped.
type dripping struct {
	in    []byte
	sizes []byte
	i     int
	ended bool // the end came with the last bytes
	empty bool // the last read gave nothing, as one in two may
}

func (p *dripping) Dial(context.Context, string, string) (netdriver.Conn, error) { return p, nil }

func (p *dripping) Read(b []byte) (int, error) {
	if len(p.in) == 0 {
		return 0, io.EOF
	}
	n := len(p.in)
	if len(p.sizes) > 0 {
		n = int(p.sizes[p.i%len(p.sizes)])
		p.i++
		if p.empty = n == 0 && !p.empty; !p.empty {
			n = max(n, 1)
		}
	}
	n = copy(b, p.in[:min(n, len(p.in))])
	p.in = p.in[n:]
	if len(p.in) == 0 && p.ended {
		return n, io.EOF
	}
	return n, nil
}

func (p *dripping) Write(b []byte) (int, error)      { return len(b), nil }
func (p *dripping) Close() error                     { return nil }
func (p *dripping) SetDeadline(time.Time) error      { return nil }
func (p *dripping) SetReadDeadline(time.Time) error  { return nil }
func (p *dripping) SetWriteDeadline(time.Time) error { return nil }

// FuzzPull: all that a peer sends in answer to a request, whose body is read after
// the call. What is read is what the codec decodes, in every way of reading it, and
// a good end is one for the codec, too.
func FuzzPull(f *testing.F) {
	for i, in := range []string{
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
		"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: A\r\n\r\n5;a=b\r\nhello\r\n2\r\n, \r\n0\r\nA: b\r\n\r\nrest",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
		"HTTP/1.0 404 Not Found\r\n\r\nuntil close",
		"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-4/5\r\nContent-Length: 5\r\n\r\nhello",
		"HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
	} {
		for way := range byte(8) {
			f.Add([]byte(in), byte(i), way, []byte{5, 0, 1})
			f.Add([]byte(in), byte(i), way, []byte{})
		}
	}
	f.Fuzz(func(t *testing.T, in []byte, method, way byte, sizes []byte) {
		name := methodOf(method % 2)
		want := read(in, name, wire.Limits{}, nil)
		driver := &dripping{in: bytes.Clone(in), sizes: sizes, ended: method > 127}
		resp, err := zreq.Do(context.Background(), name, "http://device.test/", &zreq.Args{
			Driver: driver, Stream: true, AllowUnframed: true, MaxRedirects: -1,
		})
		final := len(want.heads) > 0 && want.heads[len(want.heads)-1].status >= 200
		if err != nil || resp == nil {
			if final && want.whole {
				t.Fatalf("%q: %v", in, err)
			}
			return
		}
		if !final {
			t.Fatalf("%q: a response without a final head", in)
		}
		got, err := take(resp, way)
		_ = resp.Close()
		switch {
		case err == nil != want.whole:
			t.Fatalf("%q: %v, and the codec says %v", in, err, want)
		case err == nil && !bytes.Equal(got, want.body), !bytes.HasPrefix(want.body, got):
			t.Fatalf("%q: got %q of %q", in, got, want.body)
		case errors.Is(err, io.EOF):
			t.Fatalf("%q: %v says that all is well", in, err)
		case resp.Complete() != (want.whole && want.framing != wire.UntilClose):
			t.Fatalf("%q: complete is %v", in, resp.Complete())
		}
		for _, field := range want.trailers {
			if err == nil && resp.Trailer(field.name) == "" && field.value != "" {
				t.Fatalf("%q: trailer %q is missing", in, field.name)
			}
		}
	})
}

// take takes all of the body in one of eight ways.
func take(r *zreq.Response, way byte) (got []byte, err error) {
	var b bytes.Buffer
	switch way % 8 {
	case 0:
		return io.ReadAll(r)
	case 1:
		return r.ReadN(0)
	case 2:
		_, err = r.WriteTo(&b)
	case 3:
		_, err = r.SaveTo(&b, make([]byte, 3))
	case 4:
		for chunk, failure := range r.Chunks(3) {
			if err = failure; err == nil {
				b.Write(chunk)
			}
		}
	case 5:
		return r.Content()
	case 6:
		if got, err = r.ReadN(4); err != nil && err != io.EOF {
			return got, err
		}
		b.Write(got)
		_, err = r.WriteTo(&b)
	case 7:
		p := make([]byte, 1)
		for err == nil {
			var n int
			n, err = r.Read(p)
			b.Write(p[:n])
		}
		if err == io.EOF {
			err = nil
		}
	}
	return b.Bytes(), err
}
