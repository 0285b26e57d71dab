package fuzz_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
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
