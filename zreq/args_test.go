package zreq_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
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

// pairs is a form of two fields.
var pairs = form.Values{{"b", "1 2"}, {"a", "é"}}

// parts is a multipart body of one file, with a boundary that tests know.
func parts(t *testing.T) *form.Multipart {
	t.Helper()
	m := form.Files(form.File{Field: "f", Name: "n.txt", ContentType: "text/plain", Content: strings.NewReader("file")})
	is.New(t).NoErr(m.SetBoundary("xx"))
	return m
}

// put sends a bare request with args and returns it as it arrived.
func put(t *testing.T, method string, args zreq.Args) string {
	t.Helper()
	is := is.New(t)
	peer := answers(t, noContent)
	args.Driver, args.Omit = peer, []string{"User-Agent", "Connection"}
	_, err := zreq.Do(context.Background(), method, "http://h.test/up", &args)
	is.NoErr(err)
	is.Equal(len(peer.Requests()), 1)
	_, rest, _ := strings.Cut(peer.Requests()[0], "Host: h.test\r\n")
	return rest
}

const (
	aForm = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 14\r\n\r\nb=1+2&a=%C3%A9"
	aJSON = "Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{\"a\":\"é\"}"
	aBody = "Content-Length: 4\r\n\r\nbody"
	aFile = "--xx\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n.txt\"\r\nContent-Type: text/plain\r\n\r\nfile\r\n--xx--\r\n"
	both  = "--xx\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n1 2\r\n" +
		"--xx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\né\r\n" + aFile
)

// testContent: what a request carries, and which of several things.
func testContent(t *testing.T) {
	data := func(a *zreq.Args) { a.Data = pairs }
	json := func(a *zreq.Args) { a.JSON = form.JSON(map[string]string{"a": "é"}) }
	body := func(a *zreq.Args) { a.Body = strings.NewReader("body") }
	files := func(a *zreq.Args) { a.Files = parts(t) }
	multipart := "Content-Type: multipart/form-data; boundary=xx\r\n"
	for name, tt := range map[string]struct {
		give []func(*zreq.Args)
		want string
	}{
		"data":                  {[]func(*zreq.Args){data}, aForm},
		"json":                  {[]func(*zreq.Args){json}, aJSON},
		"body":                  {[]func(*zreq.Args){body}, aBody},
		"files":                 {[]func(*zreq.Args){files}, multipart + lengthOf(aFile)},
		"data and json":         {[]func(*zreq.Args){data, json}, aForm},
		"files and data":        {[]func(*zreq.Args){files, data}, multipart + lengthOf(both)},
		"an empty form":         {[]func(*zreq.Args){func(a *zreq.Args) { a.Data = form.Values{} }}, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n\r\n"},
		"null":                  {[]func(*zreq.Args){func(a *zreq.Args) { a.JSON = form.JSON(nil) }}, "Content-Type: application/json\r\nContent-Length: 4\r\n\r\nnull"},
		"JSON that is text":     {[]func(*zreq.Args){func(a *zreq.Args) { a.JSON = form.Bytes([]byte("[7]"), "application/json") }}, "Content-Type: application/json\r\nContent-Length: 3\r\n\r\n[7]"},
		"bytes":                 {[]func(*zreq.Args){func(a *zreq.Args) { a.Body = form.Bytes([]byte{0, 1}, "image/x") }}, "Content-Type: image/x\r\nContent-Length: 2\r\n\r\n\x00\x01"},
		"bytes without a type":  {[]func(*zreq.Args){func(a *zreq.Args) { a.Body = form.Bytes([]byte{0, 1}, "") }}, "Content-Length: 2\r\n\r\n\x00\x01"},
		"the caller's own type": {[]func(*zreq.Args){json, func(a *zreq.Args) { a.Headers = zreq.Headers{{"content-type", "a/b"}} }}, "content-type: a/b\r\nContent-Length: 10\r\n\r\n{\"a\":\"é\"}"},
		"a file of unknown size": {[]func(*zreq.Args){func(a *zreq.Args) {
			m := form.Files(form.File{Field: "f", Content: stream{strings.NewReader("x")}})
			_ = m.SetBoundary("xx")
			a.Files = m
		}}, ""},
	} {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
			t.Run(name+"/"+method, func(t *testing.T) {
				is := is.New(t)
				var args zreq.Args
				for _, give := range tt.give {
					give(&args)
				}
				got := put(t, method, args)
				if tt.want != "" {
					is.Equal(got, tt.want) // type, exact length, content
					return
				}
				head, chunked, _ := strings.Cut(got, "\r\n\r\n")
				is.Equal(head, multipart+"Transfer-Encoding: chunked") // one unknown part makes the whole chunked
				is.Equal(dechunk(t, chunked), "--xx\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nx\r\n--xx--\r\n")
			})
		}
	}
	t.Run("HEAD", func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
		_, err := zreq.Head(context.Background(), site, &zreq.Args{Driver: peer, Data: pairs})
		is.NoErr(err)
		is.True(strings.HasSuffix(peer.Requests()[0], aForm)) // also with HEAD, if one is given
	})
}

