package zreq_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// fileAt makes a file and opens it at an offset.
func fileAt(t *testing.T, content string, offset int64) *os.File {
	t.Helper()
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "file")
	is.NoErr(os.WriteFile(path, []byte(content), 0o600))
	f, err := os.Open(path)
	is.NoErr(err) // the file can be read
	t.Cleanup(func() { _ = f.Close() })
	_, err = f.Seek(offset, io.SeekStart)
	is.NoErr(err)
	return f
}

// A small server often knows no chunks: it takes a chunked form for an empty one.
func testFileHasItsSize(t *testing.T) {
	const head = "POST /up HTTP/1.1\r\nHost: h.test\r\n"
	t.Run("as Body", func(t *testing.T) {
		is := is.New(t)
		got, _ := post(t, fileAt(t, "hello", 0), zreq.Args{})
		is.Equal(got, head+"Content-Length: 5\r\n\r\nhello")
		got, _ = post(t, fileAt(t, "hello", 2), zreq.Args{})
		is.Equal(got, head+"Content-Length: 3\r\n\r\nllo") // what is left from its offset
		got, _ = post(t, fileAt(t, "", 0), zreq.Args{})
		is.Equal(got, head+"Content-Length: 0\r\n\r\n") // nothing is a size, too
	})
	t.Run("in a form", func(t *testing.T) {
		is := is.New(t)
		m := form.Files(form.File{Field: "f", Name: "n.txt", ContentType: "text/plain", Content: fileAt(t, "a file", 2)})
		is.NoErr(m.SetBoundary("xx"))
		got := put(t, "POST", zreq.Args{Files: m})
		is.Equal(got, "Content-Type: multipart/form-data; boundary=xx\r\n"+lengthOf(aFile))
	})
	t.Run("sent again", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{
			zreqtest.Request(), zreqtest.Send("HTTP/1.1 307 Temporary Redirect\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"),
			zreqtest.Request(), zreqtest.Send(noContent),
		})
		_, err := zreq.Post(context.Background(), "http://h.test/a", &zreq.Args{Driver: peer, Body: fileAt(t, "hello", 2), Headers: zreq.Headers{{"Connection", "keep-alive"}}})
		is.NoErr(err)
		is.True(strings.HasSuffix(peer.Requests()[1], "Content-Length: 3\r\n\r\nllo")) // from the same offset
		peer.Close()
	})
}

// A file that is cut while it is sent ends the call: the server never holds a request
// that looks whole.
func testFileThatChanges(t *testing.T) {
	for name, size := range map[string]int64{"cut": 3, "grown": 100_001} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			f := fileAt(t, strings.Repeat("x", 100_000), 0)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Discard()})
			body := changing{f, func() { is.NoErr(os.Truncate(f.Name(), size)) }}
			_, err := zreq.Post(context.Background(), "http://h.test/up", &zreq.Args{
				Driver: peer, Body: body, Timeouts: zreq.Timeouts{Head: 3 * time.Second}, // the peer answers nothing
			})
			is.True(errors.Is(err, zreq.ErrBody))
		})
	}
}

// changing is a file that somebody changes when it is first read.
type changing struct {
	*os.File
	change func()
}

func (c changing) Read(p []byte) (int, error) {
	c.change()
	return c.File.Read(p)
}
