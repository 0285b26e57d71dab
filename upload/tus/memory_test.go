package tus_test

import (
	"bufio"
	"bytes"
	"io"
	"math/bits"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/tus"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// drain is a tus server of the system's TCP that keeps nothing. It allocates only for each
// connection.
func drain(t *testing.T) (endpoint string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer c.Close()
				d := &drained{c: c, r: bufio.NewReaderSize(c, 64<<10)}
				for d.serve() == nil {
				}
			})
		}
	})
	t.Cleanup(func() { _ = l.Close(); serving.Wait() })
	return "http://" + l.Addr().String() + "/files/"
}

type drained struct {
	c      net.Conn
	r      *bufio.Reader
	out    []byte
	offset int64
}

// serve answers one request.
func (d *drained) serve() error {
	method, length := byte(0), int64(0)
	for {
		line, err := d.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if method == 0 {
			method = line[1] // O for POST, A for PATCH, P for OPTIONS
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			length, _ = strconv.ParseInt(string(bytes.TrimSpace(value)), 10, 64)
		}
		if len(line) == 2 {
			break
		}
	}
	const tusHead = "Tus-Resumable: 1.0.0\r\nTus-Version: 1.0.0\r\nTus-Extension: creation\r\n"
	switch method {
	case 'P':
		d.out = append(d.out[:0], "HTTP/1.1 204 No Content\r\n"+tusHead+"\r\n"...)
	case 'O':
		d.offset = 0
		d.out = append(d.out[:0], "HTTP/1.1 201 Created\r\nLocation: 1\r\nContent-Length: 0\r\n"+tusHead+"\r\n"...)
	default:
		for left := length; left > 0; {
			n, err := d.r.Discard(int(min(left, 32<<10)))
			if err != nil {
				return err
			}
			left -= int64(n)
		}
		d.offset += length
		d.out = append(d.out[:0], "HTTP/1.1 204 No Content\r\n"+tusHead+"Upload-Offset: "...)
		d.out = strconv.AppendInt(d.out, d.offset, 10)
		d.out = append(d.out, "\r\n\r\n"...)
	}
	_, err := d.c.Write(d.out)
	return err
}

// sparse is a file of size bytes that lie on no disk.
func sparse(t *testing.T, size int64) *upload.FileSource {
	t.Helper()
	name := filepath.Join(t.TempDir(), "recording")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, size); err != nil {
		t.Fatal(err)
	}
	f, err := upload.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// buffered is a source that cannot send itself.
type buffered struct{ *io.SectionReader }

func (b buffered) Identity() (string, error) { return "a name", nil }

// testMemory: the heap is flat, whatever the size and the number of parts.
func testMemory(t *testing.T) {
	size := int64(32 << 20)
	if bits.UintSize == 32 {
		size /= 4
	}
	zreqtest.SpareThreads()
	for name, partSize := range map[string]int64{"in one": 0, "in parts": 1 << 20} {
		for kind, fd := range map[string]upload.Source{
			"a file": sparse(t, size), "what is no file": buffered{io.NewSectionReader(zeros{}, 0, size)},
		} {
			t.Run(kind+" "+name, func(t *testing.T) {
				is := is.New(t)
				endpoint := drain(t)
				session := &zreq.Session{Driver: new(stdnet.Driver)}
				defer session.Close()
				call := upload.Args{Session: session, ExpectFrom: -1} // drain does not answer that
				highest, looks, next := int64(0), 0, size
				call.Progress = func(sent, _ int64) {
					if sent >= next {
						next += size / 2
						looks++
						highest = max(highest, zreqtest.LiveHeap())
					}
				}
				store := tus.StateFile(filepath.Join(t.TempDir(), "state"))
				args := &tus.Args{Call: call, PartSize: partSize, Store: store}
				_, err := tus.Upload(t.Context(), endpoint, sparse(t, size/8), args)
				is.NoErr(err) // once before, so that the server and the collector have what they need

				before := zreqtest.LiveHeap()
				highest, looks, next = 0, 0, 0
				_, err = tus.Upload(t.Context(), endpoint, fd, args)
				is.NoErr(err)
				is.True(looks >= 2)
				is.True(highest-before <= 64<<10)
				t.Logf("live heap: %+d bytes at most", highest-before)
			})
		}
	}
}

type zeros struct{}

func (zeros) ReadAt(p []byte, _ int64) (int, error) {
	clear(p)
	return len(p), nil
}

// testAllocations: each part costs the same.
func testAllocations(t *testing.T) {
	is := is.New(t)
	endpoint := drain(t)
	session := &zreq.Session{Driver: new(stdnet.Driver)}
	defer session.Close()
	const partSize = 32 << 10
	var allocs [3]int64
	for i, parts := range []int64{100, 200, 400} {
		fd := sparse(t, parts*partSize)
		args := &tus.Args{Call: upload.Args{Session: session, ExpectFrom: -1}, PartSize: partSize}
		allocs[i], _ = zreqtest.Allocs(func() {
			_, err := tus.Upload(t.Context(), endpoint, fd, args)
			is.NoErr(err)
		})
	}
	first, second := float64(allocs[1]-allocs[0])/100, float64(allocs[2]-allocs[1])/200
	t.Logf("%v allocations for 100, 200 and 400 parts: %.1f and %.1f each", allocs, first, second)
	is.True(zreqtest.RaceDetector || second < first+1)
	is.True(zreqtest.RaceDetector || second < 60)
}
