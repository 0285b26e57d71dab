package zreq_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testPullChunks: every chunk but the last has the size that was asked for,
// whatever the framing and however the bytes arrive, and may be modified.
func testPullChunks(t *testing.T) {
	body := numbered(9001)
	for _, f := range framings {
		for name, faults := range weather {
			for _, size := range []int{0, 1, 7, 512, 4096, 5000, 9001, 20_000} {
				for _, modify := range []bool{false, true} {
					t.Run(fmt.Sprint(f.name, "/", name, "/", size, "/", modify), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) { pullChunks(t, f, faults, body, size, modify) })
					})
				}
			}
		}
	}
}

func pullChunks(t *testing.T, f framing, faults memnet.Faults, body string, size int, modify bool) {
	is := is.New(t)
	script := append(steps(zreqtest.Fault(faults)), answering(f.wire(body))...)
	if f.ends || faults.EOFWithData {
		script = append(script, zreqtest.Close())
	}
	peer := zreqtest.NewPeer(t, script)
	resp := opened(t, zreq.Args{Driver: peer, AllowUnframed: true})
	s := &sink{modify: modify}
	for chunk, err := range resp.Chunks(size) {
		is.NoErr(err)
		_ = s.take(chunk)
	}
	if size == 0 {
		size = 512 // the default, as of a StreamCallback
	}
	s.got(is, body, size)
	is.Equal(resp.Complete(), !f.ends)
	letGo(is, resp, peer)
}

// testPullChunksLeft: however a loop over chunks is left, the Response is closed.
func testPullChunksLeft(t *testing.T) {
	for name, leave := range map[string]func(*zreq.Response){
		"break": func(r *zreq.Response) {
			for range r.Chunks(100) {
				break
			}
		},
		"return": func(r *zreq.Response) {
			for range r.Chunks(100) {
				return
			}
		},
		"panic": func(r *zreq.Response) {
			defer func() { _ = recover() }()
			for range r.Chunks(100) {
				panic("flash")
			}
		},
	} {
		for _, tt := range []struct {
			length int
			why    zreq.CloseReason
		}{{100, zreq.CloseNone}, {101, zreq.CloseNone}, {3000, zreq.CloseNone}, {100_000, zreq.CloseUnread}} {
			t.Run(fmt.Sprint(name, "/", tt.length), func(t *testing.T) {
				is := is.New(t)
				peer := answers(t, byLength(numbered(tt.length)), byLength("next"))
				resp := opened(t, zreq.Args{Driver: peer})
				leave(resp)
				is.Equal(resp.Complete(), tt.length == 100) // that chunk was all
				is.Equal(resp.CloseReason(), tt.why)        // by the rule of Close
				if tt.why == zreq.CloseNone {
					next := opened(t, zreq.Args{Connection: resp.Connection})
					is.Equal(content(is, next), "next")
				}
				calls := 0
				for chunk, err := range resp.Chunks(1) {
					calls++
					is.True(errors.Is(err, zreq.ErrBodyConsumed)) // it is closed
					is.Equal(len(chunk), 0)
				}
				is.Equal(calls, 1)
				letGo(is, resp, peer)
			})
		}
	}
	t.Run("at the end", func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, byLength("hello"))
		resp := opened(t, zreq.Args{Driver: peer})
		_, err := chunked(resp, 2)
		is.NoErr(err)
		_, err = chunked(resp, 2)
		is.NoErr(err) // nothing is left, and nothing is wrong
		letGo(is, resp, peer)
	})
	t.Run("never begun", func(t *testing.T) {
		is := is.New(t)
		resp := opened(t, zreq.Args{Driver: answers(t, byLength("hello"))})
		_ = resp.Chunks(2) // does nothing by itself
		is.Equal(content(is, resp), "hello")
	})
	t.Run("a part, and Read for the rest", func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, byLength("hello, world"))
		resp := opened(t, zreq.Args{Driver: peer})
		p, err := resp.ReadN(7)
		is.NoErr(err)
		got, err := chunked(resp, 2)
		is.NoErr(err)
		is.Equal(string(p)+"|"+got, "hello, |world")
		letGo(is, resp, peer)
	})
}

// testPullChunksSize: a size that cannot be is an error, alone, and closes.
func testPullChunksSize(t *testing.T) {
	for _, n := range []int{-1, math.MinInt, 64<<20 + 1, math.MaxInt} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, byLength("hello"))
			resp := opened(t, zreq.Args{Driver: peer})
			calls := 0
			for chunk, err := range resp.Chunks(n) {
				calls++
				is.True(err != nil)
				is.Equal(len(chunk), 0)
			}
			is.Equal(calls, 1)
			_, err := resp.Read(make([]byte, 1))
			is.True(errors.Is(err, zreq.ErrBodyConsumed))
			letGo(is, resp, peer)
		})
	}
	t.Run("the largest", func(t *testing.T) {
		is := is.New(t)
		got, err := chunked(opened(t, zreq.Args{Driver: answers(t, byLength("hello"))}), 64<<20)
		is.NoErr(err)
		is.Equal(got, "hello")
	})
}

