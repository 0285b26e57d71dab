package zreq_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
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

// kept is args with a connection to the peer that has been used once.
func kept(is *is.I, args zreq.Args) zreq.Args {
	is.Helper()
	args.Headers = asks()
	resp, err := zreq.Get(context.Background(), site, &args)
	is.NoErr(err)
	args.Connection = resp.Connection
	return args
}

// TestKeptConnectionWhileTheBodyIsRead: reading the first piece of a body may
// take long, and what the peer does meanwhile is before the request: no answer to
// it, and no reason not to dial again.
func TestKeptConnectionWhileTheBodyIsRead(t *testing.T) {
	for name, does := range map[string]zreqtest.Step{
		"it says something": zreqtest.Send(byLength("installed")),
		"it gives up":       zreqtest.Send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"),
		"it leaves":         zreqtest.CloseWrite(),
	} {
		for driver, bare := range map[string]bool{"looking": false, "bare": true} {
			for size, body := range map[string]string{"small": "hello", "large": numbered(100_000)} {
				t.Run(name+"/"+driver+"/"+size, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						is := is.New(t)
						script := append(answering(noContent), zreqtest.Pause(time.Second), does, zreqtest.Discard())
						peer := zreqtest.NewPeer(t, script, answering(byLength("stored")))
						args := zreq.Args{Driver: peer}
						if bare {
							args.Driver = memnet.Bare(peer)
						}
						args = kept(is, args)
						args.Body = &watched{strings.NewReader(body), func() { time.Sleep(5 * time.Second) }}
						resp, err := zreq.Post(context.Background(), site, &args)
						is.NoErr(err)
						is.Equal(content(is, resp), "stored") // by who got the request
						is.Equal(peer.Dials(), 2)
						is.True(strings.HasSuffix(peer.Requests()[1], body)) // whole
					})
				})
			}
		}
	}
}

// trickling is a sized body that gives a byte a second.
type trickled struct{ left int64 }

func (b *trickled) Size() int64 { return 4000 }

func (b *trickled) Read(p []byte) (int, error) {
	if b.left == b.Size() {
		return 0, io.EOF
	}
	time.Sleep(time.Second)
	b.left++
	p[0] = 'x'
	return 1, nil
}

// TestTricklingBody: a body that comes slowly does not make the call deaf.
func TestTricklingBody(t *testing.T) {
	t.Run("to the context", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			defer cancel()
			began := time.Now()
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Discard()})
			_, err := zreq.Put(ctx, site, &zreq.Args{Driver: peer, Body: new(trickled)})
			is.True(errors.Is(err, context.DeadlineExceeded))
			is.True(time.Since(began) <= 3*time.Second)
		})
	})
	t.Run("to the peer", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			began := time.Now()
			script := []zreqtest.Step{zreqtest.Head(), zreqtest.Pause(2 * time.Second), zreqtest.Send(page(413, "no")), zreqtest.Hold()}
			resp, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: zreqtest.NewPeer(t, script), Body: new(trickled)})
			is.NoErr(err)
			is.Equal(resp.Status, 413)
			is.True(time.Since(began) <= 4*time.Second)
		})
	})
}

// TestEarlyAnswerInPieces: where a read gives a byte, as a look through TLS makes
// it, an answer that has come is still read at once.
func TestEarlyAnswerInPieces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{
			zreqtest.Fault(memnet.Faults{ReadBytes: 1}), zreqtest.Head(), zreqtest.Send(page(413, "no")), zreqtest.Pause(time.Second), zreqtest.Discard(),
		})
		body := bytes.NewReader(make([]byte, 1<<20))
		resp, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: peer, Body: body})
		is.NoErr(err)
		is.Equal(resp.Status, 413)
		is.True(body.Len() > 1<<20-200_000) // all but what fits between the two
	})
}

// TestEarlySuccessOfABareDriver: a success that came before the body had left is
// told from one that waited for it, also where nobody can look.
func TestEarlySuccessOfABareDriver(t *testing.T) {
	for name, late := range map[string]bool{"early": false, "late": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				script := []zreqtest.Step{zreqtest.Head(), zreqtest.Send(byLength("stored")), zreqtest.Pause(time.Second), zreqtest.Read(1 << 20), zreqtest.Discard()}
				if late {
					script = append(answering(byLength("stored")), zreqtest.Discard())
				}
				peer := zreqtest.NewPeer(t, script)
				began := time.Now()
				resp, err := zreq.Put(context.Background(), site, &zreq.Args{
					Driver: memnet.Bare(peer), Headers: asks(), Body: bytes.NewReader(make([]byte, 1<<20)),
				})
				is.NoErr(err)
				is.Equal(content(is, resp), "stored")
				is.Equal(resp.CloseReason() == zreq.CloseUnsent, !late)
				is.True(!late || time.Since(began) <= 2*time.Millisecond) // a look takes no longer
			})
		})
	}
}

// TestEarlyAnswerUntilClose: an early answer that ends with the connection, on
// which nothing failed, is an answer like others.
func TestEarlyAnswerUntilClose(t *testing.T) {
	for name, expect := range map[string]bool{"asked": true, "not asked": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, []zreqtest.Step{
					zreqtest.Head(), zreqtest.Send("HTTP/1.0 413 Too Large\r\n\r\ntoo large"), zreqtest.CloseWrite(), zreqtest.Discard(),
				})
				resp, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: peer, Body: bytes.NewReader(make([]byte, 1<<20)), Expect100: expect})
				is.NoErr(err)
				is.Equal(content(is, resp), "too large")
				is.True(!resp.Complete()) // nothing proves its end
			})
		})
	}
}

