package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// deaths are the ways in which a kept connection dies with a request.
var deaths = map[string][]zreqtest.Step{
	"end":           {zreqtest.Request(), zreqtest.Close()},
	"half-close":    {zreqtest.Request(), zreqtest.CloseWrite()},
	"reset":         {zreqtest.Request(), zreqtest.Reset()},
	"a 408":         {zreqtest.Request(), zreqtest.Send(idle408)},
	"a 408 and end": {zreqtest.Request(), zreqtest.Send("HTTP/1.1 408 X\r\nConnection: close\r\n\r\n"), zreqtest.Close()},
}

// stalely is a Session with a connection that dies so with the next request; rest are
// the connections after it.
func stalely(t *testing.T, death []zreqtest.Step, rest ...[]zreqtest.Step) (*zreq.Session, *zreqtest.Peer) {
	peer := zreqtest.NewPeer(t, append([][]zreqtest.Step{append(answering(byLength("first")), death...)}, rest...)...)
	s := &zreq.Session{Driver: peer}
	t.Cleanup(func() { _ = s.Close() })
	if _, err := s.Get(context.Background(), site, nil); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return s, peer
}

// TestStaleIsReplaced: such a connection is replaced at once, for nothing, whatever is
// left of attempts and budget.
func TestStaleIsReplaced(t *testing.T) {
	for name, death := range deaths {
		for policy, args := range map[string]zreq.Args{
			"default": {}, "one attempt": {Retry: zreq.Retry{Attempts: 1}}, "none": {Retry: zreq.Retry{Attempts: -5}},
			"no time": {Retry: zreq.Retry{Time: 1, Wait: time.Hour, MaxWait: time.Hour}},
		} {
			for _, budget := range []int{0, -1, 1} {
				t.Run(fmt.Sprint(name, "/", policy, "/", budget), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						is := is.New(t)
						s, peer := stalely(t, death, answering(byLength("again")))
						s.RetryBudget = budget
						log := &tracer{}
						args.Trace = log
						began := time.Now()
						resp, err := s.Get(context.Background(), site, &args)
						is.NoErr(err)
						is.Equal(content(is, resp), "again")
						is.Equal(time.Since(began), time.Duration(0))
						is.Equal(peer.Dials(), 2)
						stats := s.Stats()
						is.Equal(stats.Stale, int64(1))
						is.Equal(stats.Retried, int64(0))
						is.Equal(log.count(zreq.EventStale), 1)
						is.Equal(log.count(zreq.EventRetry), 0)
						is.Equal(log.of(zreq.EventDone)[0].Attempt, 1) // it is no new one
					})
				})
			}
		}
	}
}

// TestStaleOnce: where the replacement fails, too, that is a failure like any other.
func TestStaleOnce(t *testing.T) {
	for name, death := range deaths {
		for policy, attempts := range map[string]int{"default": 0, "three": 3, "one": 1} {
			t.Run(name+"/"+policy, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					cut := []zreqtest.Step{zreqtest.Request(), zreqtest.Reset()}
					s, peer := stalely(t, death, cut, cut, cut, cut, cut, cut)
					_, err := s.Get(context.Background(), site, &zreq.Args{Retry: zreq.Retry{Attempts: attempts}})
					want := map[string]int{"default": 4, "three": 3, "one": 1}[policy]
					is.Equal(peer.Dials(), 2+want-1)
					is.Equal(failure(is, err).Attempt, want)
					is.True(errors.Is(err, zreq.ErrConnect))
					is.True(!errors.Is(err, zreq.ErrStale)) // the last one was new
					is.Equal(errors.Is(err, zreq.ErrOutOfRetries), want > 1)
					var out *zreq.OutOfRetries
					if errors.As(err, &out) {
						is.Equal(len(out.Attempts), 1+want)                    // that which cost nothing is among them
						is.True(errors.Is(out.Attempts[0].Err, zreq.ErrStale)) // also that of a 408
						is.Equal(out.Attempts[0].Wait, time.Duration(0))
					}
					is.Equal(s.Stats().Retried, int64(want-1))
					is.Equal(peer.Open(), 0)
				})
			})
		}
	}
}

