package fuzz

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/wire"
)

// FuzzBody: what a body gives, net/http reads, however it is read, buffered and
// written. A body that lies about its size is no whole request to anybody.
func FuzzBody(f *testing.F) {
	f.Add([]byte("hello"), []byte{1}, byte(0), byte(0), int8(0), false)
	f.Add(bytes.Repeat([]byte("0123456789"), 100), []byte{7, 0, 255}, byte(1), byte(3), int8(0), true)
	f.Add(bytes.Repeat([]byte("\r\n0\r\n\r\n"), 50), []byte{3}, byte(200), byte(0), int8(-1), false)
	f.Add([]byte{}, []byte{}, byte(64), byte(1), int8(1), false)
	f.Fuzz(func(t *testing.T, data, sizes []byte, buffer, write byte, lie int8, chunked bool) {
		if int64(len(data))+int64(lie) < 0 {
			return
		}
		n := memnet.New()
		l, err := n.Listen("h.test:80")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		got := make(chan received, 1)
		go func() { got <- receive(l) }()

		var body io.Reader = &pieces{data: data, sizes: sizes}
		if !chunked {
			body = sized{body, int64(len(data)) + int64(lie)}
		}
		_, err = zreq.Put(context.Background(), "http://h.test/", &zreq.Args{
			Driver: faulty{n, memnet.Faults{WriteBytes: int(write)}},
			Body:   body,
			Limits: zreq.Limits{ReadBuffer: 64 + int(buffer)},
		})
		r := <-got
		if !chunked && lie != 0 {
			if !errors.Is(err, zreq.ErrBody) || r.err == nil {
				t.Fatalf("%d bytes that said %+d: %v, and the peer read %q, %v", len(data), lie, err, r.body, r.err)
			}
			return
		}
		if err != nil || r.err != nil || !bytes.Equal(r.body, data) {
			t.Fatalf("%v; the peer read %q, %v, want %q", err, r.body, r.err, data)
		}
	})
}

// received is what a server made of a request.
type received struct {
	body []byte
	err  error
}

func receive(l *memnet.Listener) received {
	c, err := l.Accept()
	if err != nil {
		return received{err: err}
	}
	defer c.Close()
	req, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return received{err: err}
	}
	body, err := io.ReadAll(req.Body)
	if err == nil {
		_, _ = io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
	}
	return received{body, err}
}

// pieces gives data in pieces of the sizes, over and over; 0 is an empty read.
type pieces struct {
	data, sizes []byte
	reads       int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.data) == 0 {
		return 0, io.EOF
	}
	n := len(b)
	if len(p.sizes) > 0 {
		n = min(n, int(p.sizes[p.reads%len(p.sizes)]))
		if p.reads++; p.reads%50 == 0 { // or it would be one that never ends
			n = len(b)
		}
	}
	n = copy(b[:n], p.data)
	p.data = p.data[n:]
	return n, nil
}

type sized struct {
	io.Reader
	size int64
}

func (s sized) Size() int64 { return s.size }

// faulty is a network whose client ends have faults.
type faulty struct {
	*memnet.Net
	faults memnet.Faults
}

func (d faulty) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Net.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c.(*memnet.Conn).SetFaults(d.faults)
	return c, nil
}

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
