package gzip_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	coded "github.com/zreq-go/zreq/zreq/gzip"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

type use = func(*testing.T, zreq.Args) (string, *zreq.Response, error)

// However a body is cut short, nobody is told that it is whole.
func testTruncated(t *testing.T) {
	for coding, body := range map[string]string{
		"gzip":          gzipped(-1, text),
		"deflate":       zlibbed(-1, text),
		"gzip, deflate": deflated(-1, titled("", "name", "", true, text)),
	} {
		head := "HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + "\r\n"
		for name, cut := range map[string]func(n int) string{
			"of its length":         func(n int) string { return fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", head, len(body), body[:n]) },
			"of its chunks":         func(n int) string { return head + "Transfer-Encoding: chunked\r\n\r\n" + chunks(body[:n]) },
			"by an honest length":   func(n int) string { return head + framings["length"](body[:n]) },
			"by an honest chunk":    func(n int) string { return head + framings["chunked"](body[:n]) },
			"where it is not known": func(n int) string { return head + framings["until close"](body[:n]) },
		} {
			t.Run(coding+"/"+name, func(t *testing.T) {
				eachUse(t, func(t *testing.T, use use) {
					is := is.New(t)
					for n := 1; n < len(body); n++ {
						got, resp, err := use(t, zreq.Args{Driver: serve(t, cut(n)), AllowUnframed: true})
						is.True(errors.Is(err, zreq.ErrTruncated)) // half a body is no body
						is.True(!resp.Complete())                  // and no Response says it is
						is.True(strings.HasPrefix(text, got))      // what came of it was right
					}
				})
			})
		}
	}
}

func testCorruptDownload(t *testing.T) {
	whole := gzipped(-1, text)
	for name, tt := range map[string]struct{ coding, body, want string }{
		"the checksum":         {"gzip", with(whole, -8, whole[len(whole)-8]+1), "gzip: wrong checksum"},
		"a page":               {"gzip", "<html>not found</html>", "gzip: malformed header"},
		"a byte behind":        {"gzip", whole + "x", "gzip: bytes behind the end"},
		"a sector of zeros":    {"gzip", whole + strings.Repeat("\x00", 512), "gzip: bytes behind the end"},
		"zlib, a byte behind":  {"deflate", zlibbed(-1, text) + "x", "deflate: bytes behind the end"},
		"bare, a byte behind":  {"deflate", deflated(-1, text) + "x", "deflate: bytes behind the end"},
		"behind the inner one": {"gzip, deflate", zlibbed(-1, whole+"x"), "gzip: bytes behind the end"},
		"behind the outer one": {"gzip, deflate", zlibbed(-1, whole) + "x", "deflate: bytes behind the end"},
	} {
		for framing := range framings {
			t.Run(name+"/"+framing, func(t *testing.T) {
				eachUse(t, func(t *testing.T, use use) {
					is := is.New(t)
					peer := serve(t, answer(tt.coding, framing, tt.body))
					_, resp, err := use(t, zreq.Args{Driver: peer, AllowUnframed: true})
					is.True(errors.Is(err, zreq.ErrResponse))       // the peer broke the rules
					is.True(errors.Is(err, coded.ErrCorrupt))       // those of the coding
					is.True(strings.Contains(err.Error(), tt.want)) // this one
					is.True(!resp.Complete())
				})
			})
		}
	}
}

func testConnectionIsKept(t *testing.T) {
	for framing, body := range map[string]string{
		"length": gzipped(-1, text), "chunked": gzipped(-1, text, text), "length, members": gzipped(-1, "one") + gzipped(-1, "two"),
		"length, empty": "",
	} {
		t.Run(framing, func(t *testing.T) {
			eachUse(t, func(t *testing.T, use use) {
				is := is.New(t)
				framing, _, _ := strings.Cut(framing, ",")
				one := zreqtest.Send(answer("gzip", framing, body))
				peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), one, zreqtest.Request(), one, zreqtest.Request(), one})
				keep := zreq.Headers{{"Connection", "Keep-Alive"}}
				args := zreq.Args{Driver: peer, Headers: keep}
				for range 3 {
					_, resp, err := use(t, args)
					is.NoErr(err)
					is.Equal(resp.CloseReason(), zreq.CloseNone) // the next response begins where this one ended
					is.True(resp.Connection != nil)
					args.Connection = resp.Connection
				}
				is.Equal(peer.Dials(), 1) // one connection for all of them
				_ = args.Connection.Close()
			})
		})
	}
}

