package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testRedirectFails: a failure behind a redirect is told of the request that
// failed, is never safe to retry, and leaves nothing open.
func testRedirectFails(t *testing.T) {
	for name, tt := range map[string]struct {
		location string
		then     []zreqtest.Step
		want     error
		phase    zreq.Phase
		url      string
		limits   zreq.Limits
	}{
		"a server that is down": {
			"//other.test/y?secret", steps(zreqtest.Refuse()), zreq.ErrConnect, zreq.PhaseDial, "http://other.test/y", zreq.Limits{},
		},
		"the same, gone down": {
			"/y", steps(zreqtest.Refuse()), zreq.ErrConnect, zreq.PhaseDial, "http://device.test/y", zreq.Limits{},
		},
		"an end instead of an answer": {
			"/y", steps(zreqtest.Request(), zreqtest.Close()), zreq.ErrConnect, zreq.PhaseHead, "http://device.test/y", zreq.Limits{},
		},
		"no HTTP": {
			"/y", steps(zreqtest.Request(), zreqtest.Send("220 ready\r\n")), zreq.ErrResponse, zreq.PhaseHead, "http://device.test/y", zreq.Limits{},
		},
		"half a body": {
			"/y#z", steps(zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"), zreqtest.Close()),
			zreq.ErrTruncated, zreq.PhaseBody, "http://device.test/y",
			zreq.Limits{},
		},
		"a large head": {
			"/y", steps(zreqtest.Request(), zreqtest.Send(okHead+"A: "+strings.Repeat("a", 200)+"\r\n\r\n")),
			zreq.ErrTooLarge, zreq.PhaseHead, "http://device.test/y",
			zreq.Limits{HeadBytes: 128},
		},
		"many hints": {
			"/y", steps(zreqtest.Request(), zreqtest.Send(hint+hint+noContent)),
			zreq.ErrTooLarge, zreq.PhaseHead, "http://device.test/y",
			zreq.Limits{Informational: 1},
		},
		"large content": {
			"/y", steps(zreqtest.Request(), zreqtest.Send(byLength("hello"))),
			zreq.ErrTooLarge, zreq.PhaseBody, "http://device.test/y",
			zreq.Limits{Content: 4},
		},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, answering(moved(302, tt.location)), tt.then)
			resp, err := zreq.Get(context.Background(), site+"?secret", &zreq.Args{Driver: peer, Limits: tt.limits})
			is.True(errors.Is(err, tt.want))
			is.True(!errors.Is(err, zreq.ErrRedirect)) // it was followed
			is.True(!zreq.SafeToRetry(err))            // a request has been sent
			e := failure(is, err)
			is.Equal(e.Phase, tt.phase)
			is.Equal(e.Method, "GET")
			is.Equal(e.URL, tt.url)
			is.Equal(e.Attempt, 1)
			is.Equal(e.Sent, int64(len(strings.Join(peer.Requests(), ""))))
			is.True(!strings.Contains(err.Error(), "secret"))
			is.Equal(resp != nil, tt.phase == zreq.PhaseBody) // a redirect that was followed is no answer
			if resp != nil {
				is.Equal(resp.Status, 200)
				is.Equal(len(resp.History()), 1)
			}
			is.Equal(peer.Open(), 0)
		})
	}
	t.Run("a POST that became GET", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, answering(moved(303, "/y")), steps(zreqtest.Refuse()))
		_, err := zreq.Post(context.Background(), site, &zreq.Args{Driver: peer, Body: strings.NewReader("hello")})
		is.Equal(failure(is, err).Method, "GET") // the request that failed
		is.True(!zreq.SafeToRetry(err))
	})
	t.Run("a large redirect", func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, moved(302, "/"+strings.Repeat("y", 200)))
		_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Limits: zreq.Limits{HeadBytes: 128}})
		is.True(errors.Is(err, zreq.ErrTooLarge)) // its head has the limits of any
		is.Equal(peer.Open(), 0)
	})
	t.Run("content that nobody wants", func(t *testing.T) {
		is := is.New(t)
		peer := each(t, "HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 9\r\n\r\nelsewhere", byLength("hi"))
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Limits: zreq.Limits{Content: 2}})
		is.NoErr(err) // has no limit
		is.Equal(content(is, resp), "hi")
	})
}

