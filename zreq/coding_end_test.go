//go:build !wasip1

package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// brief is a coding whose end is known by its length, and which reads nothing behind it.
type brief struct{}

func (brief) Decode(r io.Reader) (io.ReadCloser, error) {
	return io.NopCloser(io.LimitReader(r, 5)), nil
}

// TestCodingEndsBeforeTheBody: what follows the end of a content coding is an error, also
// where the coding does not look for it, and in every mode. It has a process of its own,
// since a coding that is registered stays so.
func TestCodingEndsBeforeTheBody(t *testing.T) {
	const own = "ZREQ_TEST_BRIEF"
	if os.Getenv(own) == "" {
		child := exec.Command(os.Args[0], "-test.run=^TestCodingEndsBeforeTheBody$")
		child.Env = append(os.Environ(), own+"=1")
		if out, err := child.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	zreq.RegisterCoding("brief", brief{})
	const length, coded = "HTTP/1.1 200 X\r\nContent-Encoding: brief\r\nContent-Length: 6\r\n\r\n",
		"HTTP/1.1 200 X\r\nContent-Encoding: brief\r\nTransfer-Encoding: chunked\r\n\r\n"
	for name, tt := range map[string]struct {
		parts []string // as they arrive
		want  error
	}{
		"nothing":                     {[]string{coded + "5\r\nhello\r\n0\r\n\r\n"}, nil},
		"a byte":                      {[]string{length + "hello!"}, zreq.ErrResponse},
		"a byte that comes later":     {[]string{length + "hello", "!"}, zreq.ErrResponse},
		"a byte in another chunk":     {[]string{coded + "5\r\nhello\r\n", "1\r\n\x00\r\n0\r\n\r\n"}, zreq.ErrResponse},
		"the end of the body, not":    {[]string{length + "hello"}, zreq.ErrTruncated},
		"no last chunk":               {[]string{coded + "5\r\nhello\r\n"}, zreq.ErrTruncated},
		"a chunk that is none":        {[]string{coded + "5\r\nhello\r\n", "x\r\n"}, zreq.ErrResponse},
		"the end of the body, later":  {[]string{coded + "5\r\nhello\r\n", "0\r\n\r\n"}, nil},
		"an end that comes in pieces": {[]string{coded + "5\r\nhel", "lo", "\r", "\n0", "\r\n\r\n"}, nil},
	} {
		steps := []zreqtest.Step{zreqtest.Request()}
		for _, part := range tt.parts {
			steps = append(steps, zreqtest.Send(part))
		}
		steps = append(steps, zreqtest.Close())
		for way, take := range ways {
			t.Run(name+"/"+way, func(t *testing.T) {
				is := is.New(t)
				resp := opened(t, zreq.Args{Driver: zreqtest.NewPeer(t, steps)})
				got, err := take(resp)
				is.True(err == nil && tt.want == nil || tt.want != nil && errors.Is(err, tt.want))
				is.True(strings.HasPrefix("hello", got))
				is.Equal(resp.Complete(), tt.want == nil)
				is.NoErr(resp.Close())
				is.NoErr(resp.Connection.Close())
			})
		}
		t.Run(name+"/buffered", func(t *testing.T) {
			is := is.New(t)
			resp, err := zreq.Get(t.Context(), site, &zreq.Args{Driver: zreqtest.NewPeer(t, steps)})
			is.True(err == nil && tt.want == nil || tt.want != nil && errors.Is(err, tt.want))
			is.True(resp.Decoded())
			is.Equal(resp.Complete(), tt.want == nil)
		})
	}
}

// clumsy is a coding that panics, where it says.
type clumsy struct {
	io.Reader
	at     *string
	closed *int // how many readers
}

func (c clumsy) Decode(r io.Reader) (io.ReadCloser, error) {
	c.panics("Decode")
	return clumsy{r, c.at, c.closed}, nil
}

func (c clumsy) Read(p []byte) (int, error) {
	c.panics("Read")
	return c.Reader.Read(p)
}

func (c clumsy) Close() error {
	*c.closed++
	c.panics("Close")
	return nil
}

func (c clumsy) panics(at string) {
	if *c.at == at {
		panic(at)
	}
}

// TestCodingPanics: a panic of a coding leaves no connection busy. It has a process
// of its own, since a coding that is registered stays so.
func TestCodingPanics(t *testing.T) {
	const own = "ZREQ_TEST_CODING"
	if os.Getenv(own) == "" {
		child := exec.Command(os.Args[0], "-test.run=^TestCodingPanics$")
		child.Env = append(os.Environ(), own+"=1")
		if out, err := child.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	var at string
	var closed int
	zreq.RegisterCoding("clumsy", clumsy{at: &at, closed: &closed})
	for _, at = range []string{"Decode", "Read", "Close"} {
		for mode, tt := range map[string]struct {
			args   zreq.Args
			status int
		}{
			"content": {zreq.Args{}, 200},
			"page":    {zreq.Args{}, 404},
			"Stream":  {zreq.Args{Stream: true}, 200},
		} {
			t.Run(at+"/"+mode, func(t *testing.T) {
				is := is.New(t)
				coded := fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Encoding: clumsy\r\nContent-Length: 5\r\n\r\nhello", tt.status)
				peer := zreqtest.NewPeer(t, answering(coded, byLength("next")), answering(byLength("next")))
				conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
				is.NoErr(err)
				log := new(tracer)
				tt.args.Connection, tt.args.Trace = conn, log
				resp := new(zreq.Response)
				func() {
					defer func() { is.Equal(recover(), at) }()
					tt.args.Into = resp
					_, err := zreq.Get(context.Background(), site, &tt.args)
					is.NoErr(err)
					defer resp.Close() // of a body that cannot be read
					_, _ = resp.Content()
				}()
				_, err = resp.Content()
				is.Equal(err == nil, resp.Complete()) // part of a body is not taken for all of it
				done := 0
				for _, e := range log.events {
					if e.Kind == zreq.EventDone {
						done++
					}
				}
				is.Equal(done, 1) // the call is over, once
				next, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
				is.NoErr(err) // it is free
				is.Equal(content(is, next), "next")
				is.NoErr(conn.Close())
				is.Equal(peer.Open(), 0)
				peer.Close()
			})
		}
	}
	const coded = "HTTP/1.1 200 X\r\nContent-Encoding: clumsy, clumsy\r\nContent-Length: 5\r\n\r\nhello"
	t.Run("read on", func(t *testing.T) {
		is := is.New(t)
		at = "Read"
		resp := opened(t, zreq.Args{Driver: zreqtest.NewPeer(t, answering(coded))})
		func() {
			defer func() { is.Equal(recover(), at) }()
			_, _ = resp.Read(make([]byte, 1))
		}()
		at = ""
		_, err := io.ReadAll(resp)
		is.True(err != nil) // nobody knows what the reader had taken
		is.True(!resp.Complete())
	})
	t.Run("all are closed", func(t *testing.T) {
		is := is.New(t)
		at, closed = "Close", 0
		defer func() {
			is.Equal(recover(), at)
			is.Equal(closed, 2)
		}()
		_, _ = zreq.Get(t.Context(), site, &zreq.Args{Driver: zreqtest.NewPeer(t, answering(coded))})
	})
}
