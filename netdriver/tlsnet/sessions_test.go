//go:build !tinygo

package tlsnet_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
)

// versions are those that sessions differ in.
var versions = map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13}

// inEach runs a test over a good server for each version.
func inEach(t *testing.T, test func(t *testing.T, is *is.I, s *site)) {
	t.Helper()
	for name, version := range versions {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				s := newSite(t)
				config, err := s.ca.Server("example.org", "other.test", "127.0.0.1")
				is.NoErr(err) // it signs for names and addresses
				config.MaxVersion = version
				s.config = config
				s.listen(t, "", config)
				test(t, is, s)
			})
		})
	}
}

func TestSessions(t *testing.T) {
	for name, tt := range map[string]struct {
		cfg  tlsnet.Config
		want bool
	}{
		"by default":              {tlsnet.Config{}, true},
		"one":                     {tlsnet.Config{Sessions: 1}, true},
		"none":                    {tlsnet.Config{Sessions: -1}, false},
		"a base of its own":       {tlsnet.Config{Base: &tls.Config{}}, true},
		"none, whatever the base": {tlsnet.Config{Sessions: -1, Base: &tls.Config{ClientSessionCache: new(counted)}}, false},
		"a base that must be asked": {
			tlsnet.Config{Base: &tls.Config{VerifyPeerCertificate: agree}}, false,
		},
		"a base that must be asked, whatever its cache": {
			tlsnet.Config{Base: &tls.Config{VerifyPeerCertificate: agree, ClientSessionCache: newCounted()}}, false,
		},
		"a base that need not": {
			tlsnet.Config{Sessions: 1, Base: &tls.Config{VerifyPeerCertificate: agree}}, true,
		},
	} {
		for kind, trust := range trusts {
			t.Run(name+", "+kind, func(t *testing.T) {
				inEach(t, func(t *testing.T, is *is.I, s *site) {
					cfg := tt.cfg
					trust(t, s, &cfg)
					secure := tlsnet.New(&cfg)
					for _, url := range []string{"https://example.org/", "https://example.org/", "https://127.0.0.1/", "https://127.0.0.1/"} {
						is.NoErr(s.get(t, secure, url)) // accepted, resumed or not
					}
					is.Equal(s.handshakes(), []bool{false, tt.want, false, tt.want}) // the second call resumes the first
				})
			})
		}
	}
}

func agree([][]byte, [][]*x509.Certificate) error { return nil }

func testSessionsAreNotShared(t *testing.T) {
	inEach(t, func(t *testing.T, is *is.I, s *site) {
		for range 2 {
			is.NoErr(s.get(t, tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool()}), "https://example.org/")) // one setting
			is.NoErr(s.get(t, tlsnet.NewInsecure(nil), "https://example.org/"))                          // and another
		}
		is.Equal(s.handshakes(), []bool{false, false, false, false}) // each with sessions of its own
	})
}

func TestSessionsAreBounded(t *testing.T) {
	inEach(t, func(t *testing.T, is *is.I, s *site) {
		secure := tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool(), Sessions: 1})
		for _, url := range []string{"https://example.org/", "https://other.test/", "https://other.test/", "https://example.org/"} {
			is.NoErr(s.get(t, secure, url)) // accepted, resumed or not
		}
		is.Equal(s.handshakes(), []bool{false, false, true, false}) // the latest is kept
	})
}

func TestSessionsOfManyByDefault(t *testing.T) {
	inEach(t, func(t *testing.T, is *is.I, s *site) {
		secure := tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool()})
		for range 2 {
			for _, url := range []string{"https://example.org/", "https://other.test/", "https://127.0.0.1/"} {
				is.NoErr(s.get(t, secure, url)) // accepted, resumed or not
			}
		}
		is.Equal(s.handshakes(), []bool{false, false, false, true, true, true}) // one host does not drive out the other
	})
}

// counted is a cache of a program's own.
type counted struct {
	cache tls.ClientSessionCache
	puts  atomic.Int64
}

func newCounted() *counted { return &counted{cache: tls.NewLRUClientSessionCache(4)} }

func (c *counted) Get(key string) (*tls.ClientSessionState, bool) { return c.cache.Get(key) }

func (c *counted) Put(key string, s *tls.ClientSessionState) {
	c.puts.Add(1)
	c.cache.Put(key, s)
}

func TestSessionsOfTheBase(t *testing.T) {
	inEach(t, func(t *testing.T, is *is.I, s *site) {
		own := newCounted()
		base := &tls.Config{ClientSessionCache: own}
		for range 2 {
			is.NoErr(s.get(t, tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool(), Base: base}), "https://example.org/"))
		}
		is.Equal(s.handshakes(), []bool{false, true}) // a program's own cache is used, also by two
		puts := own.puts.Load()
		is.True(puts > 0)
		is.NoErr(s.get(t, tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool(), Base: base, Sessions: 4}), "https://example.org/"))
		is.Equal(own.puts.Load(), puts) // unless ours was asked for
		is.Equal(s.handshakes(), []bool{false, true, false})
	})
}

