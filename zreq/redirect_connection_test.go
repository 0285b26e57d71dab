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

// testRedirectKeepsTheConnection: the next request to the same origin goes out on
// the same socket if the redirect leaves it clean at little cost.
func testRedirectKeepsTheConnection(t *testing.T) {
	found := "HTTP/1.1 302 Found\r\nLocation: /y\r\n"
	send := func(s string) []zreqtest.Step { return []zreqtest.Step{zreqtest.Send(s)} }
	late := func(first string, pause time.Duration, then string) []zreqtest.Step {
		return []zreqtest.Step{zreqtest.Send(first), zreqtest.Pause(pause), zreqtest.Send(then)}
	}
	for name, tt := range map[string]struct {
		say  []zreqtest.Step
		kept bool
	}{
		"no content":              {send(found + "Content-Length: 0\r\n\r\n"), true},
		"a little":                {send(found + "Content-Length: 4\r\n\r\nhere"), true},
		"4 KiB":                   {send(found + "Content-Length: 4096\r\n\r\n" + numbered(4096)), true},
		"more, but 4 KiB to come": {send(found + "Content-Length: 17000\r\n\r\n" + numbered(17_000)), true},
		"more than 4 KiB to come": {send(found + "Content-Length: 40000\r\n\r\n" + numbered(40_000)), false},
		"a little, soon":          {late(found+"Content-Length: 4\r\n\r\nhe", 900*time.Millisecond, "re"), true},
		"a little, too late":      {late(found+"Content-Length: 4\r\n\r\nhe", 2*time.Second, "re"), false},
		"in chunks":               {send(found + "Transfer-Encoding: chunked\r\n\r\n" + chunks(numbered(400)) + "0\r\nA: b\r\n\r\n"), true},
		"in chunks, half of them": {late(found+"Transfer-Encoding: chunked\r\n\r\n4\r\nhere\r\n", time.Millisecond, "0\r\n\r\n"), false},
		"close":                   {send(found + "Connection: close\r\nContent-Length: 0\r\n\r\n"), false},
		"HTTP/1.0":                {send("HTTP/1.0 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n"), false},
		"HTTP/1.0, kept":          {send("HTTP/1.0 302 Found\r\nLocation: /y\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"), true},
		"until close":             {send("HTTP/1.1 302 Found\r\nLocation: /y\r\n\r\nhere"), false},
		"leftover":                {send(found + "Content-Length: 4\r\n\r\nhere and there"), false},
		"contradiction":           {send("HTTP/1.0 302 Found\r\nLocation: /y\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), false},
		"malformed content":       {send(found + "Transfer-Encoding: chunked\r\n\r\nzz"), false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				first := append([]zreqtest.Step{zreqtest.Request()}, tt.say...)
				peer := zreqtest.NewPeer(t, append(first, answering(byLength("hi"))...), answering(byLength("hi")))
				conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
				is.NoErr(err)
				began := time.Now()
				resp, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
				is.NoErr(err)
				is.True(time.Since(began) < 1200*time.Millisecond) // a connection costs less than to wait
				is.Equal(content(is, resp), "hi")
				is.Equal(peer.Dials(), map[bool]int{true: 1, false: 2}[tt.kept])
				is.Equal(conn.Dials(), peer.Dials())
				is.Equal(resp.Connection, conn) // the caller's handle in any case
				is.Equal(resp.CloseReason(), zreq.CloseNone)
				is.Equal(peer.Open(), 1)
				for _, r := range peer.Requests() {
					is.True(strings.HasSuffix(r, "Connection: keep-alive\r\n\r\n"))
				}
				is.NoErr(conn.Close())
				is.Equal(peer.Open(), 0)
			})
		})
	}
	t.Run("that died meanwhile", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, append(answering(moved(302, "/y")), zreqtest.Close()), answering(byLength("hi")))
		args := &zreq.Args{Driver: peer, Headers: asks(), OnRedirect: func(*zreq.Response, string) error {
			peer.Wait()
			return nil
		}}
		resp, err := zreq.Get(context.Background(), site, args)
		is.NoErr(err) // it is dialled again, since nothing was sent
		is.Equal(peer.Dials(), 2)
		is.NoErr(resp.Connection.Close())
	})
	t.Run("that dies later", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, append(answering(moved(302, "/y")), zreqtest.Request(), zreqtest.Close()), answering(byLength("hi")))
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks()})
		is.True(errors.Is(err, zreq.ErrStale))
		is.True(resp == nil) // the head of the answer was never read
		is.True(!zreq.SafeToRetry(err))
		is.Equal(peer.Dials(), 1)
		is.Equal(peer.Open(), 0)
	})
	t.Run("that died with its last byte", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			faults := memnet.Faults{EOFWithData: true, ReadDelay: time.Millisecond}
			first := append(steps(zreqtest.Fault(faults)), answering(moved(302, "/y"))...)
			peer := zreqtest.NewPeer(t, append(first, zreqtest.Close()), answering(byLength("hi")))
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks()})
			is.NoErr(err) // its end is not that of the next one
			is.Equal(content(is, resp), "hi")
			is.Equal(peer.Dials(), 2)
			is.NoErr(resp.Connection.Close())
		})
	})
	t.Run("that its owner closes", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, answering(moved(302, "/y"), byLength("hi")), answering(byLength("hi")))
		conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
		is.NoErr(err)
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn, OnRedirect: func(*zreq.Response, string) error { return conn.Close() }})
		is.True(resp == nil)
		is.True(errors.Is(err, zreq.ErrClosed))
		is.Equal(peer.Dials(), 1) // it is not dialled again
		is.Equal(peer.Open(), 0)
	})
	t.Run("nobody asked for", func(t *testing.T) {
		is := is.New(t)
		peer := each(t, moved(302, "/y"), moved(302, "//other.test/"), byLength("hi"))
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer})
		is.NoErr(err)
		is.Equal(peer.Dials(), 3) // as each request says
		for _, r := range peer.Requests() {
			is.True(strings.HasSuffix(r, "Connection: close\r\n\r\n"))
		}
		closed(is, peer, resp, zreq.CloseRequested)
	})
}