// A writer is what a test does with the bytes.
type writer func(p []byte) error

func (w writer) Write(p []byte) (int, error) { return len(p), w(p) }

// writeTo has a coded body written to w.
func writeTo(t *testing.T, ctx context.Context, peer *zreqtest.Peer, w writer) (*zreq.Response, error) {
	resp, err := zreq.Get(ctx, url, &zreq.Args{Driver: peer, Stream: true})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Close()
	_, err = resp.SaveTo(w, make([]byte, 10))
	return resp, err
}

// What a writer does ends a coded body as it ends any other.
func TestWriterEnds(t *testing.T) {
	full := errors.New("flash is full")
	for name, tt := range map[string]struct{ says, want error }{
		"by an error": {full, full},
		"by ErrStop":  {zreq.ErrStop, nil},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			calls, peer := 0, serve(t, answer("gzip", "length", gzipped(-1, text)))
			resp, err := writeTo(t, t.Context(), peer, func([]byte) error {
				if calls++; calls == 2 {
					return tt.says
				}
				return nil
			})
			is.True(errors.Is(err, tt.want)) // its error is the one
			is.Equal(calls, 2)               // it is not called again
			is.True(!resp.Complete())
			is.Equal(resp.CloseReason(), zreq.CloseStopped)
			is.Equal(peer.Open(), 0)
		})
	}
	t.Run("by a panic", func(t *testing.T) {
		is := is.New(t)
		peer := serve(t, answer("gzip", "length", gzipped(-1, text)))
		defer func() {
			is.Equal(recover(), "no flash")
			is.Equal(peer.Open(), 0) // nothing is left open
		}()
		_, _ = writeTo(t, t.Context(), peer, func([]byte) error { panic("no flash") })
	})
	t.Run("by Goexit", func(t *testing.T) {
		is := is.New(t)
		peer := serve(t, answer("gzip", "length", gzipped(-1, text)))
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = writeTo(t, t.Context(), peer, func([]byte) error {
				runtime.Goexit()
				return nil
			})
		}()
		<-done
		is.Equal(peer.Open(), 0)
	})
	t.Run("by the context", func(t *testing.T) {
		is := is.New(t)
		ctx, cancel := context.WithCancel(t.Context())
		peer := serve(t, answer("gzip", "length", gzipped(-1, far)))
		_, err := writeTo(t, ctx, peer, func([]byte) error {
			cancel()
			return nil
		})
		is.True(errors.Is(err, context.Canceled)) // a call that is given up ends
		is.Equal(peer.Open(), 0)
	})
}

func TestClosedEarly(t *testing.T) {
	is := is.New(t)
	for range 3 {
		peer := serve(t, answer("gzip", "length", gzipped(0, far)))
		resp, err := zreq.Get(t.Context(), url, &zreq.Args{Driver: peer, Stream: true})
		is.NoErr(err)
		_, err = io.ReadFull(resp, make([]byte, 100))
		is.NoErr(err)
		is.NoErr(resp.Close())
		is.NoErr(resp.Close()) // twice is once
		_, err = resp.Read(make([]byte, 1))
		is.True(errors.Is(err, zreq.ErrBodyConsumed))
		is.True(!resp.Complete()) // nobody has seen its end
		is.Equal(peer.Open(), 0)
	}
}

// An error page in a coding is a page like any other.
func TestErrorPage(t *testing.T) {
	is := is.New(t)
	page := "HTTP/1.1 404 Not Found\r\nContent-Encoding: gzip\r\n" + framings["length"](gzipped(-1, text))
	resp, err := zreq.Get(t.Context(), url, &zreq.Args{Driver: serve(t, page)})
	is.NoErr(err)
	is.Equal(resp.Status, 404)
	got, err := resp.Text()
	is.NoErr(err)
	is.Equal(got, text) // the page can be read
}

