package zreq_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// Connections are shared by calls to one origin, over one driver, with one TLS setting.
func testPoolKey(t *testing.T) {
	n := echoing(t)
	one, two := newCensus(n), newCensus(n)
	first, then := new(seal), new(seal)
	type call struct {
		url  string
		args zreq.Args
	}
	plain := call{"http://device.test/", zreq.Args{Driver: one}}
	sealed := call{"https://device.test/", zreq.Args{Driver: one, TLS: first}}
	for name, tt := range map[string]struct {
		a, b  call
		share bool
	}{
		"the same":              {plain, plain, true},
		"another path":          {plain, call{"http://device.test/y?z", plain.args}, true},
		"case of the host":      {plain, call{"http://DEVICE.Test/", plain.args}, true},
		"case of the scheme":    {plain, call{"HTTP://device.test/", plain.args}, true},
		"the default port":      {plain, call{"http://device.test:80/", plain.args}, true},
		"userinfo":              {call{"http://a:b@device.test/", plain.args}, call{"http://c:d@device.test/", plain.args}, true},
		"a TLS that is unused":  {plain, call{plain.url, zreq.Args{Driver: one, TLS: first}}, true},
		"other headers":         {plain, call{plain.url, zreq.Args{Driver: one, Headers: zreq.Headers{{"Host", "other.test"}}}}, true},
		"another port":          {plain, call{"http://device.test:8080/", plain.args}, false},
		"another host":          {plain, call{"http://device.test.evil.test/", plain.args}, false},
		"a dot at the end":      {plain, call{"http://device.test./", plain.args}, false},
		"another scheme":        {plain, call{"https://device.test/", sealed.args}, false},
		"https at the http one": {plain, call{"https://device.test:80/", sealed.args}, false},
		"http at the https one": {sealed, call{"http://device.test:443/", plain.args}, false},
		"another driver":        {plain, call{plain.url, zreq.Args{Driver: two}}, false},
		"equal drivers":         {call{plain.url, zreq.Args{Driver: memnet.Bare(one)}}, call{plain.url, zreq.Args{Driver: memnet.Bare(one)}}, true},
		"one of a wrapper":      {plain, call{plain.url, zreq.Args{Driver: memnet.Bare(one)}}, false},
		"the same TLS":          {sealed, sealed, true},
		"another TLS":           {sealed, call{sealed.url, zreq.Args{Driver: one, TLS: then}}, false},
		"IPv6":                  {call{"http://[2001:DB8::1]/", plain.args}, call{"http://[2001:db8::1]/", plain.args}, true},
	} {
		for _, swapped := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				is := is.New(t)
				a, b := tt.a, tt.b
				if swapped {
					a, b = b, a
				}
				s := &zreq.Session{}
				for _, c := range []call{a, b, a, b} {
					_, err := s.Get(context.Background(), c.url, &c.args)
					is.NoErr(err)
				}
				want := map[bool]int64{true: 1, false: 2}[tt.share]
				is.Equal(s.Stats().Dialled, want)
				is.Equal(s.Stats().Reused, 4-want)
				balanced(is, s, int(want), int(want))
				is.NoErr(s.Close())
				is.Equal(n.Open(), 0)
			})
		}
	}
}

// Two Sessions share nothing, also if they are over the same driver.
func testPoolOfEachSession(t *testing.T) {
	is := is.New(t)
	n := echoing(t)
	var a, b zreq.Session
	a.Driver, b.Driver = n, n
	for range 3 {
		named(is, &a, "http://device.test", "/a", nil)
		named(is, &b, "http://device.test", "/b", nil)
	}
	is.Equal(n.Dials(), 2)
	is.Equal(a.Stats().Reused, int64(2))
	is.NoErr(a.Close())
	named(is, &b, "http://device.test", "/c", nil) // and one is not closed with the other
	is.Equal(n.Dials(), 2)
	is.NoErr(b.Close())
	is.Equal(n.Open(), 0)
}

// A call has its own Driver and TLS, or its Session's, or the program's.
func testSessionDriver(t *testing.T) {
	is := is.New(t)
	own, sessions := answers(t, byLength("call")), answers(t, byLength("session"), byLength("session"))
	s := &zreq.Session{Driver: sessions}
	defer s.Close()
	for _, tt := range []struct {
		driver netdriver.Driver
		want   string
	}{{nil, "session"}, {own, "call"}, {nil, "session"}} {
		resp, err := s.Get(context.Background(), site, &zreq.Args{Driver: tt.driver})
		is.NoErr(err)
		is.Equal(content(is, resp), tt.want)
	}
	is.Equal(own.Dials(), 1)
	is.Equal(sessions.Dials(), 1) // which it has kept meanwhile
}

// Where the program chooses another driver, or another TLS, the Session has no use for
// the connections of the one before.
func testSessionDriverAndTLS(t *testing.T) {
	is := is.New(t)
	before := netdriver.DefaultTLS()
	defer netdriver.SetTLS(before)
	peer := zreqtest.NewPeer(t, answering(noContent, noContent, noContent), answering(noContent))
	first, then := new(seal), new(seal)
	s := &zreq.Session{Driver: peer}
	defer s.Close()
	for i, program := range []netdriver.TLS{first, then, first} {
		netdriver.SetTLS(program)
		_, err := s.Get(context.Background(), "https://device.test/", nil)
		is.NoErr(err)
		is.Equal(peer.Dials(), []int{1, 2, 2}[i])
	}
	is.Equal(len(first.names), 1)
	is.Equal(len(then.names), 1)
	_, err := s.Get(context.Background(), "https://device.test/", &zreq.Args{TLS: first})
	is.NoErr(err)
	is.Equal(peer.Dials(), 2) // named or chosen, it is the same
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
	case <-time.After(time.Minute):
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
