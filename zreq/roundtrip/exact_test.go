package roundtrip_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

// TestEOFComesWithTheLastByte: as from net/http, a Read that gives the last byte says
// that it was the last, if that is known by then.
func TestEOFComesWithTheLastByte(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	for name, tt := range map[string]struct{ answer, want string }{
		"length":              {responses["length"], "hello"},
		"length, keep-alive":  {responses["keep-alive"], "hello"},
		"length, close":       {responses["length, and close"], "hello"},
		"404":                 {responses["404"], "hello"},
		"206 of unknown size": {"HTTP/1.1 206 Part\r\nContent-Range: bytes 0-4/*\r\nContent-Length: 5\r\n\r\nhello", "hello"},
		"long":                {"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + long, long},
		"chunked":             {responses["chunked"], "hello"},
		"chunked, trailers":   {responses["trailers"], "hello"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			ours, _ := zreqClient(t)
			for _, c := range []*http.Client{stdClient(t), ours} {
				resp, err := c.Get(startPeer(t, tt.answer).url)
				is.NoErr(err)
				p := make([]byte, len(tt.want))
				got := 0
				for err == nil && got < len(p) {
					var n int
					n, err = resp.Body.Read(p[got:])
					got += n
				}
				is.Equal(string(p[:got]), tt.want)
				is.Equal(err, io.EOF)
				is.Equal(len(resp.Trailer) > 0, name == "chunked, trailers") // which are there by then
				n, err := resp.Body.Read(p)
				is.Equal(n, 0)
				is.Equal(err, io.EOF) // again
			}
		})
	}
}

// TestReadExactlyAndNotClosed: 20 requests, each of which reads as many bytes as
// ContentLength says and forgets to Close, are all made.
func TestReadExactlyAndNotClosed(t *testing.T) {
	is := is.New(t)
	srv := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	client, session := zreqClient(t)
	session.Pool.OpenPerOrigin = 2
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // ends the test where one waits for ever
	defer cancel()
	for range 20 {
		resp, err := client.Do(make1("GET", srv.URL, nil).WithContext(ctx))
		is.NoErr(err)
		_, err = io.ReadFull(resp.Body, make([]byte, resp.ContentLength))
		is.NoErr(err)
	}
	is.Equal(session.Stats().Idle, 1)
	is.Equal(session.Stats().Dialled, int64(1)) // over one connection
}

// TestByteByByte: the end of what came is neither the end of what a decoder makes of
// it, nor that of a body that is held in memory, as after the last retry.
func TestByteByByte(t *testing.T) {
	for name, tt := range map[string]struct{ answer, want string }{
		"length":        {responses["length"], "hello"},
		"chunked":       {responses["chunked"], "hello"},
		"gzip":          {responses["gzip"], "hello"},
		"gzip, chunked": {responses["gzip, chunked"], "hello"},
		"503":           {responses["503"], "hello"},
		"503, chunked":  {"HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello"},
		"503, gzip":     {strings.Replace(responses["gzip"], "200", "503", 1), "hello"},
	} {
		for _, attempts := range []int{1, 2} {
			t.Run(fmt.Sprint(name, "/", attempts), func(t *testing.T) {
				is := is.New(t)
				client, session := retrying(t, zreq.Retry{Attempts: attempts, Wait: -1})
				resp, err := client.Get(startPeer(t, tt.answer, tt.answer).url)
				is.NoErr(err)
				var got []byte
				p := make([]byte, 1)
				for err == nil {
					var n int
					n, err = resp.Body.Read(p)
					got = append(got, p[:n]...)
				}
				is.Equal(err, io.EOF)
				is.Equal(string(got), tt.want)
				is.Equal(session.Stats().Idle, 1)
			})
		}
	}
}