// TestRedirectLeavesTheConnection: the caller's Connection waits, clean, while the
// call goes elsewhere.
func TestRedirectLeavesTheConnection(t *testing.T) {
	open := func(t *testing.T, peer *zreqtest.Peer) *zreq.Connection {
		t.Helper()
		conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
		is.New(t).NoErr(err)
		return conn
	}
	t.Run("clean", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, answering("HTTP/1.1 302 Found\r\nLocation: //other.test/y\r\nContent-Length: 4\r\n\r\nhere", byLength("next")), answering(byLength("hi")))
		conn := open(t, peer)
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
		is.NoErr(err)
		is.Equal(content(is, resp), "hi")
		is.Equal(resp.Connection, conn)                                             // a loop that hands it on does not lose it
		is.Equal(peer.Addresses(), []string{"device.test:80", "other.test:80"})     // by the driver of the Connection
		is.True(strings.HasSuffix(peer.Requests()[1], "Connection: close\r\n\r\n")) // which nobody asked to keep
		is.Equal(peer.Open(), 1)                                                    // the caller's is
		resp, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
		is.NoErr(err)
		is.Equal(content(is, resp), "next")
		is.Equal(conn.Dials(), 1) // on the same socket
		is.NoErr(conn.Close())
	})
	t.Run("not clean", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, answering("HTTP/1.1 302 Found\r\nLocation: //other.test/y\r\nContent-Length: 40000\r\n\r\n"+numbered(40_000)), answering(byLength("hi")), answering(byLength("next")))
		conn := open(t, peer)
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
		is.NoErr(err)
		is.Equal(peer.Open(), 0) // what lies on it would be misread
		is.True(resp.Connection == nil)
		resp, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
		is.NoErr(err)
		is.Equal(content(is, resp), "next")
		is.Equal(conn.Dials(), 2)
		is.NoErr(conn.Close())
	})
	t.Run("and comes back", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, answering(moved(302, "//other.test/y"), byLength("hi")), answering(moved(302, "http://device.test/z")))
		conn := open(t, peer)
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
		is.NoErr(err)
		is.Equal(content(is, resp), "hi")
		is.Equal(resp.Connection, conn)
		is.Equal(conn.Dials(), 1)
		is.True(strings.HasSuffix(peer.Requests()[2], "Connection: keep-alive\r\n\r\n"))
		is.NoErr(conn.Close())
		is.Equal(peer.Open(), 0)
	})
	t.Run("busy until it is left", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, answering(moved(302, "//other.test/y"), byLength("between")), answering(moved(302, "/z"), byLength("hi")))
		conn, hops := open(t, peer), 0
		_, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn, Headers: asks(), OnRedirect: func(*zreq.Response, string) error {
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
			if hops++; hops == 1 {
				is.True(errors.Is(err, zreq.ErrBusy))
				return nil
			}
			is.Equal(content(is, resp), "between") // it is the caller's own again
			return err
		}})
		is.NoErr(err)
		is.Equal(hops, 2)
		is.Equal(conn.Dials(), 1)
		is.NoErr(conn.Close())
	})
	t.Run("closed on the way", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, answering(moved(302, "//other.test/y")), answering(moved(302, "http://device.test/z")))
		conn := open(t, peer)
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn, OnRedirect: func(r *zreq.Response, _ string) error {
			if len(r.History()) == 1 {
				return conn.Close()
			}
			return nil
		}})
		is.True(resp == nil)
		is.True(errors.Is(err, zreq.ErrClosed)) // it is not dialled again
		is.True(!zreq.SafeToRetry(err))
		is.Equal(peer.Open(), 0)
	})
}