// testContentless: a method that expects content says that there is none
// (RFC 9110, 8.6), another says nothing.
func testContentless(t *testing.T) {
	for method, want := range map[string]string{
		"GET": "\r\n", "HEAD": "\r\n", "DELETE": "\r\n", "OPTIONS": "\r\n",
		"POST": "Content-Length: 0\r\n\r\n", "PUT": "Content-Length: 0\r\n\r\n", "PATCH": "Content-Length: 0\r\n\r\n",
	} {
		t.Run(method, func(t *testing.T) {
			is.New(t).Equal(put(t, method, zreq.Args{}), want)
		})
	}
}

// testContentAgain: one Args serves many calls with the same content.
func testContentAgain(t *testing.T) {
	value := []int{1}
	for name, args := range map[string]zreq.Args{
		"data":  {Data: pairs},
		"json":  {JSON: form.JSON(value)},
		"files": {Files: parts(t), Data: pairs},
		"bytes": {Body: form.Bytes([]byte("abc"), "")},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			first := put(t, "POST", args)
			value[0] = 2 // comes too late: a value is encoded once
			is.Equal(put(t, "POST", args), first)
		})
	}
}

// testContentRefused: what cannot be sent is an error before a dial.
func testContentRefused(t *testing.T) {
	past := strings.NewReader("abc")
	_, _ = past.Seek(5, io.SeekStart)
	large := form.JSON(strings.Repeat("x", 100))
	for name, tt := range map[string]struct {
		args zreq.Args
		want error
		says string
	}{
		"JSON of a channel":        {zreq.Args{JSON: form.JSON(make(chan int))}, nil, "unsupported type"},
		"JSON as Body":             {zreq.Args{Body: form.JSON(func() {})}, nil, "unsupported type"},
		"large JSON":               {zreq.Args{JSON: large, Limits: zreq.Limits{Content: 101}}, zreq.ErrTooLarge, "Limits.Content"},
		"large JSON as Body":       {zreq.Args{Body: large, Limits: zreq.Limits{Content: 101}}, zreq.ErrTooLarge, "Limits.Content"},
		"a reader beyond its end":  {zreq.Args{Body: past}, nil, "negative size"},
		"a name with NUL":          {zreq.Args{Files: form.Files(form.File{Field: "a\x00", Content: strings.NewReader("")})}, nil, "NUL"},
		"a type with a line end":   {zreq.Args{Body: form.Bytes(nil, "a/b\r\nX: y")}, nil, ""},
		"a file that is not there": {zreq.Args{Files: form.Files(form.File{Field: "a"})}, nil, "a"},
		"a body that is no good":   {zreq.Args{Body: spoilt{}}, errSpoilt, "spoilt"},
		"a body with TRACE":        {zreq.Args{Data: pairs}, nil, "TRACE"},
		"Body beside Data":         {zreq.Args{Body: past, Data: pairs}, nil, "Args.Body beside Data, JSON or Files"},
		"Body beside no fields":    {zreq.Args{Body: past, Data: form.Values{}}, nil, "Args.Body beside Data, JSON or Files"},
		"Body beside JSON":         {zreq.Args{Body: past, JSON: large}, nil, "Args.Body beside Data, JSON or Files"},
		"Body beside Files":        {zreq.Args{Body: past, Files: parts(t)}, nil, "Args.Body beside Data, JSON or Files"},
		"Body beside all of them":  {zreq.Args{Body: past, Data: pairs, JSON: large, Files: parts(t)}, nil, "Args.Body beside Data, JSON or Files"},
		"JSON beside Files":        {zreq.Args{JSON: large, Files: parts(t)}, nil, "Args.JSON beside Files"},
		"JSON beside a whole form": {zreq.Args{JSON: large, Data: pairs, Files: parts(t)}, nil, "Args.JSON beside Files"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t)
			tt.args.Driver = peer
			method := "POST"
			if strings.HasSuffix(name, "TRACE") {
				method = "TRACE"
			}
			resp, err := zreq.Do(context.Background(), method, site, &tt.args)
			is.True(resp == nil)
			is.True(errors.Is(err, zreq.ErrRequest)) // its own kind
			is.True(tt.want == nil || errors.Is(err, tt.want))
			is.True(strings.Contains(err.Error(), tt.says)) // and the reason
			is.Equal(failure(is, err).Phase, zreq.PhaseRequest)
			is.Equal(peer.Dials(), 0)
		})
	}
	t.Run("JSON within the limit", func(t *testing.T) {
		is := is.New(t)
		got := put(t, "POST", zreq.Args{JSON: large, Limits: zreq.Limits{Content: 102}})
		is.True(strings.HasSuffix(got, `x"`)) // the limit itself is allowed
	})
	t.Run("other bodies know no limit", func(t *testing.T) {
		is := is.New(t)
		got := put(t, "POST", zreq.Args{Body: form.Bytes(bytes.Repeat([]byte("x"), 2000), ""), Limits: zreq.Limits{Content: 100}})
		is.Equal(strings.Count(got, "x"), 2000) // the caller holds it anyway
	})
}

