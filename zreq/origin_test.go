package zreq_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testOrigin: a connection serves one origin, over one driver, with one TLS
// setting; anything else is refused before a byte is sent, and it stays usable.
func testOrigin(t *testing.T) {
	peer := zreqtest.NewPeer(t, answering(byLength("hi")))
	ours, theirs := &seal{}, &seal{}
	for name, tt := range map[string]struct {
		opened, url string
		args        zreq.Args
		same        bool
	}{
		"the same":                  {"http://device.test/a", "http://device.test/b?c", zreq.Args{}, true},
		"another case":              {"http://device.test", "HTTP://DEVICE.Test", zreq.Args{}, true},
		"the port by name":          {"http://device.test", "http://device.test:80/", zreq.Args{}, true},
		"the port with a zero":      {"http://device.test:8080", "http://device.test:08080/", zreq.Args{}, true},
		"no port behind the colon":  {"http://device.test:80", "http://device.test:/", zreq.Args{}, true},
		"other credentials":         {"http://a:b@device.test", "http://c:d@device.test/", zreq.Args{}, true},
		"IPv6":                      {"http://[::a]", "http://[::A]:80/", zreq.Args{}, true},
		"the same driver by name":   {"http://device.test", "http://device.test", zreq.Args{Driver: peer}, true},
		"TLS beside http":           {"http://device.test", "http://device.test", zreq.Args{TLS: theirs}, true},
		"https by port":             {"https://device.test", "https://device.test:443", zreq.Args{}, true},
		"the same TLS":              {"https://device.test", "https://device.test", zreq.Args{TLS: ours}, true},
		"another host":              {"http://device.test", "http://device.tes", zreq.Args{}, false},
		"a name below it":           {"http://device.test", "http://a.device.test", zreq.Args{}, false},
		"a longer name":             {"http://device.test", "http://device.test.evil.test", zreq.Args{}, false},
		"another port":              {"http://device.test", "http://device.test:81", zreq.Args{}, false},
		"https":                     {"http://device.test", "https://device.test", zreq.Args{}, false},
		"https on the port of http": {"http://device.test", "https://device.test:80", zreq.Args{}, false},
		"http":                      {"https://device.test", "http://device.test", zreq.Args{}, false},
		"http on the port of https": {"https://device.test", "http://device.test:443", zreq.Args{}, false},
		"another driver":            {"http://device.test", "http://device.test", zreq.Args{Driver: memnet.New()}, false},
		"the same network, wrapped": {"http://device.test", "http://device.test", zreq.Args{Driver: memnet.Bare(peer)}, false},
		"another TLS":               {"https://device.test", "https://device.test", zreq.Args{TLS: theirs}, false},
		"an IPv4 and its IPv6":      {"http://192.0.2.1", "http://[::ffff:192.0.2.1]", zreq.Args{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, answering(byLength("hi")))
			if tt.args.Driver != nil && tt.same {
				tt.args.Driver = peer
			}
			conn, err := zreq.Connect(context.Background(), tt.opened, &zreq.Args{Driver: peer, TLS: ours})
			is.NoErr(err)
			defer conn.Close()
			tt.args.Connection = conn
			resp, err := zreq.Get(context.Background(), tt.url, &tt.args)
			if tt.same {
				is.NoErr(err)
				is.Equal(content(is, resp), "hi")
				is.Equal(peer.Dials(), 1)
				return
			}
			is.True(resp == nil)
			is.True(errors.Is(err, zreq.ErrOtherOrigin))
			is.True(!errors.Is(err, zreq.ErrRequest)) // the request is fine, elsewhere
			is.Equal(failure(is, err).Sent, int64(0))
			is.Equal(len(peer.Requests()), 0) // not a byte
			resp, err = zreq.Get(context.Background(), tt.opened, &zreq.Args{Connection: conn})
			is.NoErr(err) // it is untouched
			is.Equal(peer.Dials(), 1)
			is.Equal(resp.Connection, conn)
		})
	}
}

// seal is a TLS that proves nothing and says what it is asked to.
type seal struct {
	proves bool
	plain  bool  // return the connection that was given
	fail   error // instead of a connection
	names  []string
}

type sealedConn struct {
	netdriver.Conn
	proves bool
}

func (c *sealedConn) ProvesEnd() bool { return c.proves }

// Anonymous returns s: it shows nothing of us.
func (s *seal) Anonymous() netdriver.TLS { return s }