// TestRedirectWaits: the limits in time are those of each request anew.
func TestRedirectWaits(t *testing.T) {
	limits := everyLimit(1)
	for name, tt := range map[string]struct {
		then  []zreqtest.Step
		phase zreq.Phase
	}{
		"dial": {steps(zreqtest.NoAnswer()), zreq.PhaseDial},
		"head": {steps(zreqtest.Request(), zreqtest.Hold()), zreq.PhaseHead},
		"body": {steps(zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"), zreqtest.Hold()), zreq.PhaseBody},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, answering(moved(302, "//other.test/")), tt.then)
				untilTimeout(t, tt.phase, limits, func(ctx context.Context) error {
					_, err := zreq.Get(ctx, site, &zreq.Args{Driver: peer, Timeouts: limits})
					return err
				})
				is.Equal(peer.Open(), 0)
			})
		})
	}
	t.Run("each in its limit", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			slowly := func(answer string) []zreqtest.Step {
				return steps(zreqtest.Request(), zreqtest.Pause(6*time.Second), zreqtest.Send(answer))
			}
			script := append(append(slowly(moved(302, "/y")), slowly(moved(302, "/z"))...), slowly(byLength("hi"))...)
			began := time.Now()
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: zreqtest.NewPeer(t, script), Timeouts: limits, Headers: asks()})
			is.NoErr(err)
			is.Equal(time.Since(began), 18*time.Second) // more than one limit
			is.NoErr(resp.Connection.Close())
		})
	})
}

// TestRedirectCancelled: the context ends the call in every part of a hop, with its
// cause, and nothing is left open.
func TestRedirectCancelled(t *testing.T) {
	found := "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 4\r\n\r\n"
	for name, tt := range map[string]struct {
		location string
		say      []zreqtest.Step // of the first answer's content
		then     []zreqtest.Step
		after    time.Duration
	}{
		"while the rest is read":    {"/y", steps(zreqtest.Pause(time.Hour)), nil, time.Second / 2},
		"likewise, elsewhere":       {"//other.test/", steps(zreqtest.Pause(time.Hour)), nil, time.Second / 2},
		"while it is dialled":       {"//other.test/", steps(zreqtest.Send("here")), steps(zreqtest.NoAnswer()), time.Second},
		"while the head is awaited": {"//other.test/", steps(zreqtest.Send("here")), steps(zreqtest.Request(), zreqtest.Hold()), time.Second},
		"while the body is read":    {"//other.test/", steps(zreqtest.Send("here")), steps(zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"), zreqtest.Hold()), time.Second},
		"in OnRedirect":             {"/y", steps(zreqtest.Send("here")), nil, 0},
		"in OnRedirect, elsewhere":  {"//other.test/", steps(zreqtest.Send("here")), nil, 0},
	} {
		for _, keep := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/%v", name, keep), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					first := append(answering(fmt.Sprintf(found, tt.location)), tt.say...)
					peer := zreqtest.NewPeer(t, first, tt.then)
					ctx, cancel := context.WithCancelCause(context.Background())
					defer cancel(nil)
					args := &zreq.Args{Driver: peer}
					if keep {
						args.Headers = asks()
					}
					if tt.after == 0 {
						args.OnRedirect = func(*zreq.Response, string) error { cancel(errCancelled); return nil }
					} else {
						time.AfterFunc(tt.after, func() { cancel(errCancelled) })
					}
					began := time.Now()
					_, err := zreq.Get(ctx, site, args)
					is.True(errors.Is(err, errCancelled))
					is.True(!zreq.SafeToRetry(err))
					is.Equal(time.Since(began), tt.after) // at once
					is.Equal(peer.Open(), 0)
				})
			})
		}
	}
}

