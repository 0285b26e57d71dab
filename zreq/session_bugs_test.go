package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// exits are how a Trace, or another callback, can leave a call.
var exits = map[string]func(){"panic": func() { panic("!") }, "Goexit": runtime.Goexit}

// A Trace that panics, or calls Goexit, costs the Session no slot and nobody his turn.
func TestSessionTraceFails(t *testing.T) {
	const a, b = "http://a.test", "http://b.test"
	for how, fail := range exits {
		t.Run(how+"/waiting", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				s := &zreq.Session{Driver: echoing(t), Pool: zreq.PoolLimits{Open: 1}}
				defer s.Close()
				held := holding(t, s, a+"/1")
				perishes(func() { _, _ = s.Get(context.Background(), a+"/2", &zreq.Args{Trace: onEvent(zreq.EventWait, fail)}) })
				is.Equal(s.Stats().Waiting, 0) // who is gone waits no more
				is.NoErr(held.Close())
				ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
				defer cancel()
				_, err := s.Get(ctx, a+"/3", nil)
				is.NoErr(err) // and holds no slot
				balanced(is, s, 1, 1)
			})
		})
		t.Run(how+"/evicting for a call", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				armed := false
				s := &zreq.Session{Driver: echoing(t), Pool: zreq.PoolLimits{Open: 1}}
				s.Trace = traceFunc(func(e zreq.Event) {
					if armed && e.Kind == zreq.EventClose {
						armed = false
						fail()
					}
				})
				defer s.Close()
				named(is, s, a, "/1", nil)
				armed = true
				perishes(func() { _, _ = s.Get(context.Background(), b+"/2", nil) })
				is.True(!armed)       // it was told of the eviction
				balanced(is, s, 0, 0) // the slot of the call that failed is free
				ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
				defer cancel()
				_, err := s.Get(ctx, b+"/3", nil)
				is.NoErr(err)
			})
		})
		t.Run(how+"/closing the Session", func(t *testing.T) {
			is := is.New(t)
			var armed atomic.Bool
			s := &zreq.Session{Driver: echoing(t), Pool: zreq.PoolLimits{OpenPerOrigin: 1}}
			s.Trace = traceFunc(func(e zreq.Event) {
				if e.Kind == zreq.EventClose && e.Call == 0 && armed.CompareAndSwap(true, false) {
					fail()
				}
			})
			named(is, s, a, "/1", nil)
			held := holding(t, s, b+"/2")
			waited := make(chan error, 1)
			go func() {
				_, err := s.Get(context.Background(), b+"/3", nil)
				waited <- err
			}()
			waitFor(t, "a call that waits", func() bool { return s.Stats().Waiting == 1 })
			armed.Store(true)
			perishes(func() { _ = s.Close() })
			is.True(!armed.Load()) // it was told of the idle one
			select {
			case err := <-waited:
				is.True(errors.Is(err, zreq.ErrClosed)) // who waits is told
			case <-time.After(5 * time.Second):
				t.Error("who waits is told nothing")
			}
			_ = held.Close()
		})
		for _, kind := range []zreq.EventKind{zreq.EventDial, zreq.EventDialled, zreq.EventTLS, zreq.EventSecured, zreq.EventConn, zreq.EventSentHead, zreq.EventHead, zreq.EventBody, zreq.EventDone} {
			t.Run(fmt.Sprint(how, "/", kind), func(t *testing.T) {
				is := is.New(t)
				d := newCensus(echoing(t))
				t.Cleanup(d.closeAll)
				s := &zreq.Session{Driver: d, TLS: &seal{}, Pool: zreq.PoolLimits{Open: 1}}
				defer s.Close()
				perishes(func() {
					_, _ = s.Get(context.Background(), "https://a.test/1", &zreq.Args{Trace: onEvent(kind, fail)})
				})
				stats := s.Stats()
				open, _, _ := d.counts()
				is.Equal(open, stats.Open)       // no socket is forgotten
				is.Equal(stats.Open, stats.Idle) // and no slot
				named(is, s, "https://a.test", "/2", nil)
			})
		}
	}
}

