package zreq_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

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
func testPoolOpenIsNeverExceeded(t *testing.T) {
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

// One that has been idle for too long is closed by the next call, wherever that goes.
func testPoolAgedElsewhere(t *testing.T) {
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