func (s *seal) Client(_ context.Context, c netdriver.Conn, name string) (netdriver.Conn, error) {
	s.names = append(s.names, name)
	switch {
	case s.fail != nil:
		_ = c.Close()
		return nil, s.fail
	case s.plain:
		return c, nil
	}
	return &sealedConn{c, s.proves}, nil
}

// testOriginOnly: fields that OriginOnly of the call or of its Session names do not leave
// the first origin, and do not come back to it, in whatever case they are written.
func testOriginOnly(t *testing.T) {
	secret := zreq.Headers{{"X-Api-Key", "hush"}, {"Accept", "a/b"}, {"x-token", "hush"}}
	for name, tt := range map[string]struct {
		session *zreq.Session // nil: none
		args    zreq.Args
	}{
		"the call's":          {nil, zreq.Args{Headers: secret, OriginOnly: []string{"x-api-KEY", "X-Token"}}},
		"the Session's":       {&zreq.Session{Headers: secret, OriginOnly: []string{"x-api-key", "x-token"}}, zreq.Args{}},
		"both":                {&zreq.Session{Headers: secret, OriginOnly: []string{"x-api-key"}}, zreq.Args{OriginOnly: []string{"X-Token"}}},
		"the Session's names": {&zreq.Session{OriginOnly: []string{"x-token", "X-API-KEY"}}, zreq.Args{Headers: secret}},
	} {
		for way, with := range map[string][]bool{"aa": {true, true, true}, "b": {true, false}, "bb": {true, false, false}, "aba": {true, true, false, false}, "A": {true, false}} {
			t.Run(name+"/"+way, func(t *testing.T) {
				is := is.New(t)
				args, do := tt.args, zreq.Get
				if tt.session != nil {
					do = tt.session.Get
					defer tt.session.CloseIdle()
				}
				args.TLS = &seal{}
				var responses []string
				for _, host := range way {
					scheme := map[bool]string{true: "https", false: "http"}[host < 'a']
					responses = append(responses, strings.Replace(moved(302, scheme+"://"+string(host|' ')+".test/"), "Content", "Connection: close\r\nContent", 1))
				}
				peer := each(t, append(responses, byLength("hi"))...)
				args.Driver = peer
				_, err := do(context.Background(), "http://a.test/", &args)
				is.NoErr(err)
				is.Equal(len(peer.Requests()), len(with))
				for i, r := range peer.Requests() {
					is.Equal(strings.Count(r, "hush") == 2, with[i])
					is.Equal(strings.Contains(r, "hush"), with[i]) // both, or none
					is.True(strings.Contains(r, "Accept: a/b"))    // it was not named
				}
			})
		}
	}
	t.Run("no name", func(t *testing.T) {
		for _, name := range []string{"", "X-Api-Key:", "X-Api-Key ", "X Key", "X\r\nY"} {
			refused(t, "GET", site, zreq.Args{OriginOnly: []string{"A", name}}, zreq.ErrRequest) // it would keep nothing back
		}
	})
}

// testAnonymous: with Anonymous, nothing of the call or its Session says who is asking.
func testAnonymous(t *testing.T) {
	secret := zreq.Headers{{"Authorization", "hush"}, {"Cookie", "hush"}, {"X-Api-Key", "hush"}, {"Accept", "a/b"}, {"Host", "hush.test"}}
	for name, tt := range map[string]struct {
		session func(s *zreq.Session)
		args    zreq.Args
	}{
		"the call's":         {func(*zreq.Session) {}, zreq.Args{Headers: secret, OriginOnly: []string{"X-Api-Key"}}},
		"the Session's":      {func(s *zreq.Session) { s.Headers, s.OriginOnly = secret, []string{"X-Api-Key"} }, zreq.Args{}},
		"the call's Auth":    {func(*zreq.Session) {}, zreq.Args{Auth: zreq.Bearer("hush")}},
		"the Session's Auth": {func(s *zreq.Session) { s.Auth = zreq.Bearer("hush") }, zreq.Args{}},
	} {
		for _, anonymous := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				is := is.New(t)
				peer := each(t, byLength("hi"))
				session, args := &zreq.Session{Driver: peer}, tt.args
				defer session.Close()
				tt.session(session)
				args.Anonymous = anonymous
				_, err := session.Get(context.Background(), "http://a.test/", &args)
				is.NoErr(err)
				is.Equal(strings.Contains(peer.Requests()[0], "hush"), !anonymous)
			})
		}
	}
	t.Run("TLS", func(t *testing.T) {
		is := is.New(t)
		stranger := &seal{}
		_, err := zreq.Get(context.Background(), "https://a.test/", &zreq.Args{Driver: each(t, byLength("hi")), TLS: &masked{other: stranger}, Anonymous: true})
		is.NoErr(err)
		is.Equal(stranger.names, []string{"a.test"})
		refused(t, "GET", "https://a.test/", zreq.Args{TLS: &mute{}, Anonymous: true}, zreq.ErrRequest)
	})
}