// TestRedirectTLS: a hop to https is made secure as any call is, by what the call
// or its Connection has.
func TestRedirectTLS(t *testing.T) {
	t.Run("none", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, answering(moved(302, "https://device.test/y")), steps(zreqtest.Request()))
		_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer})
		is.True(errors.Is(err, zreq.ErrNoTLS)) // it never goes out in plain
		is.True(!zreq.SafeToRetry(err))
		is.Equal(failure(is, err).Sent, int64(len(peer.Requests()[0])))
		is.Equal(failure(is, err).URL, "https://device.test/y")
		is.Equal(peer.Dials(), 1)
		is.Equal(peer.Open(), 0)
	})
	t.Run("that of the call", func(t *testing.T) {
		is := is.New(t)
		s := &seal{}
		_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: each(t, moved(302, "https://other.test:8443/y"), noContent), TLS: s})
		is.NoErr(err)
		is.Equal(s.names, []string{"other.test"})
	})
	t.Run("that fails", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, answering(moved(302, "https://device.test/y")), steps(zreqtest.Request()))
		_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, TLS: &seal{fail: errCable}})
		is.True(errors.Is(err, zreq.ErrConnect) && errors.Is(err, errCable))
		is.Equal(failure(is, err).Phase, zreq.PhaseTLS)
		is.Equal(len(peer.Requests()), 1) // nothing goes out without it
		is.Equal(peer.Open(), 0)
	})
	for name, chip := range map[string]bool{"that of the Connection": false, "the chip of the Connection": true} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := &seal{}
			peer := each(t, moved(302, "https://other.test/y"), noContent)
			args := &zreq.Args{Driver: peer, TLS: s}
			board := &chipDriver{Driver: peer}
			if chip {
				args = &zreq.Args{Driver: board}
			}
			conn, err := zreq.Connect(context.Background(), secure, args)
			is.NoErr(err)
			before := netdriver.DefaultTLS()
			netdriver.SetTLS(&seal{fail: errCable})
			defer netdriver.SetTLS(before)
			_, err = zreq.Get(context.Background(), secure, &zreq.Args{Connection: conn})
			is.NoErr(err)
			is.Equal(append(s.names, board.names...), []string{"device.test", "other.test"})
			is.Equal(peer.Addresses(), []string{"device.test:443", "other.test:443"}) // by its driver
			is.NoErr(conn.Close())
		})
	}
	t.Run("another than the Connection's", func(t *testing.T) {
		is := is.New(t)
		theirs, ours := &seal{}, &seal{}
		peer, other := each(t, moved(302, "https://device.test/y")), each(t, noContent)
		conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer, TLS: theirs})
		is.NoErr(err)
		_, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: conn, TLS: ours})
		is.True(errors.Is(err, zreq.ErrConnect)) // there is no second script
		is.Equal(len(theirs.names)+len(ours.names), 0)
		_, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: conn, Driver: other})
		is.True(errors.Is(err, zreq.ErrOtherOrigin)) // which holds for the first request
		is.NoErr(conn.Close())
	})
}

// TestRedirectStorm: however many hops a call makes, one connection is open at a
// time and none is left.
func TestRedirectStorm(t *testing.T) {
	is := is.New(t)
	const hops = 300
	var scripts [][]zreqtest.Step
	for i := range hops {
		location := fmt.Sprintf("//%d.test/%d", i, i)
		answer := moved(307, location)
		switch i % 4 {
		case 1:
			answer = "HTTP/1.0 302 Found\r\nLocation: " + location + "\r\n\r\nhere"
		case 2:
			answer = "HTTP/1.1 308 Found\r\nLocation: " + location + "\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks(numbered(3000))
		case 3:
			answer = "HTTP/1.1 301 Found\r\nLocation: " + location + "\r\nContent-Length: 9999\r\n\r\nhere"
		}
		step := answering(answer)
		if i%4 == 1 {
			step = append(step, zreqtest.Close())
		}
		scripts = append(scripts, step)
	}
	peer := zreqtest.NewPeer(t, append(scripts, answering(byLength("hi")))...)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	resp, err := zreq.Put(ctx, site, &zreq.Args{
		Driver: memnet.Bare(peer), MaxRedirects: hops, Headers: asks(), Body: strings.NewReader("hello"), Timeouts: zreq.Timeouts{Head: time.Minute},
		OnRedirect: func(*zreq.Response, string) error {
			is.Equal(peer.Open(), 1)
			return nil
		},
	})
	is.NoErr(err)
	is.Equal(len(resp.History()), hops)
	is.Equal(len(peer.Requests()), hops+1)
	is.Equal(peer.Open(), 1)
	is.NoErr(resp.Connection.Close())
	is.Equal(peer.Open(), 0)
}
