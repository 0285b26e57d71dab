package zreq_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testReuse makes many calls of all verbs, in all framings that allow it, with
// and without a callback, on one connection.
func testReuse(t *testing.T) {
	is := is.New(t)
	var responses []string
	for i := range 60 {
		responses = append(responses, []string{page(200, "hello"), byChunks("hello"), noContent, page(404, "hello")}[i%4])
	}
	responses = append(responses, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n") // to HEAD
	peer := answers(t, responses...)
	args := zreq.Args{Driver: peer, Headers: asks()}
	names := []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
	for i := range 60 {
		resp, err := verbs[names[i%6]](context.Background(), site, &args)
		is.NoErr(err)
		is.Equal(content(is, resp), []string{"hello", "hello", "", "hello"}[i%4])
		is.Equal(resp.CloseReason(), zreq.CloseNone)
		is.True(args.Connection == nil || resp.Connection == args.Connection) // the same handle
		args.Connection = resp.Connection
		if i%3 == 0 {
			args.StreamCallback, args.StreamAnyStatus = new(sink).take, true
		} else {
			args.StreamCallback = nil
		}
	}
	_, err := zreq.Head(context.Background(), site, &args)
	is.NoErr(err)
	is.Equal(peer.Dials(), 1)
	is.Equal(args.Connection.Dials(), 1)
	is.Equal(args.Connection.Origin(), "http://device.test")
	is.Equal(len(peer.Requests()), 61)
	is.NoErr(args.Connection.Close())
	is.NoErr(args.Connection.Close()) // closing twice is harmless
	var none *zreq.Connection
	is.NoErr(none.Close()) // and so is closing what a Response has if nothing was kept
	is.Equal(peer.Open(), 0)
}

// testReuseTokens: a connection is kept by default in HTTP/1.1, and on request
// in HTTP/1.0; the tokens are matched without case (RFC 9112, 9.3).
func testReuseTokens(t *testing.T) {
	const length = "Content-Length: 2\r\n\r\nhi"
	for name, tt := range map[string]struct {
		wire string
		why  zreq.CloseReason
	}{
		"1.1":                           {"HTTP/1.1 200 OK\r\n" + length, zreq.CloseNone},
		"1.1 keep-alive":                {"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n" + length, zreq.CloseNone},
		"1.1 close":                     {"HTTP/1.1 200 OK\r\nConnection: CLOSE\r\n" + length, zreq.CloseByPeer},
		"1.1 close in a list":           {"HTTP/1.1 200 OK\r\nConnection: x ,\tcLose , y\r\n" + length, zreq.CloseByPeer},
		"1.1 close in a second line":    {"HTTP/1.1 200 OK\r\nConnection: x\r\nconnection: close\r\n" + length, zreq.CloseByPeer},
		"1.1 close and keep-alive":      {"HTTP/1.1 200 OK\r\nConnection: keep-alive, close\r\n" + length, zreq.CloseByPeer},
		"1.1 a token that begins so":    {"HTTP/1.1 200 OK\r\nConnection: closed\r\n" + length, zreq.CloseNone},
		"1.1 Proxy-Connection":          {"HTTP/1.1 200 OK\r\nProxy-Connection: close\r\n" + length, zreq.CloseNone},
		"1.1 close in a 1xx":            {"HTTP/1.1 100 OK\r\nConnection: close\r\n\r\nHTTP/1.1 200 OK\r\n" + length, zreq.CloseByPeer},
		"1.0":                           {"HTTP/1.0 200 OK\r\n" + length, zreq.CloseHTTP10},
		"1.0 keep-alive":                {"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n" + length, zreq.CloseNone},
		"1.0 keep-alive in a list":      {"HTTP/1.0 200 OK\r\nConnection: x,keep-ALIVE\r\n" + length, zreq.CloseNone},
		"1.0 keep-alive and close":      {"HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\n" + length, zreq.CloseByPeer},
		"1.0 a token that begins so":    {"HTTP/1.0 200 OK\r\nConnection: keep-alives\r\n" + length, zreq.CloseHTTP10},
		"1.0 Keep-Alive, another field": {"HTTP/1.0 200 OK\r\nKeep-Alive: timeout=5\r\n" + length, zreq.CloseHTTP10},
		"1.0 keep-alive, chunked":       {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", zreq.CloseDoubt},
		"1.0 keep-alive behind a 100":   {"HTTP/1.1 100 OK\r\n\r\nHTTP/1.0 200 OK\r\n" + length, zreq.CloseHTTP10},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, tt.wire)
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks()})
			is.NoErr(err)
			is.Equal(content(is, resp), "hi")
			is.Equal(resp.Proto, map[bool]string{true: "HTTP/1.0", false: "HTTP/1.1"}[strings.Contains(tt.wire, "HTTP/1.0")])
			if tt.why != zreq.CloseNone {
				closed(is, peer, resp, tt.why)
				return
			}
			is.Equal(resp.CloseReason(), zreq.CloseNone)
			is.NoErr(resp.Connection.Close())
		})
	}
}

