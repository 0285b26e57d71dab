package zreq_test

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// A drain takes requests, of any length, and counts their bytes. Each ends with a
// mark.
type drain struct {
	buffer []byte
	taken  int64
}

// serve answers each request whose last bytes are end.
func (d *drain) serve(c *memnet.Conn, end string) {
	defer c.Close()
	tail := make([]byte, 0, 128)
	for {
		n, err := c.Read(d.buffer)
		if err != nil {
			return
		}
		d.taken += int64(n)
		tail = append(tail, d.buffer[max(0, n-64):n]...)
		tail = append(tail[:0], tail[max(0, len(tail)-64):]...)
		if bytes.HasSuffix(tail, []byte(end)) {
			_, _ = io.WriteString(c, noContent)
		}
	}
}

// recording is so many bytes that lie nowhere, and end in a mark.
type recording int64

func (r recording) ReadAt(p []byte, offset int64) (n int, err error) {
	const mark = "the end"
	n = int(min(int64(len(p)), int64(r)-offset))
	if n < len(p) {
		err = io.EOF
	}
	clear(p[:n])
	begins := int64(r) - int64(len(mark)) - offset // where the mark does, in p
	if begins < int64(n) {
		copy(p[max(begins, 0):n], mark[max(-begins, 0):])
	}
	return n, err
}

// looking is a reader that looks at the heap as it goes.
type looking struct {
	io.Reader
	given   int64
	highest *int64
}

func (l *looking) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	before := l.given
	l.given += int64(n)
	if before/lookEvery != l.given/lookEvery {
		*l.highest = max(*l.highest, zreqtest.LiveHeap())
	}
	return n, err
}

// testLongUploadLeavesTheHeapFlat: memory does not depend on the length of what
// is sent, whatever its framing.
func testLongUploadLeavesTheHeapFlat(t *testing.T) {
	const maxGrowth = 64 << 10
	size := int64(256 << 20)
	if underRace {
		size /= 2
	}
	zreqtest.SpareThreads()
	for name, tt := range map[string]struct {
		args func(l *looking, size int64) zreq.Args
		end  string
	}{
		"raw":     {func(l *looking, size int64) zreq.Args { return zreq.Args{Body: measured{l, size}} }, "the end"},
		"chunked": {func(l *looking, size int64) zreq.Args { return zreq.Args{Body: l} }, "the end\r\n0\r\n\r\n"},
		"multipart": {func(l *looking, size int64) zreq.Args {
			m := form.Files(form.File{Field: "f", Name: "recording", Content: l, Size: size})
			_ = m.SetBoundary("xx")
			return zreq.Args{Files: m, Data: pairs}
		}, "the end\r\n--xx--\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			n := memnet.New()
			l, err := n.Listen("device.test:80")
			is.NoErr(err) // nobody listens there yet
			defer l.Close()
			server := &drain{buffer: make([]byte, 32<<10)}
			go func() {
				for c, err := l.Accept(); err == nil; c, err = l.Accept() {
					server.serve(c, tt.end)
				}
			}()
			conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: n})
			is.NoErr(err)
			defer conn.Close()
			var highest int64
			put := func(size int64) {
				args := tt.args(&looking{Reader: io.NewSectionReader(recording(size), 0, size), highest: &highest}, size)
				args.Connection = conn
				resp, err := zreq.Put(context.Background(), site, &args)
				is.NoErr(err) // it leaves whole
				is.Equal(resp.Status, 204)
			}
			put(lookEvery + 1) // once before, so that the network and the collector have what they need

			before := zreqtest.LiveHeap()
			highest = 0
			put(size)
			is.True(server.taken > size)
			is.True(highest > 0) // it was looked at
			t.Logf("%d MiB, heap at most %d bytes above its level before the call", size>>20, highest-before)
			is.True(highest-before <= maxGrowth) // memory does not depend on the length
		})
	}
}

// measured is a reader of a known size.
type measured struct {
	io.Reader
	size int64
}

func (m measured) Size() int64 { return m.size }
