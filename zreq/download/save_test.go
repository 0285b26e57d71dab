//go:build !tinygo

package download_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

const site, was = "http://updates.test/firmware.bin", "what was there before"

// numbered is size bytes of which no two parts are the same.
func numbered(size int) []byte {
	p := make([]byte, 0, size+8)
	for i := 0; len(p) < size; i++ {
		p = strconv.AppendInt(p, int64(i), 36)
		p = append(p, ' ')
	}
	return p[:size]
}

// byLength is a response with body.
func byLength(body string) string {
	return "HTTP/1.1 200 OK\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
}

// answered makes a GET of which answer is the answer; then the connection ends.
func answered(t testing.TB, answer string, args zreq.Args) (*zreq.Response, *zreqtest.Peer) {
	t.Helper()
	peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(answer), zreqtest.Close()})
	args.Driver = peer
	resp, err := zreq.Get(context.Background(), site, &args)
	if resp == nil {
		t.Fatal(err)
	}
	return resp, peer
}

// target is a path in a folder of its own, where there is a file, or none.
func target(t testing.TB, there bool) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "firmware.bin")
	if there {
		if err := os.WriteFile(path, []byte(was), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// holds returns what the file at path holds; "(none)" if there is none. It fails the
// test if there is anything else in its folder.
func holds(t testing.TB, path string) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != filepath.Base(path) {
			t.Errorf("%s was left behind", e.Name())
		}
	}
	content, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return "(none)"
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// failure is err as what every error here is.
func failure(is *is.I, err error) *download.Error {
	is.Helper()
	var e *download.Error
	is.True(errors.As(err, &e)) // every error is an *Error
	return e
}

func testSaveFile(t *testing.T) {
	long := string(numbered(100_000))
	for name, tt := range map[string]struct {
		answer string
		args   zreq.Args
		want   string
	}{
		"by its length":   {byLength("firmware"), zreq.Args{}, "firmware"},
		"long":            {byLength(long), zreq.Args{}, long},
		"in chunks":       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfirm\r\n4\r\nware\r\n0\r\n\r\n", zreq.Args{}, "firmware"},
		"empty":           {byLength(""), zreq.Args{}, ""},
		"in large writes": {byLength(long), zreq.Args{Limits: zreq.Limits{ReadBuffer: 64 << 10}}, long},
		"another 2xx":     {"HTTP/1.1 203 Transformed\r\nContent-Length: 2\r\n\r\nok", zreq.Args{}, "ok"},
		"an error page that was asked for": {
			"HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\noops", zreq.Args{StreamAnyStatus: true}, "oops",
		},
		"a part asked for": {"HTTP/1.1 206 Part\r\nContent-Range: bytes 4-7/8\r\nContent-Length: 4\r\n\r\nware", zreq.Args{Headers: zreq.Headers{{"Range", "bytes=4-7"}}}, "ware"},
	} {
		for way, stream := range map[string]bool{"streamed": true, "buffered": false} {
			for before, there := range map[string]bool{"new": false, "over another": true} {
				t.Run(name+"/"+way+"/"+before, func(t *testing.T) {
					is := is.New(t)
					path := target(t, there)
					tt.args.Stream = stream
					resp, peer := answered(t, tt.answer, tt.args)
					n, err := download.SaveFile(resp, path)
					is.NoErr(err)
					is.Equal(n, int64(len(tt.want)))   // the size is told
					is.True(holds(t, path) == tt.want) // every byte is there
					is.Equal(peer.Open(), 0)           // the response was closed
					is.True(resp.Complete())           // at its end
					_, err = resp.Read(make([]byte, 1))
					is.Equal(err, io.EOF) // of which nothing is left
				})
			}
		}
	}
}

// twice is a content coding that leaves out each second byte, which is as the first.
type twice struct{}

func init() { zreq.RegisterCoding("twice", twice{}) }

func (twice) Decode(r io.Reader) (io.ReadCloser, error) { return io.NopCloser(twiceReader{r}), nil }

type twiceReader struct{ r io.Reader }

func (t twiceReader) Read(p []byte) (int, error) {
	if len(p) < 2 {
		return 0, io.ErrShortBuffer
	}
	n, err := t.r.Read(p[:1])
	p[n] = p[0]
	return 2 * n, err
}

func TestSaveFileOfACodedBody(t *testing.T) {
	for way, stream := range map[string]bool{"streamed": true, "buffered": false} {
		t.Run(way, func(t *testing.T) {
			is := is.New(t)
			path := target(t, true)
			resp, _ := answered(t, "HTTP/1.1 200 OK\r\nContent-Encoding: twice\r\nContent-Length: 3\r\n\r\nabc", zreq.Args{Stream: stream})
			n, err := download.SaveFile(resp, path)
			is.NoErr(err)
			is.Equal(n, int64(6)) // of what is in the file
			is.Equal(holds(t, path), "aabbcc")
		})
	}
}

func testSaveFileRefuses(t *testing.T) {
	stream := zreq.Args{Stream: true}
	for name, tt := range map[string]struct {
		answer string
		args   zreq.Args
		want   error
	}{
		"an error page":           {"HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\noops", stream, zreq.ErrStatus},
		"an error page, buffered": {"HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\noops", zreq.Args{}, zreq.ErrStatus},
		"a redirect not followed": {"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n", zreq.Args{Stream: true, MaxRedirects: -1}, zreq.ErrStatus},
		"not modified":            {"HTTP/1.1 304 Same\r\n\r\n", stream, zreq.ErrStatus},
		"no content":              {"HTTP/1.1 204 None\r\n\r\n", stream, download.ErrNoContent},
		"no content, it says":     {"HTTP/1.1 204 None\r\nContent-Length: 0\r\n\r\n", stream, zreq.ErrStatus},
		"reset content":           {"HTTP/1.1 205 Reset\r\nContent-Length: 0\r\n\r\n", stream, download.ErrNoContent}, // RFC 9110, 15.3.6: it has none
		"not modified, any": {
			"HTTP/1.1 304 Same\r\nContent-Length: 0\r\n\r\n", zreq.Args{Stream: true, StreamAnyStatus: true}, download.ErrNoContent,
		},
		"a promise":                 {"HTTP/1.1 202 Accepted\r\nContent-Length: 15\r\n\r\n{\"job\":\"queued\"}", stream, zreq.ErrStatus}, // RFC 9110, 15.3.3
		"a list of statuses":        {"HTTP/1.1 207 Multi\r\nContent-Length: 4\r\n\r\n<a/>", stream, zreq.ErrStatus},
		"a difference":              {"HTTP/1.1 226 IM Used\r\nContent-Length: 4\r\n\r\ndiff", stream, zreq.ErrStatus},
		"a part of another version": {"HTTP/1.1 206 Part\r\nETag: \"e2\"\r\nContent-Range: bytes 4-7/8\r\nContent-Length: 4\r\n\r\nware", zreq.Args{Stream: true, Headers: zreq.Headers{{"Range", "bytes=4-"}, {"If-Range", `"e1"`}}}, zreq.ErrStatus},
		"a part longer than can be counted": {
			"HTTP/1.1 206 Part\r\nContent-Range: bytes 0-9223372036854775807/*\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nware\r\n0\r\n\r\n",
			zreq.Args{Stream: true, Headers: zreq.Headers{{"Range", "bytes=0-"}}},
			zreq.ErrStatus,
		},
		"no content, buffered":              {"HTTP/1.1 204 None\r\n\r\n", zreq.Args{}, download.ErrNoContent},
		"a part nobody asked for, buffered": {"HTTP/1.1 206 Part\r\nContent-Range: bytes 0-3/8\r\nContent-Length: 4\r\n\r\nfirm", zreq.Args{}, zreq.ErrStatus},
		"a part nobody asked for":           {"HTTP/1.1 206 Part\r\nContent-Range: bytes 0-3/8\r\nContent-Length: 4\r\n\r\nfirm", stream, zreq.ErrStatus},
		"the whole of what was in part":     {byLength("firmware"), zreq.Args{Stream: true, Headers: zreq.Headers{{"Range", "bytes=4-7"}}}, zreq.ErrStatus},
		"an end nothing proves":             {"HTTP/1.1 200 OK\r\n\r\nfirmware", stream, zreq.ErrUnframed},
		"an end nothing proves, buffered":   {"HTTP/1.1 200 OK\r\n\r\nfirmware", zreq.Args{}, zreq.ErrUnframed},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			path := target(t, true)
			resp, peer := answered(t, tt.answer, tt.args)
			disk := new(counted)
			n, err := download.SaveFileOn(disk, resp, path)
			is.Equal(n, int64(0))
			is.True(errors.Is(err, tt.want)) // it says what is wrong with the response
			is.Equal(failure(is, err).Step, download.StepCheck)
			is.Equal(failure(is, err).Path, path)
			is.Equal(len(disk.calls), 0)  // before anything is asked of the disk
			is.Equal(holds(t, path), was) // which is as it was
			is.Equal(peer.Open(), 0)      // the response was closed
		})
	}
	for _, length := range []string{"8", "0"} {
		t.Run("HEAD/"+length, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n")})
			resp, err := zreq.Head(context.Background(), site, &zreq.Args{Driver: peer, Stream: true})
			is.NoErr(err)
			path := target(t, true)
			_, err = download.SaveFile(resp, path)
			is.True(errors.Is(err, download.ErrNoContent)) // there is none, whatever the length says
			is.Equal(holds(t, path), was)
		})
	}
	t.Run("nothing", func(t *testing.T) {
		is := is.New(t)
		_, err := download.SaveFile(nil, "x")
		is.Equal(failure(is, err).Step, download.StepCheck) // who overlooked an error does not crash
	})
}