// mute is a TLS of which nobody knows what it shows.
type mute struct{ inner seal }

func (m *mute) Client(ctx context.Context, c netdriver.Conn, name string) (netdriver.Conn, error) {
	return m.inner.Client(ctx, c, name)
}

// masked is a TLS with another one for strangers.
type masked struct {
	mute
	other netdriver.TLS
}

func (m *masked) Anonymous() netdriver.TLS { return m.other }

// testRedirectAnonymousTLS: at another origin a TLS is used only in the form that shows nothing
// of us. If it has none, or does not say, the redirect is not followed, which is said at
// once, with the response.
func testRedirectAnonymousTLS(t *testing.T) {
	away, home := "https://b.test/", "https://a.test/2"
	stranger := &seal{}
	for name, tt := range map[string]struct {
		tls      netdriver.TLS
		start    string
		location string
		follows  bool
		asked    []string // of stranger
	}{
		"unknown":                  {&mute{}, "https://a.test/", away, false, nil},
		"unknown, from http":       {&mute{}, "http://a.test/", home, false, nil},
		"unknown, the same origin": {&mute{}, "https://a.test/", home, true, nil},
		"unknown, no https":        {&mute{}, "http://a.test/", "http://b.test/", true, nil},
		"none":                     {&masked{}, "https://a.test/", away, false, nil},
		"another":                  {&masked{other: stranger}, "https://a.test/", away, true, []string{"b.test"}},
		"another, the same origin": {&masked{other: stranger}, "https://a.test/", home, true, nil},
	} {
		for _, session := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				is := is.New(t)
				stranger.names = nil
				do := zreq.Get
				if session {
					s := new(zreq.Session)
					defer s.Close()
					do = s.Get
				}
				peer := each(t, moved(302, tt.location), byLength("hi"))
				resp, err := do(context.Background(), tt.start, &zreq.Args{Driver: peer, TLS: tt.tls, Headers: zreq.Headers{{"Connection", "close"}}})
				is.Equal(stranger.names, tt.asked)
				if tt.follows {
					is.NoErr(err)
					is.Equal(content(is, resp), "hi")
					return
				}
				is.True(errors.Is(err, zreq.ErrRedirect))
				is.True(strings.Contains(err.Error(), "netdriver.Anonymizer")) // the cure
				is.Equal(resp.Status, 302)
				is.Equal(peer.Dials(), 1)
			})
		}
	}
}

// idleDriver dials connections that nothing comes from.
type idleDriver struct{}

type idleConn struct{ _ byte }

func (*idleDriver) Dial(context.Context, string, string) (netdriver.Conn, error) {
	return new(idleConn), nil
}
func (*idleConn) Read([]byte) (int, error)         { return 0, io.EOF }
func (*idleConn) Write(p []byte) (int, error)      { return len(p), nil }
func (*idleConn) Close() error                     { return nil }
func (*idleConn) SetDeadline(time.Time) error      { return nil }
func (*idleConn) SetReadDeadline(time.Time) error  { return nil }
func (*idleConn) SetWriteDeadline(time.Time) error { return nil }

// TestConnectionKeepsNoURL: a signed URL is long, and a connection outlives it.
func TestConnectionKeepsNoURL(t *testing.T) {
	is := is.New(t)
	const size, long = 50, 100 << 10
	kept := make([]*zreq.Connection, size)
	before := inUse()
	for i := range kept {
		url := "http://device.test/?signature=" + strings.Repeat("x", long)
		var err error
		kept[i], err = zreq.Connect(context.Background(), url, &zreq.Args{Driver: new(idleDriver)})
		is.NoErr(err)
	}
	each := since(before) / size
	is.True(each < long/10)
	for _, c := range kept {
		is.NoErr(c.Close())
	}
}
