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

// testReuseAfterDeath: a connection that died while it was idle, or on which
// bytes lie that nobody asked for, is dialled again in place, and nothing that
// was there before the request is taken for its answer.
func testReuseAfterDeath(t *testing.T) {
	for name, end := range map[string][]zreqtest.Step{
		"end":                  {zreqtest.Close()},
		"half-close":           {zreqtest.CloseWrite()},
		"reset":                {zreqtest.Reset()},
		"a second response":    {zreqtest.Send(byLength("not asked"))},
		"a 408":                {zreqtest.Send(page(408, "late"))},
		"a 408 and the end":    {zreqtest.Send(page(408, "late")), zreqtest.Close()},
		"one byte":             {zreqtest.Send("\n")},
		"a response and a end": {zreqtest.Send(byLength("not asked")), zreqtest.CloseWrite()},
		"empty reads before":   {zreqtest.Fault(memnet.Faults{EmptyReads: 3}), zreqtest.Send(byLength("not asked"))},
	} {
		for _, bare := range []bool{true, false} {
			t.Run(fmt.Sprint(name, "/bare ", bare), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					first := append(answering(byLength("first")), zreqtest.Pause(time.Second))
					peer := zreqtest.NewPeer(t, append(first, end...), answering(byLength("second")))
					resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: seen(peer, bare), Headers: asks()})
					is.NoErr(err)
					time.Sleep(2 * time.Second) // until it is there
					conn := resp.Connection
					resp, err = zreq.Post(context.Background(), site, &zreq.Args{Connection: conn})
					is.NoErr(err)                         // any verb may be sent: nothing was
					is.Equal(content(is, resp), "second") // the answer to this request
					is.Equal(conn.Dials(), 2)
					is.Equal(len(peer.Requests()), 2) // nothing went out on the dead one
					is.NoErr(conn.Close())
					is.Equal(peer.Open(), 0)
				})
			})
		}
	}
}

// seen is the peer as a driver that can look at its connections, or cannot.
func seen(peer *zreqtest.Peer, bare bool) netdriver.Driver {
	if bare {
		return memnet.Bare(peer)
	}
	return peer
}

// TestReuseWithoutALook: over a driver that cannot look, each call of several has
// its own answer, whatever comes between them, and silence costs no connection.
func TestReuseWithoutALook(t *testing.T) {
	want := []string{"one", "two", "three"}
	var strays [][]zreqtest.Step
	for _, body := range want {
		strays = append(strays, append(answering(byLength(body)), zreqtest.Pause(time.Second), zreqtest.Send(byLength("not asked"))))
	}
	for name, scripts := range map[string][][]zreqtest.Step{
		"silence": {answering(byLength("one"), byLength("two"), byLength("three"))},
		"strays":  strays,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, scripts...)
				args := &zreq.Args{Driver: memnet.Bare(peer), Headers: asks()}
				for _, body := range want {
					resp, err := zreq.Get(context.Background(), site, args)
					is.NoErr(err)
					is.Equal(content(is, resp), body) // each has its own answer
					args.Connection = resp.Connection
					time.Sleep(2 * time.Second)
				}
				is.Equal(peer.Dials(), len(scripts)) // silence is reused, a stray is not
				is.NoErr(args.Connection.Close())
				is.Equal(peer.Open(), 0)
			})
		})
	}
}