// TestSessionsAreVerified: what a setting refuses, it refuses of a session, too.
// The settings share a cache of the program, which is the worst that can be.
func TestSessionsAreVerified(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(cfg *tlsnet.Config)
		want   func(error) bool
		asked  bool // the server resumes, and only we refuse it
	}{
		"another pin": {
			func(cfg *tlsnet.Config) { cfg.Pins = []tlsnet.Pin{{1}} }, isPin, true,
		},
		"the program's own check": {
			func(cfg *tlsnet.Config) { cfg.Base.VerifyConnection = refuseAll }, func(err error) bool { return errors.Is(err, errOwn) }, true,
		},
		"a later clock": {
			func(cfg *tlsnet.Config) { cfg.Base.Time = clock(2 * day) }, isExpired, false,
		},
		"an earlier clock": {
			func(cfg *tlsnet.Config) { cfg.Base.Time = clock(-2 * day) }, isExpired, false,
		},
		"another name": {
			func(cfg *tlsnet.Config) { cfg.ServerName = "else.test" }, isA[x509.HostnameError], false,
		},
		"other roots": {
			func(cfg *tlsnet.Config) { cfg.Pins, cfg.RootCAs = nil, x509.NewCertPool() }, isA[x509.UnknownAuthorityError], false,
		},
	} {
		for kind, trust := range trusts {
			t.Run(name+", "+kind, func(t *testing.T) {
				inEach(t, func(t *testing.T, is *is.I, s *site) {
					cache := newCounted()
					setting := func() *tlsnet.Config {
						cfg := &tlsnet.Config{Base: &tls.Config{ClientSessionCache: cache}}
						trust(t, s, cfg)
						return cfg
					}
					is.NoErr(s.get(t, tlsnet.New(setting()), "https://example.org/"))
					is.NoErr(s.get(t, tlsnet.New(setting()), "https://example.org/"))
					is.Equal(s.handshakes(), []bool{false, true}) // there is a session
					cfg := setting()
					tt.change(cfg)
					err := s.get(t, tlsnet.New(cfg), "https://example.org/")
					is.True(err != nil && tt.want(err)) // of no use to a setting that refuses the peer
					if tt.asked {
						synctest.Wait() // until the server has its say
						is.Equal(s.handshakes(), []bool{false, true, true})
					}
				})
			})
		}
	}
}

func clock(ahead time.Duration) func() time.Time {
	return func() time.Time { return time.Now().Add(ahead) }
}

// TestSessionsOfTwoPorts: sessions are kept by the name alone. Where two servers
// have one, the ticket of the other costs a full handshake and no more.
func TestSessionsOfTwoPorts(t *testing.T) {
	inEach(t, func(t *testing.T, is *is.I, s *site) {
		config, err := s.ca.Server("example.org")
		is.NoErr(err) // it signs another certificate for the same name
		config.MaxVersion = s.config.MaxVersion
		s.listen(t, "example.org:8443", config)
		secure := tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool()})
		const first, second = "https://example.org/", "https://example.org:8443/"
		for _, url := range []string{first, second, second, first, first} {
			is.NoErr(s.get(t, secure, url)) // either is who it says
		}
		is.Equal(s.handshakes(), []bool{false, false, true, false, true}) // the latest is what is resumed

		pinned := tlsnet.New(&tlsnet.Config{Pins: []tlsnet.Pin{pinOf(t, config.Certificates[0])}})
		for range 2 {
			is.NoErr(s.get(t, pinned, second))      // one key
			is.True(isPin(s.get(t, pinned, first))) // is not the other's
		}
	})
}

// TestSessionsOfDefault: what tells of it is the hello, in which tickets are
// asked for (RFC 8446, 4.2.9).
func TestSessionsOfDefault(t *testing.T) {
	is := is.New(t)
	const pskKeyExchangeModes = 45
	s := newSite(t)
	var asked atomic.Bool
	config, err := s.ca.Server("example.org")
	is.NoErr(err) // it signs for names
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		asked.Store(slices.Contains(hello.Extensions, pskKeyExchangeModes))
		return nil, nil
	}
	s.listen(t, "", config)
	is.True(s.get(t, tlsnet.New(&tlsnet.Config{Sessions: -1}), "https://example.org/") != nil) // nobody in the system signed that
	is.True(!asked.Load())                                                                     // no sessions, no tickets
	is.True(s.get(t, tlsnet.Default(), "https://example.org/") != nil)
	is.True(asked.Load()) // the default has sessions
}

// TestSessionWeight bounds what a session keeps of memory: its ticket, and the
// chain, to be verified again.
func TestSessionWeight(t *testing.T) {
	const sessions, most = 64, 8 << 10
	is := is.New(t)
	s := newSite(t)
	for i := range sessions {
		host := fmt.Sprintf("host%d.test", i)
		config, err := s.ca.Server(host)
		is.NoErr(err) // it signs for names
		s.serve(t, host+":443", func(c *memnet.Conn) {
			server := tls.Server(withAddr{c}, config)
			if server.Handshake() == nil {
				server.Write([]byte("x")) // behind the ticket
			}
			server.Close()
		})
	}
	weigh := func(n int) int64 {
		secure := tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool(), Sessions: n})
		before := heap()
		for i := range sessions {
			host := fmt.Sprintf("host%d.test", i)
			below, err := s.net.Dial(context.Background(), "tcp", host+":443")
			is.NoErr(err) // it listens
			c, err := secure.Client(context.Background(), below, host)
			is.NoErr(err) // and is who it says
			is.Equal(readString(is, c, 1), "x")
			is.NoErr(c.Close())
		}
		defer runtime.KeepAlive(secure)
		return (heap() - before) / sessions
	}
	weigh(sessions) // servers keep what they make at first
	without := weigh(-1)
	with := weigh(sessions)
	t.Logf("a session weighs %d bytes", with-without)
	is.True(with-without < most) // little, on any device that has TLS
	is.True(with-without > 500)  // and the measure measures
}

func heap() int64 {
	for range 3 {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