// testPullChunksError: an error comes alone, as the last, behind the chunks that
// were whole.
func testPullChunksError(t *testing.T) {
	for name, tt := range map[string]struct {
		wire   string
		chunks int // of 4, before it
		want   error
	}{
		"cut between chunks":   {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12345678", 2, zreq.ErrTruncated},
		"cut in a chunk":       {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123456", 1, zreq.ErrTruncated},
		"cut before the first": {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 0, zreq.ErrTruncated},
		"nothing proves it":    {byClose("123456"), 1, zreq.ErrUnframed},
		"bad chunks":           {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n1234\r\nx", 1, zreq.ErrResponse},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := ends(t, tt.wire)
			resp := opened(t, zreq.Args{Driver: peer})
			calls, last := 0, error(nil)
			for chunk, err := range resp.Chunks(4) {
				is.True(last == nil) // nothing comes behind it
				last = err
				if err == nil {
					calls++
				}
				is.Equal(len(chunk) == 4, err == nil) // it comes alone
			}
			is.True(errors.Is(last, tt.want))
			is.Equal(calls, tt.chunks)
			is.True(!resp.Complete())
			closed(is, peer, resp, resp.CloseReason())
		})
	}
}

// What was read and not taken is written before what comes, in whatever buffer that is.
func TestPullWriteToAfterRead(t *testing.T) {
	for name, size := range map[string]int{"short": 5000, "long": 100_000} {
		for _, read := range []int{1, 10, 4000} {
			t.Run(fmt.Sprint(name, " ", read), func(t *testing.T) {
				is := is.New(t)
				body := numbered(size)
				resp := opened(t, zreq.Args{Driver: zreqtest.NewPeer(t, answering(byLength(body)))})
				begin := make([]byte, read)
				n, err := resp.Read(begin)
				is.NoErr(err)
				var rest strings.Builder
				_, err = resp.WriteTo(&rest)
				is.NoErr(err)
				is.Equal(string(begin[:n])+rest.String(), body)
			})
		}
	}
}

// testPullContentAfterClose: content of a Response that was closed is not an
// empty body.
func testPullContentAfterClose(t *testing.T) {
	for name, kind := range uses {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, byLength("[1,2]"))
			resp := opened(t, zreq.Args{Driver: peer})
			is.NoErr(resp.Close())
			is.True(errors.Is(kind.use(resp), zreq.ErrBodyConsumed)) // it was closed, and is not empty
			letGo(is, resp, peer)
		})
	}
}

// TestPullBufferedSave: a buffered body is written as one that is streamed: no
// bad writer makes a success or a panic of it.
func TestPullBufferedSave(t *testing.T) {
	for name, bad := range badWriters {
		for way, save := range savings {
			t.Run(name+"/"+way, func(t *testing.T) {
				is := is.New(t)
				peer := answers(t, byLength("x"))
				resp := origins["buffered"](t, peer)
				defer letGo(is, resp, peer)
				n, err := save(resp, writer(func(p []byte) (int, error) { return bad.result(len(p)) }))
				is.Equal(n, int64(bad.took(1))) // what it took
				is.Equal(err == nil, bad.stops) // never taken for a success
				is.True(bad.want == nil || errors.Is(err, bad.want))
				_, _ = resp.Read(make([]byte, 1)) // whatever the writer said
			})
		}
	}
	t.Run("wrapped", func(t *testing.T) {
		is := is.New(t)
		resp := origins["buffered"](t, answers(t, byLength("hello")))
		_, err := resp.WriteTo(writer(func([]byte) (int, error) { return 0, errFull }))
		is.Equal(failure(is, err).Taken, int64(0)) // in an *Error, as WriteTo says
	})
	for way, save := range savings {
		t.Run("again/"+way, func(t *testing.T) {
			is := is.New(t)
			resp := origins["buffered"](t, answers(t, byLength("hello")))
			first, err := resp.ReadN(2)
			is.NoErr(err)
			rest, err := written(func(w io.Writer) error { _, err := save(resp, w); return err })
			is.NoErr(err)
			is.Equal(string(first)+"|"+rest, "he|llo") // goes on where it was
			none, err := written(func(w io.Writer) error { _, err := save(resp, w); return err })
			is.NoErr(err)
			is.Equal(none, "") // and has an end
		})
	}
	t.Run("nothing to write", func(t *testing.T) {
		is := is.New(t)
		resp := origins["buffered"](t, answers(t, byLength("")))
		n, err := resp.WriteTo(writer(func([]byte) (int, error) { t.Error("was called"); return 0, nil }))
		is.NoErr(err)
		is.Equal(n, int64(0))
	})
}