// testReuseStale: where the death comes with the request, it is ErrStale: the
// peer may have acted on it.
func testReuseStale(t *testing.T) {
	for name, end := range map[string][]zreqtest.Step{
		"end":   {zreqtest.Request(), zreqtest.Close()},
		"reset": {zreqtest.Request(), zreqtest.Reset()},
		"a 408": {zreqtest.Request(), zreqtest.Send(idle408)},
	} {
		for _, bare := range []bool{true, false} {
			t.Run(fmt.Sprint(name, "/bare ", bare), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					peer := zreqtest.NewPeer(t, append(answering(byLength("first")), end...), answering(byLength("again")))
					resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: seen(peer, bare), Headers: asks()})
					is.NoErr(err)
					conn := resp.Connection
					synctest.Wait()
					resp, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
					is.True(errors.Is(err, zreq.ErrStale)) // it died after the request went out
					is.True(!errors.Is(err, zreq.ErrConnect))
					is.True(failure(is, err).Sent > 0)
					is.True(!zreq.SafeToRetry(err))
					is.Equal(resp != nil, name == "a 408")
					is.Equal(peer.Dials(), 1) // and nothing is repeated behind the caller's back
					is.Equal(peer.Open(), 0)
					resp, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
					is.NoErr(err) // the next call dials
					is.Equal(content(is, resp), "again")
					is.NoErr(conn.Close())
				})
			})
		}
	}
	t.Run("a 408 on a fresh connection", func(t *testing.T) {
		is := is.New(t)
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, page(408, "slow"))})
		is.NoErr(err) // is a response like any other
		is.Equal(resp.Status, 408)
	})
	t.Run("the write fails and nothing was sent", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, answering(byLength("first")), answering(byLength("second")))
		dying := &dyingDriver{Driver: peer}
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: dying, Headers: asks()})
		is.NoErr(err)
		dying.dead = true
		resp, err = zreq.Post(context.Background(), site, &zreq.Args{Connection: resp.Connection})
		is.NoErr(err) // it is replaced
		is.Equal(content(is, resp), "second")
		is.Equal(resp.Connection.Dials(), 2)
		is.NoErr(resp.Connection.Close())
		is.Equal(peer.Open(), 0) // and the dead one is closed
	})
	t.Run("the write fails and so does the dial", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, answering(byLength("first")), []zreqtest.Step{zreqtest.Refuse()})
		dying := &dyingDriver{Driver: peer}
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: dying, Headers: asks()})
		is.NoErr(err)
		dying.dead = true
		_, err = zreq.Post(context.Background(), site, &zreq.Args{Connection: resp.Connection})
		is.True(errors.Is(err, zreq.ErrConnect))
		is.True(!errors.Is(err, zreq.ErrStale)) // nothing had been sent
		is.Equal(failure(is, err).Phase, zreq.PhaseDial)
		is.True(zreq.SafeToRetry(err))
		is.Equal(peer.Open(), 0)
	})
	t.Run("the write fails half way", func(t *testing.T) {
		is := is.New(t)
		reset := zreqtest.Fault(memnet.Faults{ResetWriteAfter: 10})
		first := append(answering(byLength("first")), reset)
		peer := zreqtest.NewPeer(t, first)
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks()})
		is.NoErr(err)
		peer.Wait()
		_, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: resp.Connection})
		is.True(errors.Is(err, zreq.ErrStale))
		is.True(errors.Is(err, memnet.ErrReset))
		is.Equal(failure(is, err).Sent, int64(10)) // what may have left
		is.True(!zreq.SafeToRetry(err))
		is.Equal(peer.Open(), 0)
	})
}

// testReuseUnasked: bytes that come before the first request on a fresh
// connection are no answer to it.
func testReuseUnasked(t *testing.T) {
	for _, callback := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Send(byLength("not asked")), zreqtest.Request()})
			args := &zreq.Args{Driver: &slowDriver{peer}}
			if callback {
				args.StreamCallback = func([]byte) error { panic("called") }
			}
			resp, err := zreq.Get(context.Background(), site, args)
			is.True(resp == nil)
			is.True(errors.Is(err, zreq.ErrResponse)) // the peer does not speak HTTP
			is.Equal(failure(is, err).Sent, int64(0)) // nothing was sent to it
			is.Equal(len(peer.Requests()), 0)
			is.Equal(peer.Open(), 0)
		})
	}
	t.Run("told in the driver's words", func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, noContent)
		driver := newTripwire(peer)
		driver.before = func(op string) error {
			if op == "check" {
				return fmt.Errorf("chip 7: %w", netdriver.ErrUnread)
			}
			return nil
		}
		_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: driver})
		is.True(errors.Is(err, zreq.ErrResponse)) // an error is known by errors.Is
		is.Equal(failure(is, err).Sent, int64(0))
		is.Equal(peer.Open(), 0)
	})
}

