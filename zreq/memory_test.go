package zreq_test

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

const (
	lookEvery = 64 << 20
	maxGrowth = 16<<10 + 16<<10 // the read buffer, and what a call needs beside it
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
	if underRace || testing.Short() {
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