// TestWriteLimitIsNotLate: also when a piece of an answer has come, which does
// not go on.
func TestWriteLimitIsNotLate(t *testing.T) {
	for name, tls := range map[string]netdriver.TLS{"sliced": nil, "whole": openSeal{}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				peer := zreqtest.NewPeer(t, []zreqtest.Step{
					zreqtest.Head(), zreqtest.Pause(900 * time.Millisecond), zreqtest.Drip(hint+"HTTP/1.1 200 O", 3*time.Millisecond), zreqtest.Hold(),
				})
				url := site
				if tls != nil {
					url = secure
				}
				limits := zreq.Timeouts{Write: time.Second}
				untilTimeout(t, zreq.PhaseSend, limits, func(ctx context.Context) error {
					_, err := zreq.Put(ctx, url, &zreq.Args{Driver: peer, TLS: tls, Timeouts: limits, Body: bytes.NewReader(make([]byte, 1<<20))})
					return err
				})
			})
		})
	}
}

// TestSlowReadIsNotAStuckWrite: what a body takes to be read is no time of the
// peer's.
func TestSlowReadIsNotAStuckWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Pause(60 * time.Second), zreqtest.Read(200_000), zreqtest.Send(noContent)})
		body := &sender{Reader: bytes.NewReader(make([]byte, 200_000)), calls: 0, stop: 12}
		_, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: peer, Body: slowly{body}})
		is.NoErr(err) // it took no more than 30 s at any time
	})
}

// slowly is a sender whose Read is slow once it no longer sends itself.
type slowly struct{ *sender }

func (s slowly) Read(p []byte) (int, error) {
	if s.calls >= s.stop {
		time.Sleep(40 * time.Second)
		s.stop = 1 << 30
	}
	return s.sender.Read(p)
}

// milliseconds dials connections that know whole milliseconds only.
type milliseconds struct{ netdriver.Driver }

type millisecondsConn struct{ *memnet.Conn }

func (d milliseconds) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return millisecondsConn{c.(*memnet.Conn)}, nil
}

func (c millisecondsConn) SetDeadline(t time.Time) error {
	if !t.IsZero() {
		t = time.Now().Add(time.Until(t).Truncate(time.Millisecond))
	}
	return c.Conn.SetDeadline(t)
}

func TestCoarseClock(t *testing.T) {
	for name, expect := range map[string]bool{"asked": true, "not asked": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Pause(5 * time.Second), zreqtest.Read(1 << 20), zreqtest.Send(noContent)})
				_, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: milliseconds{peer}, Body: bytes.NewReader(make([]byte, 1<<20)), Expect100: expect})
				is.NoErr(err) // a slice that ends early is still one of ours
			})
		})
	}
}

// TestNoCauseIsEOF: io.EOF says that all is well, whoever returns it. Only a
// connection that ends before a response has it (TestNoAnswerIsEOF).
func TestNoCauseIsEOF(t *testing.T) {
	peer := zreqtest.NewPeer(t)
	for name, args := range map[string]zreq.Args{
		"dial":   {Driver: endingDriver{}},
		"rewind": {Driver: peer, Body: endingBody{}},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			_, err := zreq.Put(context.Background(), site, &args)
			is.True(err != nil)
			is.True(!errors.Is(err, io.EOF))
			is.True(errors.Is(err, io.ErrUnexpectedEOF))
		})
	}
}

// TestOwnEOFStays: an error of the caller's, whatever it is, comes back as it was.
func TestOwnEOFStays(t *testing.T) {
	end := func([]byte) error { return io.EOF }
	for name, args := range map[string]zreq.Args{
		"callback": {StreamCallback: end},
		"OnHead":   {OnHead: func(*zreq.Response) error { return io.EOF }},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			args.Driver = ends(t, byLength("some words"))
			_, err := zreq.Get(context.Background(), site, &args)
			is.True(errors.Is(err, io.EOF))
		})
	}
	t.Run("cause", func(t *testing.T) {
		is := is.New(t)
		ctx, cancel := context.WithCancelCause(context.Background())
		cancel(io.EOF)
		_, err := zreq.Get(ctx, site, &zreq.Args{Driver: zreqtest.NewPeer(t)})
		is.True(errors.Is(err, io.EOF))
	})
}

type endingDriver struct{}

func (endingDriver) Dial(context.Context, string, string) (netdriver.Conn, error) { return nil, io.EOF }

type endingBody struct{ io.Reader }

func (endingBody) Rewind() error { return io.EOF }

// TestSlowSenderIsNotAStuckWrite: what SendTo does after a write that moved
// something is no time of the peer's, even if the write's deadline passed.
func TestSlowSenderIsNotAStuckWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, answering(noContent))
		body := &sender{Reader: bytes.NewReader(make([]byte, 100_000)), count: func(n int64) int64 {
			time.Sleep(40 * time.Second)
			return n
		}, err: os.ErrDeadlineExceeded}
		_, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: peer, Body: body})
		is.NoErr(err)
	})
}