// TestStaleTwice: a second kept connection that dies in the same call costs an attempt.
func TestStaleTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		dies := append(answering(byLength("first")), deaths["reset"]...)
		third := []zreqtest.Step{zreqtest.Request(), zreqtest.Reset()}
		peer := zreqtest.NewPeer(t, dies, dies, third, answering(byLength("good")))
		s := &zreq.Session{Driver: peer}
		defer s.Close()
		a, err := s.Get(context.Background(), site, &zreq.Args{Stream: true})
		is.NoErr(err)
		b, err := s.Get(context.Background(), site, &zreq.Args{Stream: true})
		is.NoErr(err)
		_, _ = a.Content()
		_, _ = b.Content()
		is.Equal(s.Stats().Idle, 2)
		resp, err := s.Get(context.Background(), site, nil) // stale, replaced: reset, then the other kept one: reset
		is.NoErr(err)
		is.Equal(content(is, resp), "good")
		is.Equal(s.Stats().Stale, int64(1))
		is.Equal(s.Stats().Retried, int64(2))
	})
}

// testStaleOfAPost: a POST whose connection died with it is not sent again, and says
// why; one that is marked is.
func testStaleOfAPost(t *testing.T) {
	for name, death := range deaths {
		for _, marked := range []bool{false, true} {
			t.Run(fmt.Sprint(name, "/", marked), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					s, peer := stalely(t, death, answering(byLength("again")))
					resp, err := s.Post(context.Background(), site, &zreq.Args{Idempotent: marked, Body: strings.NewReader("hello")})
					if marked {
						is.NoErr(err)
						is.Equal(content(is, resp), "again")
						return
					}
					is.Equal(len(peer.Requests()), 2) // the first call, and this once
					if strings.HasPrefix(name, "a 408") {
						is.NoErr(err)
						is.Equal(resp.Status, 408) // the body was sent: it is the answer to that
						return
					}
					is.True(errors.Is(err, zreq.ErrStale))
					is.True(!errors.Is(err, zreq.ErrOutOfRetries))
					is.True(!zreq.SafeToRetry(err))
					is.True(resp == nil)
					is.Equal(peer.Open(), 0)
				})
			})
		}
	}
}

// TestStaleIsOnlyWhatWasKept: the second request of a call, after a redirect or a
// challenge, finds a dead connection like any other.
func TestStaleAfterARedirect(t *testing.T) {
	for name, first := range map[string]string{"redirect": moved(302, "/y"), "challenge": challenged("New")} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				script := append(answering(first), zreqtest.Request(), zreqtest.Reset())
				rest := answering(byLength("good"))
				if name == "challenge" {
					rest = answering(first, byLength("good"))
				}
				peer := zreqtest.NewPeer(t, script, rest)
				s := &zreq.Session{Driver: peer}
				defer s.Close()
				resp, err := s.Get(context.Background(), site, &zreq.Args{Auth: answerer()})
				is.NoErr(err)
				is.Equal(content(is, resp), "good")
				is.Equal(s.Stats().Stale, int64(1))
				is.Equal(s.Stats().Retried, int64(0))
				is.Equal(len(resp.History()), map[string]int{"redirect": 1}[name])
			})
		})
	}
}

// uncleanDriver is a driver whose connections tell every end as one that nothing
// proves, as TLS does where there was no close_notify.
type uncleanDriver struct{ netdriver.Driver }

type uncleanConn struct{ netdriver.Conn }

func (d uncleanDriver) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	return uncleanConn{c}, err
}

func (c uncleanConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// TestNoAnswerIsEOF: a server that closes before a response begins leaves io.EOF
// in the chain, and the word in the text, because that is what those who retry look
// for; in every mode.
func TestNoAnswerIsEOF(t *testing.T) {
	closes := []zreqtest.Step{zreqtest.Request(), zreqtest.Close()}
	for mode, args := range map[string]zreq.Args{
		"buffered": {}, "callback": {StreamCallback: new(sink).take}, "Stream": {Stream: true},
		"with a body": {Body: strings.NewReader("hello")},
	} {
		for end, wrap := range map[string]func(netdriver.Driver) netdriver.Driver{
			"clean":   func(d netdriver.Driver) netdriver.Driver { return d },
			"unclean": func(d netdriver.Driver) netdriver.Driver { return uncleanDriver{d} },
		} {
			t.Run(mode+"/"+end, func(t *testing.T) {
				is := is.New(t)
				own := args
				own.Driver = wrap(zreqtest.NewPeer(t, closes))
				resp, err := zreq.Post(context.Background(), site, &own)
				is.True(resp == nil)
				noAnswer(is, err, zreq.ErrConnect)
			})
			t.Run(mode+"/"+end+"/kept", func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, append(answering(byLength("first")), closes...))
				s := &zreq.Session{Driver: wrap(peer)}
				defer s.Close()
				_, err := s.Get(context.Background(), site, nil)
				is.NoErr(err)
				resp, err := s.Post(context.Background(), site, &args)
				is.True(resp == nil)
				noAnswer(is, err, zreq.ErrStale)
			})
		}
	}
}

