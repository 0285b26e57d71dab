package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

var errFull = errors.New("flash is full")

// hooks are the two places where a caller's code runs in a call.
var hooks = map[string]func(*zreq.Args, func() error){
	"StreamCallback": func(a *zreq.Args, f func() error) { a.StreamCallback = func([]byte) error { return f() } },
	"OnHead":         func(a *zreq.Args, f func() error) { a.OnHead = func(*zreq.Response) error { return f() } },
}

// testStopByError: an error of the caller's code ends the transfer, closes the
// connection and comes back wrapped.
func testStopByError(t *testing.T) {
	for name, hook := range hooks {
		for _, f := range framings {
			t.Run(name+"/"+f.name, func(t *testing.T) {
				is := is.New(t)
				peer := ends(t, f.wire(numbered(9001)))
				args := &zreq.Args{Driver: peer, Headers: asks(), AllowUnframed: true}
				calls := 0
				hook(args, func() error { calls++; return fmt.Errorf("page 7: %w", errFull) })
				resp, err := zreq.Get(context.Background(), site, args)
				is.True(errors.Is(err, errFull)) // the cause is reachable
				is.Equal(calls, 1)               // it is not called again
				is.Equal(resp.Status, 200)       // the response is beside the error
				is.True(!resp.Complete())
				closed(is, peer, resp, zreq.CloseStopped)
				is.True(!errors.Is(err, zreq.ErrConnect) && !errors.Is(err, zreq.ErrResponse)) // the peer is not blamed
				is.True(!zreq.SafeToRetry(err))                                                // bytes were sent
			})
		}
	}
	t.Run("at the last chunk", func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, byLength("hello"))
		s := new(sink)
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks(), StreamCallback: func(p []byte) error {
			_ = s.take(p)
			return errFull
		}})
		is.True(errors.Is(err, errFull))
		is.Equal(string(s.body), "hello")
		is.Equal(failure(is, err).Received, int64(5)) // the count is told
		is.Equal(content(is, resp), "hello")          // the last chunk is the one that was refused
		closed(is, peer, resp, zreq.CloseStopped)
	})
	t.Run("while the context ends", func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, byLength("hello"))
		ctx, cancel := context.WithCancel(context.Background())
		_, err := zreq.Get(ctx, site, &zreq.Args{Driver: peer, StreamCallback: func(p []byte) error {
			cancel()
			return errFull
		}})
		is.True(errors.Is(err, errFull)) // the caller's own error is not a socket's
		is.Equal(peer.Open(), 0)
	})
	t.Run("while the owner closes", func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, byLength("hello"))
		conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
		is.NoErr(err)
		_, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: conn, StreamCallback: func(p []byte) error {
			_ = conn.Close()
			return errFull
		}})
		is.True(errors.Is(err, errFull)) // the caller's own error is not a socket's
		is.Equal(peer.Open(), 0)
	})
}

// testStopByErrStop: ErrStop ends the transfer without an error.
func testStopByErrStop(t *testing.T) {
	for name, hook := range hooks {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, byLength(numbered(9001)))
			args := &zreq.Args{Driver: peer, Headers: asks()}
			hook(args, func() error { return fmt.Errorf("enough: %w", zreq.ErrStop) })
			resp, err := zreq.Get(context.Background(), site, args)
			is.NoErr(err)             // it is no failure
			is.True(!resp.Complete()) // and no success
			closed(is, peer, resp, zreq.CloseStopped)
		})
	}
	t.Run("keeps what came", func(t *testing.T) {
		is := is.New(t)
		body := numbered(9001)
		peer := answers(t, byChunks(body))
		s := new(sink)
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, StreamCallback: func(p []byte) error {
			_ = s.take(p)
			if len(s.sizes) == 3 {
				return zreq.ErrStop
			}
			return nil
		}})
		is.NoErr(err)
		is.Equal(string(s.body), body[:3*512])
		is.Equal(content(is, resp), body[2*512:3*512]) // the last chunk
	})
}

// TestStopAtTheEnd: a call that ends in its last chunk is not complete, though
// all bytes have come: not all has been taken.
func TestStopAtTheEnd(t *testing.T) {
	for name, end := range map[string]error{"nothing": nil, "ErrStop": zreq.ErrStop, "an error": errFull, "a cancel": context.Canceled} {
		for _, f := range framings {
			for _, chunk := range []int{512, 5, 2} { // not full, full, the third
				t.Run(fmt.Sprint(name, "/", f.name, "/", chunk), func(t *testing.T) {
					is := is.New(t)
					ctx, cancel := context.WithCancel(context.Background())
					defer cancel()
					s := new(sink)
					resp, err := zreq.Get(ctx, secure, &zreq.Args{
						Driver: ends(t, f.wire("hello")), TLS: &seal{proves: true}, StreamChunk: chunk,
						StreamCallback: func(p []byte) error {
							_ = s.take(p)
							if len(s.body) < 5 {
								return nil
							}
							if end == context.Canceled {
								cancel()
								return nil
							}
							return end
						},
					})
					s.got(is, "hello", chunk)
					is.Equal(resp.Complete(), end == nil) // it is said of success alone
					_, cut := resp.Content()
					is.Equal(cut, err) // the content knows what the call knows
					if end == nil || end == zreq.ErrStop {
						is.NoErr(err)
						return
					}
					is.True(errors.Is(err, end))
				})
			}
		}
	}
}