// TestRedirectLateCancel: a context that ends while the call is elsewhere does not
// reach the caller's Connection; one that ends before closes its socket.
func TestRedirectLateCancel(t *testing.T) {
	for name, tt := range map[string]struct {
		early bool
		dials int
	}{
		"elsewhere": {false, 1},
		"before":    {true, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				scripts := [][]zreqtest.Step{answering(moved(302, "//other.test/y"), byLength("next")), steps(zreqtest.NoAnswer())}
				if tt.early {
					scripts[1] = answering(byLength("next"))
				}
				peer := zreqtest.NewPeer(t, scripts...)
				conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
				is.NoErr(err)
				ctx, cancel := context.WithCancelCause(context.Background())
				args := &zreq.Args{Connection: conn}
				if tt.early {
					args.OnRedirect = func(*zreq.Response, string) error { cancel(errCancelled); return nil }
				}
				time.AfterFunc(time.Second, func() { cancel(errCancelled) })
				_, err = zreq.Get(ctx, site, args)
				is.True(errors.Is(err, errCancelled))
				synctest.Wait() // until whatever the cancel does is done
				resp, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
				is.NoErr(err)
				is.Equal(content(is, resp), "next")
				is.Equal(conn.Dials(), tt.dials)
				is.NoErr(conn.Close())
			})
		})
	}
}

// TestRedirectKeepAlive: of the connections that a call makes the last is kept, if
// Headers ask for it.
func TestRedirectKeepAlive(t *testing.T) {
	for name, tt := range map[string]struct {
		scripts [][]zreqtest.Step
		origin  string
		dials   []string
	}{
		"elsewhere": {
			[][]zreqtest.Step{answering(moved(302, "//b.test/")), answering(byLength("hi"))},
			"http://b.test",
			[]string{"device.test:80", "b.test:80"},
		},
		"elsewhere twice": {
			[][]zreqtest.Step{answering(moved(302, "//b.test/")), answering(moved(302, "//c.test/")), answering(byLength("hi"))},
			"http://c.test",
			[]string{"device.test:80", "b.test:80", "c.test:80"},
		},
		"elsewhere, and on there": {
			[][]zreqtest.Step{answering(moved(302, "//b.test/")), answering(moved(302, "/y"), byLength("hi"))},
			"http://b.test",
			[]string{"device.test:80", "b.test:80"},
		},
		"and back": {
			[][]zreqtest.Step{answering(moved(302, "//b.test/")), answering(moved(302, "//device.test/y")), answering(byLength("hi"))},
			"http://device.test",
			[]string{"device.test:80", "b.test:80", "device.test:80"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, append(tt.scripts, answering(byLength("never")))...)
			args := &zreq.Args{Driver: peer, Headers: asks()}
			resp, err := zreq.Get(context.Background(), site, args)
			is.NoErr(err)
			is.Equal(content(is, resp), "hi")
			is.Equal(peer.Addresses(), tt.dials)
			is.Equal(peer.Open(), 1) // the others are closed
			is.Equal(resp.Connection.Origin(), tt.origin)
			is.NoErr(resp.Connection.Close())
			is.Equal(peer.Open(), 0)
		})
	}
	t.Run("beside a Connection", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, answering(moved(302, "//b.test/")), answering(byLength("hi")))
		conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
		is.NoErr(err)
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn, Headers: asks()})
		is.NoErr(err)
		is.Equal(peer.Open(), 2) // both are the caller's
		is.Equal(resp.Connection.Origin(), "http://b.test")
		is.NoErr(resp.Connection.Close())
		is.NoErr(conn.Close())
	})
	t.Run("and a failure there", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, answering(moved(302, "//b.test/")), []zreqtest.Step{zreqtest.Request(), zreqtest.Close()})
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks()})
		is.True(errors.Is(err, zreq.ErrConnect))
		is.True(resp == nil)
		is.Equal(peer.Open(), 0) // nothing leaks
	})
}

// TestRedirectHomeIsClosed: a Connection that its owner closes while the call is
// elsewhere is not handed out again.
func TestRedirectHomeIsClosed(t *testing.T) {
	is := is.New(t)
	peer := each(t, moved(302, "//other.test/y"), noContent)
	conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
	is.NoErr(err)
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn, OnHead: func(*zreq.Response) error { return conn.Close() }})
	is.NoErr(err)
	is.True(resp.Connection == nil)
	is.Equal(peer.Open(), 0)
}