func noAnswer(is *is.I, err, kind error) {
	is.Helper()
	is.True(errors.Is(err, io.EOF))                // the idiom of those who retry
	is.True(!errors.Is(err, io.ErrUnexpectedEOF))  // nothing had begun that could be cut
	is.True(strings.HasSuffix(err.Error(), "EOF")) // some read the text
	is.True(errors.Is(err, kind))                  // and the kind is told
	is.True(!zreq.SafeToRetry(err))                // the request went out
}

// TestCutIsNeverEOF: of a response that has begun, io.EOF would be a good end.
func TestCutIsNeverEOF(t *testing.T) {
	for name, answer := range map[string]string{
		"length":    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
		"chunk":     chunkedHead + "9\r\nhello",
		"head":      "HTTP/1.1 200 OK\r\nContent-Le",
		"after 100": "HTTP/1.1 100 Go\r\n\r\n",
	} {
		for mode, stream := range map[string]bool{"buffered": false, "Stream": true} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				is := is.New(t)
				resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: ends(t, answer), Stream: stream})
				if err == nil {
					_, err = io.ReadAll(resp)
				}
				is.True(errors.Is(err, zreq.ErrTruncated))
				is.True(!errors.Is(err, io.EOF))
				is.True(errors.Is(err, io.ErrUnexpectedEOF))
			})
		}
	}
}

// TestErrorIsANetError: libraries ask an error for net.Error by a type assertion.
func TestErrorIsANetError(t *testing.T) {
	for name, tt := range map[string]struct {
		cause              error
		timeout, temporary bool
	}{
		"refused":      {&net.OpError{Op: "dial", Err: &os.SyscallError{Syscall: "connect", Err: syscall.ECONNREFUSED}}, false, false},
		"out of files": {&net.OpError{Op: "dial", Err: &os.SyscallError{Syscall: "socket", Err: syscall.EMFILE}}, false, true},
		"deadline":     {os.ErrDeadlineExceeded, true, true},
		"context":      {context.DeadlineExceeded, true, true},
		"cancelled":    {context.Canceled, false, false},
		"no such host": {&net.DNSError{IsNotFound: true}, false, false},
		"servfail":     {&net.DNSError{IsTemporary: true}, false, true},
		"its own":      {errCable, false, false},
		"only a limit": {tooLate{}, true, true}, // which does not call itself temporary
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			e, ok := error(&zreq.Error{Err: tt.cause}).(net.Error)
			is.True(ok)
			is.Equal(e.Timeout(), tt.timeout)
			//lint:ignore SA1019 old programs ask for it
			is.Equal(e.Temporary(), tt.temporary)
		})
	}
	t.Run("of a call", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request()})
		_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Timeouts: zreq.Timeouts{Head: 10 * time.Millisecond}})
		e, ok := err.(net.Error)
		is.True(ok)
		//lint:ignore SA1019 old programs ask for it
		is.True(e.Timeout() && e.Temporary()) // a limit of Timeouts is both, as in net/http
	})
}

// TestResetAfterAHint: a kept connection on which a 1xx came was alive.
func TestResetAfterAHint(t *testing.T) {
	for name, over := range drivers {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, append(answering(byLength("hi")), zreqtest.Head(), zreqtest.Send(goOn), zreqtest.Read(1000), zreqtest.Reset()))
			conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: over(peer)})
			is.NoErr(err)
			_, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
			is.NoErr(err)
			_, err = zreq.Put(context.Background(), site, &zreq.Args{
				Connection: conn, Expect100: true, Body: strings.NewReader(numbered(1 << 20)),
			})
			is.True(err != nil)
			is.True(!errors.Is(err, zreq.ErrStale))
		})
	}
}

// TestStaleBeforeTheFirstByte: a kept connection that takes not one byte is a dead
// one, and is told and counted as such.
func TestStaleBeforeTheFirstByte(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, answering(byLength("first")), answering(byLength("second")))
		dying := &dyingDriver{Driver: memnet.Bare(peer)}
		log := &tracer{}
		s := &zreq.Session{Driver: dying, Trace: log}
		defer s.Close()
		_, err := s.Get(context.Background(), site, nil)
		is.NoErr(err)
		dying.dead = true
		log.events = nil
		_, err = s.Post(context.Background(), site, nil)
		is.NoErr(err)
		is.Equal(peer.Dials(), 2)
		is.Equal(log.count(zreq.EventStale), 1) // it was closed, and nobody was told
		is.Equal(s.Stats().Stale, int64(1))
		is.Equal(s.Stats().Reused, int64(0)) // nothing went out over it
	})
}