// reasons brings about every CloseReason that a call can end with, and the
// connection works again after each of them but the last.
var reasons = map[zreq.CloseReason]struct {
	wire string
	args zreq.Args
}{
	zreq.CloseNone:      {wire: byLength("hi")},
	zreq.CloseRequested: {wire: byLength("hi"), args: zreq.Args{Headers: zreq.Headers{{"Connection", "close"}}}},
	zreq.CloseByPeer:    {wire: "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"},
	zreq.CloseHTTP10:    {wire: "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi"},
	zreq.CloseDoubt:     {wire: "HTTP/1.1 204 OK\r\nContent-Length: 2\r\n\r\n"},
	zreq.CloseLeftover:  {wire: byLength("hi") + "HTTP/1.1 200 OK\r\n"},
	zreq.CloseUnread:    {wire: page(404, numbered(40_000)), args: zreq.Args{Limits: zreq.Limits{Content: 10}}},
	zreq.CloseStopped:   {wire: byLength("hi"), args: zreq.Args{OnHead: func(*zreq.Response) error { return zreq.ErrStop }}},
	zreq.CloseFailed:    {wire: chunkedHead + "zz"},
}

func testReuseReasons(t *testing.T) {
	for why, tt := range reasons {
		t.Run(why.String(), func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, append(answering(tt.wire), answering(byLength("next"))...), answering(byLength("next")))
			conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
			is.NoErr(err)
			tt.args.Connection = conn
			resp, err := zreq.Get(context.Background(), site, &tt.args)
			is.Equal(err != nil, why == zreq.CloseFailed)
			is.Equal(resp.CloseReason(), why)
			if why == zreq.CloseNone {
				is.Equal(peer.Open(), 1)
			} else {
				closed(is, peer, resp, why)
			}
			resp, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
			is.NoErr(err) // the caller's handle goes on, by another dial if it must
			is.Equal(content(is, resp), "next")
			is.Equal(resp.Connection, conn)
			is.Equal(peer.Dials(), map[bool]int{true: 1, false: 2}[why == zreq.CloseNone])
			is.Equal(conn.Dials(), peer.Dials())
			is.NoErr(conn.Close())
			is.Equal(peer.Open(), 0)
		})
	}
	t.Run("until close", func(t *testing.T) {
		is := is.New(t)
		peer := ends(t, byClose("hi"))
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks()})
		is.NoErr(err)
		closed(is, peer, resp, zreq.CloseUnframed)
	})
	t.Run("died with its last byte", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			faults := memnet.Faults{EOFWithData: true, ReadDelay: time.Millisecond}
			peer := zreqtest.NewPeer(t, append(append([]zreqtest.Step{zreqtest.Fault(faults)}, answering(byLength("hi"))...), zreqtest.Close()))
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks()})
			is.NoErr(err) // the response is whole
			closed(is, peer, resp, zreq.CloseDied)
		})
	})
	t.Run("cancelled in the last callback", func(t *testing.T) {
		is := is.New(t)
		ctx, cancel := context.WithCancel(context.Background())
		peer := answers(t, byLength("hi"))
		resp, err := zreq.Get(ctx, site, &zreq.Args{Driver: peer, Headers: asks(), StreamCallback: func([]byte) error { cancel(); return nil }})
		is.True(err == nil || errors.Is(err, context.Canceled))
		closed(is, peer, resp, zreq.CloseCancelled) // a late cancel would hit the next call
	})
	t.Run("closed by its owner in a callback", func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, byLength("hi"))
		conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
		is.NoErr(err)
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn, OnHead: func(*zreq.Response) error { return conn.Close() }})
		is.True(err == nil || errors.Is(err, zreq.ErrClosed))
		closed(is, peer, resp, zreq.CloseByCaller)
	})
}