func testSaveFileOfABodyThatIsNotWhole(t *testing.T) {
	stream := zreq.Args{Stream: true}
	long := string(numbered(50_000))
	for name, tt := range map[string]struct {
		answer string
		args   zreq.Args
		want   error
		n      int64
	}{
		"short":              {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfirmware", stream, zreq.ErrTruncated, 8},
		"long and short":     {"HTTP/1.1 200 OK\r\nContent-Length: 50001\r\n\r\n" + long, stream, zreq.ErrTruncated, 50_000},
		"short, buffered":    {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfirmware", zreq.Args{}, zreq.ErrTruncated, 8},
		"without last chunk": {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nfirmware\r\n", stream, zreq.ErrTruncated, 8},
		"a broken chunk":     {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nfirmware\r\nx\r\n", stream, zreq.ErrResponse, 8},
		"an end nothing proves, although it was allowed": {
			"HTTP/1.1 200 OK\r\n\r\nfirmware", zreq.Args{Stream: true, AllowUnframed: true}, zreq.ErrUnframed, 8,
		},
		"a rest of unknown length, although it was allowed": {
			"HTTP/1.1 206 Part\r\nContent-Range: bytes 4-7/*\r\nContent-Length: 4\r\n\r\nware",
			zreq.Args{Stream: true, AllowUnframed: true, Headers: zreq.Headers{{"Range", "bytes=4-"}}},
			zreq.ErrUnframed, 4,
		},
		"refused by OnHead, without an error": {
			byLength("firmware"), zreq.Args{Stream: true, OnHead: func(*zreq.Response) error { return zreq.ErrStop }}, zreq.ErrBodyConsumed, 0,
		},
		"given to a callback": {byLength("firmware"), zreq.Args{StreamCallback: func([]byte) error { return nil }}, zreq.ErrBodyConsumed, 0},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			path := target(t, true)
			resp, peer := answered(t, tt.answer, tt.args)
			n, err := download.SaveFile(resp, path)
			is.True(errors.Is(err, tt.want)) // no success, and it says why
			is.Equal(failure(is, err).Step, download.StepReceive)
			is.Equal(n, tt.n)                                            // so much was written
			is.Equal(holds(t, path), was)                                // and nothing of it is left
			is.Equal(peer.Open(), 0)                                     // the response was closed
			is.True(!strings.Contains(err.Error(), "set AllowUnframed")) // there is no advice that does not help
		})
	}
}

func TestSaveFileOfABodyThatWasReadBefore(t *testing.T) {
	is := is.New(t)
	resp, _ := answered(t, byLength("firmware"), zreq.Args{Stream: true})
	_, err := resp.ReadN(4) // the magic number, say
	is.NoErr(err)
	path := target(t, true)
	_, err = download.SaveFile(resp, path)
	is.True(errors.Is(err, zreq.ErrBodyConsumed)) // the rest of a file is not the file
	is.Equal(holds(t, path), was)
}

// TestSaveFileOverASlowLink: a byte now and then is progress, and none is not.
func TestSaveFileOverASlowLink(t *testing.T) {
	for name, tt := range map[string]struct {
		gap   time.Duration
		fails bool
	}{
		"drips":   {20 * time.Second, false},
		"stalled": {time.Hour, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				path := target(t, true)
				peer := zreqtest.NewPeer(t, []zreqtest.Step{
					zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n"), zreqtest.Drip("firmware", tt.gap),
				})
				resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Stream: true})
				is.NoErr(err)
				_, err = download.SaveFile(resp, path)
				if !tt.fails {
					is.NoErr(err)
					is.Equal(holds(t, path), "firmware")
					return
				}
				var e *zreq.Error
				is.True(errors.As(err, &e) && e.Timeout()) // the limit for the body
				is.Equal(holds(t, path), was)
			})
		})
	}
}

func TestSaveFileIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		path := target(t, true)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{
			zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nfirm"), zreqtest.Hold(),
		})
		ctx, cancel := context.WithCancelCause(context.Background())
		enough := errors.New("the battery is low")
		time.AfterFunc(time.Second, func() { cancel(enough) })
		resp, err := zreq.Get(ctx, site, &zreq.Args{Driver: peer, Stream: true})
		is.NoErr(err)
		_, err = download.SaveFile(resp, path)
		is.True(errors.Is(err, enough)) // with its cause
		is.Equal(holds(t, path), was)
		is.Equal(peer.Open(), 0)
	})
}

// TestSaveFileKeepsTheConnection: what was read to its end leaves it, and what was
// refused, if it was short.
func TestSaveFileKeepsTheConnection(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, []zreqtest.Step{
		zreqtest.Request(), zreqtest.Send(byLength("firmware 7")),
		zreqtest.Request(), zreqtest.Send("HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\noops"),
		zreqtest.Request(), zreqtest.Send(byLength("firmware 8")),
	})
	conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
	is.NoErr(err)
	defer conn.Close()
	path := target(t, false)
	for _, want := range []string{"firmware 7", "", "firmware 8"} {
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn, Stream: true})
		is.NoErr(err)
		_, err = download.SaveFile(resp, path)
		is.Equal(err == nil, want != "")
		is.True(resp.Connection == conn) // it can be used on
		if want != "" {
			is.Equal(holds(t, path), want)
		}
	}
	is.Equal(peer.Dials(), 1)
}

// testSaveToAWriter: the other way to save, through a buffer of the caller's.
func testSaveToAWriter(t *testing.T) {
	for name, answer := range map[string]string{
		"by its length": byLength(string(numbered(10_000))),
		"in chunks":     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2710\r\n" + string(numbered(10_000)) + "\r\n0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			path := target(t, false)
			f, err := download.Create(path)
			is.NoErr(err)
			defer f.Close()
			resp, _ := answered(t, answer, zreq.Args{Stream: true})
			defer resp.Close()
			w := &sizes{Writer: f}
			n, err := resp.SaveTo(w, make([]byte, 3000))
			is.NoErr(err)
			is.Equal(n, int64(10_000))
			is.Equal(w.each, []int{3000, 3000, 3000, 1000}) // in pieces of the buffer
			is.NoErr(f.Commit())
			is.True(holds(t, path) == string(numbered(10_000)))
		})
	}
}

// sizes is a writer that notes how much it is given.
type sizes struct {
	io.Writer
	each []int
}

func (w *sizes) Write(p []byte) (int, error) {
	w.each = append(w.each, len(p))
	return w.Writer.Write(p)
}