// onEvent is a Trace that does something at the first event of a kind.
func onEvent(kind zreq.EventKind, do func()) zreq.Trace {
	return traceFunc(func(e zreq.Event) {
		if e.Kind == kind {
			do()
		}
	})
}

// A driver, or a TLS, that cannot be compared cannot be a key: that is an error, or
// works, and does not block who comes later.
func TestSessionUncomparable(t *testing.T) {
	is := is.New(t)
	n := echoing(t)
	s := new(zreq.Session)
	perishes(func() { _, _ = s.Get(context.Background(), site, &zreq.Args{Driver: uncomparable{Driver: n}}) })
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = s.Get(context.Background(), site, &zreq.Args{Driver: n})
	}()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("the Session is locked for ever")
	}
	_, err := s.Get(context.Background(), site, &zreq.Args{Driver: uncomparable{Driver: n}})
	is.True(err == nil || errors.Is(err, zreq.ErrRequest)) // and no panic
	is.NoErr(s.Close())
}

type uncomparable struct {
	netdriver.Driver
	_ []byte
}

// A connection that the pool gives up is closed before another is opened in its
// place, whoever opens that: a chip has no more.
func TestPoolOpenIsNeverExceeded(t *testing.T) {
	const a, b = "http://a.test", "http://b.test"
	for name, tt := range map[string]struct {
		pool    zreq.PoolLimits
		prepare int // idle connections to a
		late    time.Duration
		giveUp  func(s *zreq.Session)
	}{
		"CloseIdle": {zreq.PoolLimits{Open: 1}, 1, 0, func(s *zreq.Session) { s.CloseIdle() }},
		"expired":   {zreq.PoolLimits{Open: 2, IdleAge: time.Second}, 2, time.Minute, func(s *zreq.Session) { _, _ = s.Get(context.Background(), a+"/x", nil) }},
		"trimmed":   {zreq.PoolLimits{Open: 2, Idle: 1}, 2, 0, nil},
		"worn":      {zreq.PoolLimits{Open: 1, Requests: 1}, 1, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				d := newCensus(echoing(t))
				s := &zreq.Session{Driver: d, Pool: tt.pool}
				defer s.Close()
				var held []interface{ Close() error }
				for range tt.prepare {
					held = append(held, holding(t, s, a+"/1"))
				}
				closing := newGate()
				if tt.giveUp == nil {
					d.onClose = closing.pass
				}
				for _, h := range held {
					go func() { _ = h.Close() }()
					synctest.Wait()
				}
				time.Sleep(tt.late)
				d.onClose = closing.pass
				if tt.giveUp != nil {
					go tt.giveUp(s)
				}
				<-closing.came // a socket is being closed
				over := make(chan error)
				go func() {
					_, err := s.Get(context.Background(), b+"/2", nil)
					over <- err
				}()
				synctest.Wait()
				close(closing.opened)
				is.NoErr(<-over)
				synctest.Wait()
				_, most, _ := d.counts()
				is.True(most <= tt.pool.Open) // no more sockets than Open, ever
			})
		})
	}
}

// Requests counts requests, those of one call included, and those of one socket.
func TestPoolRequestsAreCounted(t *testing.T) {
	t.Run("of a call before", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, answering(moved(307, "/y"), byLength("y"), byLength("third")), answering(byLength("2")))
		s := &zreq.Session{Driver: peer, Retry: zreq.Retry{Attempts: 1}, Pool: zreq.PoolLimits{Requests: 2}}
		defer s.Close()
		for range 2 {
			_, err := s.Get(context.Background(), site, nil)
			is.NoErr(err) // two requests wear a connection, if they are of one call or not
		}
		is.Equal(peer.Dials(), 2)
	})
	t.Run("of one socket", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, append(answering(noContent), zreqtest.Close()), answering(noContent, noContent))
		s := &zreq.Session{Driver: peer, Retry: zreq.Retry{Attempts: 1}, Pool: zreq.PoolLimits{Requests: 2}}
		defer s.Close()
		for range 3 {
			_, err := s.Get(context.Background(), site, nil)
			is.NoErr(err)
			if peer.Dials() == 1 {
				peer.Wait()
			}
		}
		is.Equal(peer.Dials(), 2) // what the dead one has carried does not wear the new one
	})
}