var errSpoilt = errors.New("spoilt")

// spoilt is a body that cannot be sent.
type spoilt struct{ io.Reader }

func (spoilt) Rewind() error { return errSpoilt }

// lengthOf is the end of a head, and the body behind it.
func lengthOf(body string) string {
	return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
}

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

// A body whose own Read blocks is bounded where its bytes come from: by the deadline of
// the connection or pipe, or by the other end of an io.Pipe.
func testBodyThatBlocksIsBoundedByItsSource(t *testing.T) {
	is := is.New(t)
	near, far := net.Pipe()
	defer far.Close()
	is.NoErr(near.SetReadDeadline(time.Now().Add(10 * time.Millisecond)))
	sources := map[string]io.Reader{"a net.Conn": near}
	if r, w, err := os.Pipe(); err == nil && r.SetReadDeadline(time.Now().Add(10*time.Millisecond)) == nil {
		defer w.Close()
		defer r.Close()
		sources["an os.Pipe"] = r
	}
	r, w := io.Pipe()
	time.AfterFunc(10*time.Millisecond, func() { _ = w.CloseWithError(os.ErrDeadlineExceeded) })
	sources["an io.Pipe"] = r
	for name, body := range sources {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Discard()})
			_, err := zreq.Post(context.Background(), site, &zreq.Args{Driver: peer, Body: body})
			is.True(errors.Is(err, zreq.ErrBody))
			is.True(errors.Is(err, os.ErrDeadlineExceeded))
			is.Equal(peer.Open(), 0) // what was sent is no whole request
		})
	}
}
