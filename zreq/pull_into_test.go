package zreq_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

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