// An error page in a coding that is not undone comes as it is, and does not hide the
// status.
func TestErrorPageUnknown(t *testing.T) {
	page := "HTTP/1.1 404 Not Found\r\nContent-Encoding: gzip, br\r\n" + framings["length"]("as it is")
	for name, use := range map[string]use{"content": uses["content"], "callback": called} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			_, resp, err := use(t, zreq.Args{Driver: serve(t, page)})
			is.Equal(errors.Is(err, zreq.ErrStatus), name == "callback") // the status is what a callback is told
			is.Equal(resp.Status, 404)
			got, err := resp.Content()
			is.NoErr(err)
			is.Equal(string(got), "as it is")
			is.True(!resp.Decoded())
			_, err = resp.Text()
			is.True(errors.Is(err, zreq.ErrEncoded)) // it is no text
		})
	}
}

// TestClosedAtTheEndOfAView: a body of which all bytes have come, and whose coding
// has more to give, is let go of by Close wherever the reading has stopped.
func TestClosedAtTheEndOfAView(t *testing.T) {
	whole := strings.Repeat("a", 50_000)
	for framing := range framings {
		if framing == "until close" {
			continue
		}
		for _, read := range []int{4095, 4096, 4097, 8192, len(whole)} {
			is := is.New(t)
			peer := zreqtest.NewPeer(t,
				[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(answer("gzip", framing, gzipped(-1, whole))), zreqtest.Request(), zreqtest.Send(answer("", framing, "next"))},
				[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(answer("", framing, "next"))})
			conn, err := zreq.Connect(t.Context(), url, &zreq.Args{Driver: peer})
			is.NoErr(err)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			resp, err := zreq.Get(ctx, url, &zreq.Args{Connection: conn, Stream: true})
			is.NoErr(err)
			_, err = io.ReadFull(resp, make([]byte, read))
			is.NoErr(err)
			is.NoErr(resp.Close())
			_, err = resp.Read(make([]byte, 1))
			is.True(errors.Is(err, zreq.ErrBodyConsumed)) // closed is closed
			next, err := zreq.Get(t.Context(), url, &zreq.Args{Connection: conn})
			is.NoErr(err) // the connection is free
			got, err := next.Text()
			is.NoErr(err)
			is.Equal(got, "next")
			is.NoErr(conn.Close())
			is.Equal(peer.Open(), 0)
			peer.Close()
		}
	}
}

// TestUnframedErrorPage: what is refused for its end is ErrUnframed, in a coding or
// without one.
func TestUnframedErrorPage(t *testing.T) {
	for name, coding := range map[string]string{"plain": "identity", "gzip": "gzip"} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			body := text
			if coding == "gzip" {
				body = gzipped(-1, text)
			}
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 404 Not Found\r\nContent-Encoding: " + coding + "\r\n\r\n" + body), zreqtest.Close()})
			resp, err := zreq.Get(t.Context(), url, &zreq.Args{Driver: peer, StreamAnyStatus: true, AllowEncoded: true, StreamCallback: func([]byte) error { return errors.New("called") }})
			is.True(errors.Is(err, zreq.ErrUnframed))
			is.True(!errors.Is(err, zreq.ErrStatus)) // any would have done
			is.Equal(resp.Status, 404)
			is.Equal(peer.Open(), 0)
		})
	}
}

// The body itself has arrived here, and is short. The Response is not complete before the coding
// has ended as well.
func TestNotCompleteBeforeTheCodingEnds(t *testing.T) {
	coded := gzipped(-1, text)
	for name, tt := range map[string]struct {
		status string
		args   zreq.Args
		take   func(*zreq.Response)
	}{
		"a read":     {"200 OK", zreq.Args{Stream: true}, func(r *zreq.Response) { _, _ = r.Read(make([]byte, 5)) }},
		"a stop":     {"200 OK", zreq.Args{Stream: true}, func(r *zreq.Response) { _, _ = r.WriteTo(stopper{}) }},
		"a cut page": {"404 Not Found", zreq.Args{Limits: zreq.Limits{Content: 30, Body: 1 << 20}}, func(*zreq.Response) {}},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			tt.args.Driver = serve(t, strings.Replace(answer("gzip", "length", coded[:len(coded)-10]), "200 OK", tt.status, 1))
			resp, err := zreq.Get(t.Context(), url, &tt.args)
			is.NoErr(err)
			tt.take(resp)
			is.NoErr(resp.Close())
			is.True(!resp.Complete())
		})
	}
}

// stopper wants no more.
type stopper struct{}

func (stopper) Write([]byte) (int, error) { return 0, zreq.ErrStop }