// TestPullRefusedCallAndInto: a call that is refused before it has a connection
// leaves Into as it was.
func TestPullRefusedCallAndInto(t *testing.T) {
	busyPeer := answers(t, byLength("other"))
	busy, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: busyPeer})
	is.New(t).NoErr(err)
	defer letGo(is.New(t), opened(t, zreq.Args{Connection: busy}), busyPeer)
	for name, refused := range map[string]func(zreq.Args) (*zreq.Response, error){
		"a bad URL": func(a zreq.Args) (*zreq.Response, error) { return zreq.Get(context.Background(), "gopher://x", &a) },
		"no dial": func(a zreq.Args) (*zreq.Response, error) {
			a.Connection, a.Driver = nil, zreqtest.NewPeer(t)
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			return zreq.Get(ctx, site, &a)
		},
		"another connection, busy": func(a zreq.Args) (*zreq.Response, error) {
			a.Connection = busy
			return zreq.Get(context.Background(), site, &a)
		},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, byLength("hello, world"))
			conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
			is.NoErr(err)
			resp := opened(t, zreq.Args{Connection: conn})
			p, err := resp.ReadN(7)
			is.NoErr(err)
			_, err = refused(zreq.Args{Connection: conn, Into: resp})
			is.True(err != nil)
			_, err = resp.Content()
			is.True(errors.Is(err, zreq.ErrBodyConsumed)) // it is being read
			rest, err := resp.ReadN(0)
			is.NoErr(err)
			is.Equal(string(p)+string(rest), "hello, world") // and can be read on
			letGo(is, resp, peer)
		})
	}
	t.Run("a callback had it", func(t *testing.T) {
		is := is.New(t)
		var into zreq.Response
		_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, byLength("hello")), Into: &into, StreamCallback: new(sink).take})
		is.NoErr(err)
		_, err = zreq.Get(context.Background(), "gopher://x", &zreq.Args{Into: &into})
		is.True(err != nil)
		_, err = into.Read(make([]byte, 1))
		is.True(errors.Is(err, zreq.ErrBodyConsumed)) // still
	})
}

// TestPullFitAsACallback: Fit says of every response what a StreamCallback would
// have been given: also of a buffered one, in OnHead, and with what Args allow.
func TestPullFitAsACallback(t *testing.T) {
	part := "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-4/10\r\nContent-Length: 5\r\n\r\nhello"
	for name, tt := range map[string]struct {
		wire string
		args zreq.Args
	}{
		"206, not asked for":         {part, zreq.Args{}},
		"206, another part":          {part, zreq.Args{Headers: zreq.Headers{{"Range", "bytes=5-9"}}}},
		"the whole for a part":       {byLength("hello"), zreq.Args{Headers: zreq.Headers{{"Range", "bytes=5-9"}}}},
		"the whole, and allowed":     {byLength("hello"), zreq.Args{Headers: zreq.Headers{{"Range", "bytes=5-9"}}, AllowFull: true}},
		"404":                        {page(404, "hello"), zreq.Args{}},
		"404, and any status":        {page(404, "hello"), zreq.Args{StreamAnyStatus: true}},
		"until close":                {byClose("hello"), zreq.Args{}},
		"until close, and allowed":   {byClose("hello"), zreq.Args{AllowUnframed: true}},
		"until close and any status": {byClose("hello"), zreq.Args{StreamAnyStatus: true}},
	} {
		for mode, stream := range map[string]bool{"Stream": true, "buffered": false} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				is := is.New(t)
				args := tt.args
				args.Driver, args.StreamCallback = ends(t, tt.wire), func([]byte) error { return nil }
				_, refused := zreq.Get(context.Background(), site, &args)

				args = tt.args
				var atHead error
				args.Driver, args.Stream = ends(t, tt.wire), stream
				args.OnHead = func(r *zreq.Response) error { atHead = r.Fit(); return nil }
				resp, err := zreq.Get(context.Background(), site, &args)
				is.NoErr(err)
				is.Equal(resp.Fit() == nil, refused == nil) // as the callback would have been
				is.Equal(atHead == nil, refused == nil)     // and known at the head
				if e := resp.Fit(); e != nil {
					is.True(failure(is, e).Sent > 0) // 0 would say that certainly nothing was sent
				}
				is.NoErr(resp.Close())
			})
		}
	}
}

// TestPullIntoWithItsConnection: a Response whose body is open may be given as
// Into beside its own connection, as the loop that the documentation of Into asks
// for does: it is closed first.
func TestPullIntoWithItsConnection(t *testing.T) {
	is := is.New(t)
	peer := answers(t, byLength("first"), byLength("second"))
	conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
	is.NoErr(err)
	var into zreq.Response
	for _, want := range []string{"f", "s"} {
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn, Into: &into, Stream: true})
		is.NoErr(err) // the body before this is nobody's any more
		p, err := resp.ReadN(1)
		is.NoErr(err)
		is.True(bytes.Equal(p, []byte(want)))
	}
	letGo(is, &into, peer)
	is.NoErr(conn.Close())
}