// slowDriver gives the peer time to speak first.
type slowDriver struct{ netdriver.Driver }

func (d *slowDriver) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	time.Sleep(time.Second)
	return c, err
}

// TestRequestTimeout: a 408 is the answer, like any other, unless the server said it as
// it gave up on an idle connection (RFC 9110, 15.5.9): one that has carried a response,
// with nothing of a body sent, and that the server closes.
func TestRequestTimeout(t *testing.T) {
	slow := strings.Replace(idle408, "late", "slow", 1)
	open := strings.Replace(slow, "Connection: close\r\n", "", 1)
	for name, tt := range map[string]struct {
		answer string
		fresh  bool   // the connection has not carried a response
		body   string // "": none
		stale  bool
	}{
		"idle":                          {answer: slow, stale: true},
		"idle, of HTTP/1.0":             {answer: strings.Replace(slow, "1.1", "1.0", 1), stale: true},
		"the first request":             {answer: slow, fresh: true},
		"the first upload":              {answer: slow, fresh: true, body: numbered(1 << 20)},
		"a small body was sent":         {answer: slow, body: "hello"},
		"a part of a large body was":    {answer: slow, body: numbered(1 << 20)},
		"the server stays":              {answer: open},
		"the server stays, with a body": {answer: open, body: "hello"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				script := []zreqtest.Step{zreqtest.Head(), zreqtest.Send(tt.answer), zreqtest.Hold()}
				if !tt.fresh {
					script = append(answering(noContent), script...)
				}
				conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: zreqtest.NewPeer(t, script)})
				is.NoErr(err)
				defer conn.Close()
				args := &zreq.Args{Connection: conn}
				if !tt.fresh {
					_, err = zreq.Get(context.Background(), site, args)
					is.NoErr(err)
				}
				if tt.body != "" {
					args.Body = strings.NewReader(tt.body)
				}
				resp, err := zreq.Put(context.Background(), site, args)
				is.Equal(resp.Status, 408)
				is.Equal(errors.Is(err, zreq.ErrStale), tt.stale)
				is.Equal(err != nil, tt.stale)
				if !tt.stale {
					is.Equal(content(is, resp), "slow")
				}
			})
		})
	}
}

// TestRequestTimeoutOfASession: the answer to a body costs an attempt. That of an idle
// connection costs none, but is not made up of nothing: it is ErrStale.
func TestRequestTimeoutOfASession(t *testing.T) {
	for name, tt := range map[string]struct {
		attempts int
		body     string
		requests int // after the first
		status   int
	}{
		"a body, one attempt":  {1, "hello", 1, 408},
		"a body, two attempts": {2, "hello", 2, 408},
		"idle, one attempt":    {1, "", 2, 408},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, answering(noContent, idle408), answering(idle408), answering(idle408))
				log := new(tracer)
				s := &zreq.Session{Driver: peer, Retry: zreq.Retry{Attempts: tt.attempts}, Trace: log}
				defer s.Close()
				_, err := s.Get(context.Background(), site, nil)
				is.NoErr(err)
				args := &zreq.Args{Timeouts: zreq.Timeouts{Head: time.Second}}
				if tt.body != "" {
					args.Body = strings.NewReader(tt.body)
				}
				resp, err := s.Put(context.Background(), site, args)
				is.Equal(errors.Is(err, zreq.ErrOutOfRetries), tt.attempts > 1)
				is.Equal(resp.Status, tt.status)
				is.Equal(len(peer.Requests())-1, tt.requests)
				for _, e := range log.of(zreq.EventStale) {
					is.True(errors.Is(e.Err, zreq.ErrStale)) // the replaced one says why
				}
			})
		})
	}
}
