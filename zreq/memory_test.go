package zreq_test

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

const (
	lookEvery = 64 << 20
	maxGrowth = 64<<10 + 16<<10 // a read buffer that was widened, and what a call needs beside it
)

// A spout answers requests with size bytes each, in the framing that the path
// names. All of its memory is made at first.
type spout struct {
	size            int64
	request         []byte
	byLength, body  []byte
	byChunks, chunk []byte
	end             []byte
}

const spoutPart = 32 << 10

func newSpout(size int64) *spout {
	body := make([]byte, spoutPart)
	return &spout{
		size:     size,
		request:  make([]byte, 4096),
		byLength: []byte("HTTP/1.1 200 OK\r\nContent-Length: " + strconv.FormatInt(size, 10) + "\r\n\r\n"),
		body:     body,
		byChunks: []byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
		chunk:    slices.Concat([]byte("8000\r\n"), body, []byte("\r\n")),
		end:      []byte("0\r\n\r\n"),
	}
}

func (s *spout) pour(c *memnet.Conn) {
	defer c.Close()
	for {
		if _, err := c.Read(s.request); err != nil {
			return
		}
		head, part, end := s.byLength, s.body, s.end[:0]
		if bytes.HasPrefix(s.request, []byte("GET /chunked ")) {
			head, part, end = s.byChunks, s.chunk, s.end
		}
		_, _ = c.Write(head)
		for range s.size / spoutPart {
			if _, err := c.Write(part); err != nil {
				return
			}
		}
		_, _ = c.Write(end)
	}
}

func testLongBodyLeavesTheHeapFlat(t *testing.T) {
	zreqtest.SpareThreads()
	size := int64(1 << 30)
	if zreqtest.RaceDetector || testing.Short() {
		size = 192 << 20
	}
	for _, framing := range []string{"length", "chunked"} {
		t.Run(framing, func(t *testing.T) {
			is := is.New(t)
			n := memnet.New()
			l, err := n.Listen("device.test:80")
			is.NoErr(err) // nobody listens there yet
			defer l.Close()
			spout := newSpout(size)
			go func() {
				for c, err := l.Accept(); err == nil; c, err = l.Accept() {
					spout.pour(c)
				}
			}()
			url := "http://device.test/" + framing
			var got, chunks, highest int64
			warm := func(p []byte) error {
				if got += int64(len(p)); got > 2*lookEvery {
					return zreq.ErrStop
				}
				if got%lookEvery == 0 {
					_ = zreqtest.LiveHeap()
				}
				return nil
			}
			take := func(p []byte) error {
				got += int64(len(p))
				chunks++
				if got%lookEvery == 0 {
					highest = max(highest, zreqtest.LiveHeap())
				}
				return nil
			}
			args := &zreq.Args{Driver: n, Headers: asks(), StreamCallback: warm}
			_, err = zreq.Get(context.Background(), url, args)
			is.NoErr(err) // once before, so that the network and the collector have what they need

			before := zreqtest.LiveHeap()
			args.StreamChunk = 32 << 10
			got = 0
			_, err = zreq.Get(context.Background(), url, args)
			is.NoErr(err) // a call with large chunks leaves large buffers in the pool

			args.StreamCallback, args.StreamChunk = take, 0
			got = 0
			resp, err := zreq.Get(context.Background(), url, args)
			is.NoErr(err)                       // it comes whole
			is.True(resp.Complete())            // and says so
			is.Equal(got, size)                 // in all its bytes
			is.Equal(chunks, size/512)          // in chunks of the default size
			is.True(highest > before-lookEvery) // it was looked at
			t.Logf("%d MiB, heap at most %d bytes above its level before the call", got>>20, highest-before)
			is.True(highest-before <= maxGrowth) // memory does not depend on the length
			_ = resp.Connection.Close()
		})
	}
}

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
	if zreqtest.RaceDetector {
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

// redirecting is a driver to a server in memory that answers /x by way of /y with
// answer, and allocates nothing for it.
func redirecting(t *testing.T, answer string) *memnet.Net {
	t.Helper()
	n := memnet.New()
	l, err := n.Listen("device.test:80")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	first, second := []byte(moved(302, "/y")), []byte(answer)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		buffer := make([]byte, 4096)
		for {
			n, err := c.Read(buffer)
			if err != nil {
				return
			}
			says := second
			if bytes.HasPrefix(buffer[:n], []byte("GET /x ")) {
				says = first
			}
			if _, err := c.Write(says); err != nil {
				return
			}
		}
	}()
	return n
}

// TestRedirectAllocates: what a call allocates for a redirect does not depend on
// how long the body behind it is, and is not much.
func TestRedirectAllocates(t *testing.T) {
	if zreqtest.RaceDetector {
		t.Skip("the race detector makes pools forget")
	}
	for name, framed := range map[string]func(string) string{"Content-Length": withLength, "chunked": byChunks} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			allocs := func(size int) float64 {
				c := newKeptCall(t, "GET", redirecting(t, framed(strings.Repeat("x", size))), site, 0)
				c.args.Into = new(zreq.Response)
				n := c.allocs(context.Background(), 100)
				is.NoErr(c.err)
				is.Equal(c.bytes, size)
				is.Equal(len(c.args.Into.History()), 1)
				is.Equal(c.args.Connection.Dials(), 1)
				return n
			}
			few := allocs(5_000)
			is.Equal(allocs(500_000), few) // nothing for a chunk
			is.True(few > 0 && few <= 12)  // Location, URLs and history
		})
	}
}

// measuring is a driver whose connections note how much they were asked for at most.
type measuring struct {
	netdriver.Driver
	first, most int
}

func (d *measuring) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	return &measuredConn{c, d}, err
}

type measuredConn struct {
	netdriver.Conn
	driver *measuring
}

func (c *measuredConn) Read(p []byte) (int, error) {
	if c.driver.first == 0 {
		c.driver.first = len(p)
	}
	c.driver.most = max(c.driver.most, len(p))
	return c.Conn.Read(p)
}

// A read buffer costs memory, and a small one costs reads: who takes large chunks of a
// body in chunked framing has room for a large one. The head is read with the default.
func TestReadBufferFollowsStreamChunk(t *testing.T) {
	frame := "400\r\n" + strings.Repeat("x", 1<<10) + "\r\n"
	body := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat(frame, 200) + "0\r\n\r\n"
	for name, tt := range map[string]struct{ chunk, buffer, first, most int }{
		"by default":         {0, 0, 16 << 10, 16 << 10},
		"small chunks":       {512, 0, 16 << 10, 16 << 10},
		"large chunks":       {32 << 10, 0, 16 << 10, 32 << 10},
		"huge chunks":        {1 << 20, 0, 16 << 10, 64 << 10},
		"it was chosen":      {32 << 10, 1 << 10, 1 << 10, 1 << 10},
		"it was chosen, too": {512, 64 << 10, 64 << 10, 64 << 10},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, answering(body))
			driver := &measuring{Driver: peer}
			_, err := zreq.Get(context.Background(), "http://device.test/", &zreq.Args{
				Driver:         driver,
				StreamChunk:    tt.chunk,
				StreamCallback: func([]byte) error { return nil },
				Limits:         zreq.Limits{ReadBuffer: tt.buffer},
			})
			is.NoErr(err)
			is.Equal(driver.first, tt.first)
			is.True(driver.most <= tt.most && driver.most > tt.most/2) // less what was not used yet
		})
	}
}
