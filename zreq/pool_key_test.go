package zreq_test

import (
	"context"
	"testing"

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