// testStopByPanic: a panic and a Goexit in the caller's code pass through, and
// leak nothing: the connection is closed and not busy.
func testStopByPanic(t *testing.T) {
	for name, hook := range hooks {
		t.Run("panic/"+name, func(t *testing.T) {
			is := is.New(t)
			stopHard(t, hook, func() { panic("caller") }, func(recovered any) { is.Equal(recovered, "caller") }) // it is the caller's to see
		})
		t.Run("Goexit/"+name, func(t *testing.T) {
			stopHard(t, hook, runtime.Goexit, nil)
		})
	}
}

func stopHard(t *testing.T, hook func(*zreq.Args, func() error), end func(), check func(any)) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, answering(byLength(numbered(9001))), answering(byLength("again")))
	conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
	is.NoErr(err)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var into zreq.Response
	args := &zreq.Args{Connection: conn, Into: &into}
	calls := 0
	hook(args, func() error {
		if calls++; calls == 1 {
			end()
		}
		return nil
	})
	over := make(chan any)
	go func() {
		defer close(over)
		defer func() {
			if r := recover(); r != nil {
				over <- r
			}
		}()
		_, _ = zreq.Get(ctx, site, args)
		t.Error("the call returned")
	}()
	recovered := <-over
	if check != nil {
		check(recovered)
		<-over
	}
	is.Equal(calls, 1)
	is.Equal(peer.Open(), 0) // the socket is closed
	resp, err := zreq.Get(ctx, site, args)
	is.NoErr(err) // the connection is free, and dials again
	is.Equal(content(is, resp), "again")
	is.NoErr(conn.Close())
	is.Equal(peer.Open(), 0)
}

// TestStopByReentry: a callback that uses the connection of its own call gets
// ErrBusy, and the call goes on unharmed.
func TestStopByReentry(t *testing.T) {
	for name, hook := range hooks {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			body := numbered(700)
			peer := answers(t, byLength("first"), byLength(body), byLength("last"))
			conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
			is.NoErr(err)
			_, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
			is.NoErr(err)
			var into zreq.Response
			args := &zreq.Args{Connection: conn, Into: &into}
			s := new(sink)
			args.StreamCallback = s.take
			take := args.StreamCallback
			hook(args, func() error {
				for _, again := range []*zreq.Args{{Connection: conn}, args} {
					resp, err := zreq.Get(context.Background(), site, again)
					is.True(errors.Is(err, zreq.ErrBusy)) // one call at a time
					is.True(resp == nil)
					is.Equal(failure(is, err).Sent, int64(0)) // nothing was sent
					is.True(!errors.Is(err, zreq.ErrRequest)) // the request was fine
				}
				return nil
			})
			if name == "StreamCallback" {
				busy := args.StreamCallback
				args.StreamCallback = func(p []byte) error {
					if err := busy(p); err != nil {
						return err
					}
					return take(p)
				}
			}
			resp, err := zreq.Get(context.Background(), site, args)
			is.NoErr(err)
			s.got(is, body, 512) // the call that was under way is whole
			is.True(resp == &into)
			is.Equal(resp.Status, 200)                     // and so is its Response
			is.Equal(resp.URL(), site)                     // the request
			is.Equal(resp.Header("Content-Length"), "700") // the head
			is.Equal(content(is, resp), body[512:])        // the last chunk
			is.True(resp.Complete() && resp.Connection == conn)
			resp, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
			is.NoErr(err)
			is.Equal(content(is, resp), "last")
			is.Equal(peer.Dials(), 1) // all on one connection
			is.NoErr(conn.Close())
		})
	}
}

// testStopDropsTheHead: with DropHead the head is a view of a buffer that goes
// back when the call ends, also when OnHead ends it.
func testStopDropsTheHead(t *testing.T) {
	for name, end := range map[string]error{"error": errFull, "ErrStop": zreq.ErrStop} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := ends(t, "HTTP/1.1 200 Fine\r\nX: y\r\nContent-Length: 0\r\n\r\n")
			var seen string
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, DropHead: true, OnHead: func(r *zreq.Response) error {
				seen = r.Reason() + " " + r.Header("x")
				return end
			}})
			is.Equal(errors.Is(err, errFull), end == errFull)
			is.Equal(seen, "Fine y") // OnHead sees the head
			is.Equal(resp.Reason(), "")
			is.Equal(resp.Header("x"), "") // and nobody after it
		})
	}
}