// TestReuseByOwner: Close is the owner's, before, during and after a call.
func TestReuseByOwner(t *testing.T) {
	t.Run("before", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request()})
		conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
		is.NoErr(err)
		is.NoErr(conn.Close())
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
		is.True(resp == nil)
		is.True(errors.Is(err, zreq.ErrClosed)) // closed is closed: it is not dialled again
		is.True(!errors.Is(err, zreq.ErrRequest))
		is.Equal(peer.Dials(), 1)
		is.Equal(peer.Open(), 0)
	})
	t.Run("while it is dialled", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Close()}, []zreqtest.Step{zreqtest.NoAnswer()})
			conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
			is.NoErr(err)
			synctest.Wait() // until it has died
			go func() {
				time.Sleep(time.Second)
				_ = conn.Close()
			}()
			start := time.Now()
			_, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
			is.True(errors.Is(err, zreq.ErrClosed)) // the owner's doing
			is.True(!errors.Is(err, zreq.ErrConnect))
			is.True(!zreq.SafeToRetry(err))          // on a closed one it fares no better
			is.Equal(time.Since(start), time.Second) // at once, not when the dial gives up
			is.Equal(peer.Open(), 0)
		})
	})
	t.Run("while a slow driver dials", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Close()}, []zreqtest.Step{zreqtest.Request()})
			conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: &slowDriver{peer}})
			is.NoErr(err)
			synctest.Wait()
			go func() {
				time.Sleep(time.Second / 2)
				_ = conn.Close()
			}()
			_, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
			is.True(errors.Is(err, zreq.ErrClosed))
			is.Equal(len(peer.Requests()), 0) // nothing goes out on what it dialled
			is.Equal(peer.Open(), 0)          // and that is closed
		})
	})
	for name, steps := range map[string][]zreqtest.Step{
		"while the head is awaited": {zreqtest.Request()},
		"while the body is read":    {zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi")},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, steps)
				conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
				is.NoErr(err)
				go func() {
					time.Sleep(time.Second)
					_ = conn.Close()
				}()
				start := time.Now()
				_, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
				is.True(errors.Is(err, zreq.ErrClosed)) // the owner's doing, not the peer's
				is.True(!errors.Is(err, zreq.ErrTruncated) && !errors.Is(err, zreq.ErrStale))
				is.Equal(time.Since(start), time.Second) // at once
				is.Equal(peer.Open(), 0)
			})
		})
	}
}

// TestReuseInto: Into and Connection of one Response may be given together, and
// a call that fails before it has claimed the connection gives it back.
func TestReuseInto(t *testing.T) {
	is := is.New(t)
	peer := answers(t, byLength("one"), byLength("two"))
	var into zreq.Response
	_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks(), Into: &into})
	is.NoErr(err)
	conn := into.Connection
	for name, tt := range map[string]struct {
		url  string
		args zreq.Args
		want error
	}{
		"bad URL":      {"nowhere", zreq.Args{}, zreq.ErrRequest},
		"bad header":   {site, zreq.Args{Headers: zreq.Headers{{"\n", ""}}}, zreq.ErrRequest},
		"bad limit":    {site, zreq.Args{StreamChunk: -1}, zreq.ErrRequest},
		"other origin": {"http://other.test/", zreq.Args{}, zreq.ErrOtherOrigin},
	} {
		t.Run(name, func(t *testing.T) {
			tt.args.Into, tt.args.Connection = &into, into.Connection
			resp, err := zreq.Get(context.Background(), tt.url, &tt.args)
			is.True(errors.Is(err, tt.want))
			is.True(resp == nil)
			is.Equal(into.Status, 200)      // it is as it was
			is.Equal(into.Connection, conn) // with its connection
			is.Equal(peer.Open(), 1)
		})
	}
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{Into: &into, Connection: into.Connection})
	is.NoErr(err)
	is.Equal(content(is, resp), "two")
	is.Equal(peer.Dials(), 1)
	is.NoErr(conn.Close())
}