// A kept connection on which the first write fails is stale, and nothing went out on
// it.
func TestSessionStatsOfADeadWrite(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, answering(noContent), answering(noContent))
	dying := &dyingDriver{Driver: peer}
	s := &zreq.Session{Driver: dying, Retry: atOnce}
	defer s.Close()
	_, err := s.Get(context.Background(), site, nil)
	is.NoErr(err)
	dying.dead = true
	_, err = s.Post(context.Background(), site, nil)
	is.NoErr(err) // it is replaced
	stats := s.Stats()
	is.Equal(stats.Dialled, int64(2))
	is.Equal(stats.Reused, int64(0)) // nothing went out over the dead one
	is.Equal(stats.Stale, int64(1))  // which was stale
}

// What cannot be asked for is not sent: credentials that fail for the second attempt
// end the call.
func TestSessionRetryCannotBeMade(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, answering(page(503, "busy"), noContent))
	wire := newTripwire(peer)
	errNoToken := errors.New("no token")
	put := int64(-1) // until the credentials failed
	auth := &asker{give: func(zreq.AuthRequest) (string, error) {
		if put == 0 {
			put = wire.put.Load()
			return "", errNoToken
		}
		put = 0
		return "Bearer x", nil
	}}
	s := &zreq.Session{Driver: wire, Retry: atOnce}
	defer s.Close()
	_, err := s.Get(context.Background(), site, &zreq.Args{Auth: auth, Timeouts: zreq.Timeouts{Head: time.Second}})
	is.Equal(wire.put.Load(), put) // not a byte went out after it: half a head is no request
	is.True(errors.Is(err, errNoToken))
}

// Close ends the Session, also for calls that bring a connection of their own.
func TestSessionClosedForAConnection(t *testing.T) {
	is := is.New(t)
	peer := answers(t, noContent)
	conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
	is.NoErr(err)
	defer conn.Close()
	s := &zreq.Session{Driver: peer}
	is.NoErr(s.Close())
	_, err = s.Get(context.Background(), site, &zreq.Args{Connection: conn})
	is.True(errors.Is(err, zreq.ErrClosed)) // calls that come later fail
}

// One that has been idle for too long is closed by the next call, wherever that goes.
func TestPoolAgedElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		d := newCensus(echoing(t))
		s := &zreq.Session{Driver: d, Pool: zreq.PoolLimits{IdleAge: time.Minute}}
		defer s.Close()
		named(is, s, "http://a.test", "/1", nil)
		time.Sleep(time.Hour)
		named(is, s, "http://b.test", "/2", nil)
		open, _, _ := d.counts()
		is.Equal(open, 1) // that to the first origin is closed
	})
}

// Who waited when the Session was closed would fail again.
func TestSessionClosedIsNotSafeToRetry(t *testing.T) {
	for name, tt := range map[string]struct {
		script []zreqtest.Step
		pool   zreq.PoolLimits
	}{
		"for a connection": {answering(byLength("hello")), zreq.PoolLimits{Open: 1}},
		"for an attempt":   {[]zreqtest.Step{zreqtest.Refuse()}, zreq.PoolLimits{}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, tt.script)
				s := &zreq.Session{Driver: peer, Retry: zreq.Retry{Wait: time.Hour, MaxWait: time.Hour, Time: -1}, Pool: tt.pool}
				if tt.pool.Open == 1 {
					defer holding(t, s, site).Close()
				}
				over := make(chan error, 1)
				go func() {
					_, err := s.Get(context.Background(), site, nil)
					over <- err
				}()
				synctest.Wait()
				is.NoErr(s.Close())
				err := <-over
				is.True(errors.Is(err, zreq.ErrClosed))
				is.True(!zreq.SafeToRetry(err)) // as of a Connection that its owner closed
			})
		})
	}
}

// What came while the body of the request was made is no answer, even if that turned
// out to be empty.
func TestSessionDesynchronisedByAnEmptyBody(t *testing.T) {
	for _, bare := range []bool{false, true} {
		t.Run(fmt.Sprint("bare ", bare), func(t *testing.T) { askedLate(t, "", bare) })
	}
}
