//go:build !tinygo

package tlsnet_test

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
	"github.com/zreq-go/zreq/zreq"
)

func testConfigIsCopied(t *testing.T) {
	is := is.New(t)
	s := newSite(t).good(t)
	cfg := &tlsnet.Config{RootCAs: s.ca.Pool(), Pins: []tlsnet.Pin{{1}}, Base: &tls.Config{}}
	secure := tlsnet.New(cfg)
	cfg.Pins[0] = pinOf(t, s.config.Certificates[0])
	cfg.ServerName, cfg.Base.ServerName = "other.test", "other.test"
	is.True(errors.Is(s.get(t, secure, "https://example.org/"), tlsnet.ErrPin)) // what was given is what counts

	s = newSite(t).demanding(t, tls.VersionTLS12)
	cfg = &tlsnet.Config{RootCAs: s.ca.Pool(), Certificates: []tls.Certificate{good(s)}}
	secure = tlsnet.New(cfg)
	cfg.Certificates[0] = tls.Certificate{}
	is.NoErr(s.get(t, secure, "https://example.org/")) // of certificates, too

	base := &tls.Config{Certificates: []tls.Certificate{good(s)}}
	secure = tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool(), Base: base})
	base.Certificates[0].Certificate[0] = nil
	base.Certificates[0] = tls.Certificate{}
	is.NoErr(s.get(t, secure, "https://example.org/")) // of the base's as well, and of their chains

	for _, cfg := range []*tlsnet.Config{{RootCAs: x509.NewCertPool()}, {Base: &tls.Config{RootCAs: x509.NewCertPool()}}} {
		secure = tlsnet.New(cfg)
		pool := cfg.RootCAs
		if pool == nil {
			pool = cfg.Base.RootCAs
		}
		pool.AppendCertsFromPEM(s.ca.PEM())
		is.True(isA[x509.UnknownAuthorityError](s.get(t, secure, "https://example.org/"))) // who is trusted later is not trusted here
	}
}

func testConfigServerName(t *testing.T) {
	for name, tt := range map[string]struct {
		cfg  tlsnet.Config
		url  string
		want string // SNI, "" if it is refused
	}{
		"an address with a name": {tlsnet.Config{ServerName: "example.org"}, "https://10.0.0.7:8443/", "example.org"},
		"another name":           {tlsnet.Config{ServerName: "example.org"}, "https://gateway.local/", "example.org"},
		"of the base":            {tlsnet.Config{Base: &tls.Config{ServerName: "example.org"}}, "https://gateway.local/", "example.org"},
		"of both": {
			tlsnet.Config{ServerName: "example.org", Base: &tls.Config{ServerName: "other.test"}}, "https://gateway.local/", "example.org",
		},
		"none":        {tlsnet.Config{}, "https://example.org/", "example.org"},
		"a wrong one": {tlsnet.Config{ServerName: "other.test"}, "https://example.org/", ""},
	} {
		for kind, trust := range trusts {
			t.Run(name+", "+kind, func(t *testing.T) {
				is := is.New(t)
				s := newSite(t).good(t)
				cfg := tt.cfg
				trust(t, s, &cfg)
				err := s.get(t, tlsnet.New(&cfg), tt.url)
				is.Equal(err == nil, tt.want != "")                         // the name that was given has to be proven
				is.True(tt.want != "" || isA[x509.HostnameError](err))      // and no other
				is.True(tt.want == "" || s.shaken[0].ServerName == tt.want) // and is what the server is told
			})
		}
	}
}

// trusts are two ways to know the server of a site.
var trusts = map[string]func(t *testing.T, s *site, cfg *tlsnet.Config){
	"by its authority": func(_ *testing.T, s *site, cfg *tlsnet.Config) { cfg.RootCAs = s.ca.Pool() },
	"by its key": func(t *testing.T, s *site, cfg *tlsnet.Config) {
		cfg.Pins = []tlsnet.Pin{pinOf(t, s.config.Certificates[0])}
	},
}

func testConfigMinVersion(t *testing.T) {
	const old, usual = tls.VersionTLS11, tls.VersionTLS12
	for name, tt := range map[string]struct {
		cfg  tlsnet.Config
		peer uint16 // what it speaks
		good bool
	}{
		"TLS 1.1, by default":        {tlsnet.Config{}, old, false},
		"TLS 1.1, asked for":         {tlsnet.Config{MinVersion: old}, old, true},
		"TLS 1.1, asked for below":   {tlsnet.Config{Base: &tls.Config{MinVersion: old}}, old, true},
		"TLS 1.1, and not":           {tlsnet.Config{MinVersion: usual, Base: &tls.Config{MinVersion: old}}, old, false},
		"TLS 1.2, by default":        {tlsnet.Config{}, usual, true},
		"TLS 1.2, with a base":       {tlsnet.Config{Base: &tls.Config{}}, usual, true},
		"TLS 1.2, when 1.3 is asked": {tlsnet.Config{MinVersion: tls.VersionTLS13}, usual, false},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := newSite(t)
			config, err := s.ca.Server("example.org")
			is.NoErr(err) // it signs for names
			config.MinVersion, config.MaxVersion = tt.peer, tt.peer
			s.listen(t, "", config)
			tt.cfg.RootCAs = s.ca.Pool()
			err = s.get(t, tlsnet.New(&tt.cfg), "https://example.org/")
			is.Equal(err == nil, tt.good)                            // nothing older than was asked for
			is.True(err == nil || errors.Is(err, tlsnet.ErrVersion)) // and that is the reason
		})
	}
}

// A number that is no version is a slip that would let any version pass.
func testConfigMinVersionIsOne(t *testing.T) {
	for name, cfg := range map[string]tlsnet.Config{
		"1":             {MinVersion: 1},
		"12":            {MinVersion: 12},
		"SSL 3":         {MinVersion: 0x0300},
		"of the base":   {Base: &tls.Config{MinVersion: 2}},
		"in the future": {MinVersion: tls.VersionTLS13 + 1},
	} {
		for kind, secure := range map[string]func(*tlsnet.Config) *tlsnet.TLS{"": tlsnet.New, ", insecure": tlsnet.NewInsecure} {
			t.Run(name+kind, func(t *testing.T) {
				is := is.New(t)
				s := newSite(t)
				config, err := s.ca.Server("example.org")
				is.NoErr(err) // it signs for names
				config.MinVersion = tls.VersionTLS10
				s.listen(t, "", config)
				cfg.RootCAs = s.ca.Pool()
				err = s.get(t, secure(&cfg), "https://example.org/")
				is.True(err != nil && strings.Contains(err.Error(), "MinVersion")) // it says what is wrong
				is.Equal(len(s.handshakes()), 0)                                   // and shakes no hands
			})
		}
	}
}

// A TLS that nobody made trusts nobody.
func testTLSIsMade(t *testing.T) {
	is := is.New(t)
	s := newSite(t).good(t)
	for _, secure := range []*tlsnet.TLS{nil, {}} {
		err := s.get(t, secure, "https://example.org/") // leaves no connection
		is.True(err != nil && strings.Contains(err.Error(), "is made by New"))
		is.Equal(len(s.handshakes()), 0)
	}
}

// The base may encrypt the hello, which is of TLS 1.3 alone.
func testBaseEncryptsTheHello(t *testing.T) {
	for kind, trust := range trusts {
		t.Run(kind, func(t *testing.T) {
			is := is.New(t)
			s := newSite(t)
			config, err := s.ca.Server("example.org")
			is.NoErr(err) // it signs for names
			s.config = config
			key := must(ecdh.X25519().GenerateKey(rand.Reader))
			ech := echConfig(key.PublicKey())
			config.EncryptedClientHelloKeys = []tls.EncryptedClientHelloKey{{Config: ech, PrivateKey: key.Bytes()}}
			s.listen(t, "", config)
			cfg := &tlsnet.Config{Base: &tls.Config{EncryptedClientHelloConfigList: append([]byte{0, byte(len(ech))}, ech...)}}
			trust(t, s, cfg)
			is.NoErr(s.get(t, tlsnet.New(cfg), "https://example.org/"))
			is.True(s.shaken[0].ECHAccepted) // nobody on the path has seen the name

			other := newSite(t).good(t)
			err = other.get(t, tlsnet.New(cfg), "https://example.org/")
			is.True(err != nil)           // another server cannot read it
			is.Equal(other.received(), 0) // and gets nothing
		})
	}
}

// echConfig is the public half of a server's key, for hellos (RFC 9849, 4).
func echConfig(public *ecdh.PublicKey) []byte {
	const name = "public.test"
	c := append([]byte{7, 0, 32, 0, 32}, public.Bytes()...) // an identifier, X25519, a key
	c = append(c, 0, 4, 0, 1, 0, 1, 32, byte(len(name)))    // HKDF-SHA256, AES-128-GCM, the longest name
	c = append(append(c, name...), 0, 0)                    // and no extensions
	return append([]byte{0xfe, 0x0d, 0, byte(len(c))}, c...)
}

func testNewInsecure(t *testing.T) {
	now := time.Now()
	for name, issue := range map[string]func(s *site) (tls.Certificate, error){
		"wrong host": func(s *site) (tls.Certificate, error) { return s.ca.Issue(now.Add(day), "example.com") },
		"expired":    func(s *site) (tls.Certificate, error) { return s.ca.Issue(now.Add(-day), "example.org") },
		"not yet valid": func(s *site) (tls.Certificate, error) {
			return s.ca.IssueFrom(now.Add(day), now.Add(2*day), "example.org")
		},
		"self-signed": func(*site) (tls.Certificate, error) { return tlstest.SelfSigned("example.org") },
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := newSite(t)
			cert, err := issue(s)
			is.NoErr(err) // it is signed as it is asked for
			s.listen(t, "", &tls.Config{Certificates: []tls.Certificate{cert}})
			get := func(secure *tlsnet.TLS) error { return s.get(t, secure, "https://example.org/") }
			right, wrong := []tlsnet.Pin{pinOf(t, cert)}, []tlsnet.Pin{{1}}
			is.True(get(tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool()})) != nil)                          // it is not trustworthy
			is.NoErr(get(tlsnet.NewInsecure(nil)))                                                         // which is not asked
			is.NoErr(get(tlsnet.NewInsecure(&tlsnet.Config{RootCAs: s.ca.Pool(), ServerName: "x.test"})))  // of nothing
			is.NoErr(get(tlsnet.NewInsecure(&tlsnet.Config{Base: &tls.Config{InsecureSkipVerify: true}}))) // in other words
			is.NoErr(get(tlsnet.NewInsecure(&tlsnet.Config{Pins: right})))                                 // a key is
			is.True(errors.Is(get(tlsnet.NewInsecure(&tlsnet.Config{Pins: wrong})), tlsnet.ErrPin))        // and has to be the right one
		})
	}
}

var errOwn = errors.New("the program's own reason")

func refuseAll(tls.ConnectionState) error { return errOwn }

// A setting that skips verification neither does so nor is passed over.
func testInsecureBase(t *testing.T) {
	for name, base := range map[string]*tls.Config{
		"bare":              {InsecureSkipVerify: true},
		"that verifies":     {InsecureSkipVerify: true, VerifyConnection: refuseAll},
		"that verifies too": {InsecureSkipVerify: true, VerifyPeerCertificate: func([][]byte, [][]*x509.Certificate) error { return nil }},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := newSite(t).good(t)
			for _, pins := range [][]tlsnet.Pin{nil, {{1}}} {
				err := s.get(t, tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool(), Pins: pins, Base: base}), "https://example.org/")
				is.True(errors.Is(err, tlsnet.ErrInsecure)) // it says where that is done
				is.Equal(failure(is, err).Phase, zreq.PhaseTLS)
				is.Equal(len(s.handshakes()), 0) // and shakes no hands
			}
		})
	}
}

func TestBaseVerifies(t *testing.T) {
	for name, base := range map[string]*tls.Config{
		"a connection":  {VerifyConnection: refuseAll},
		"a certificate": {VerifyPeerCertificate: func([][]byte, [][]*x509.Certificate) error { return errOwn }},
	} {
		for kind, trust := range trusts {
			t.Run(name+", "+kind, func(t *testing.T) {
				is := is.New(t)
				s := newSite(t).good(t)
				cfg := &tlsnet.Config{Base: base}
				trust(t, s, cfg)
				is.True(errors.Is(s.get(t, tlsnet.New(cfg), "https://example.org/"), errOwn))         // the program is asked as well
				is.True(errors.Is(s.get(t, tlsnet.NewInsecure(cfg), "https://example.org/"), errOwn)) // also where nobody else is
			})
		}
	}
}

// testTLSOfACall: each call has the trust that it was given, and one that was
// given none has the program's.
func testTLSOfACall(t *testing.T) {
	is := is.New(t)
	first, second := newSite(t).good(t), newSite(t).good(t)
	ours, theirs := tlsnet.New(&tlsnet.Config{RootCAs: first.ca.Pool()}), tlsnet.New(&tlsnet.Config{RootCAs: second.ca.Pool()})
	before := netdriver.DefaultTLS()
	defer netdriver.SetTLS(before)
	netdriver.SetTLS(ours)
	const url = "https://example.org/"
	for range 2 { // the second time there are sessions
		is.NoErr(first.get(t, nil, url))                                  // the program's
		is.NoErr(first.get(t, ours, url))                                 // by name
		is.True(isA[x509.UnknownAuthorityError](second.get(t, nil, url))) // is for one
		is.NoErr(second.get(t, theirs, url))                              // the call's is for the other
		is.True(isA[x509.UnknownAuthorityError](first.get(t, theirs, url)))
	}
	conn, err := zreq.Connect(context.Background(), url, &zreq.Args{Driver: first.net})
	is.NoErr(err)
	defer conn.Close()
	_, err = zreq.Get(context.Background(), url, &zreq.Args{Connection: conn, TLS: theirs})
	is.True(errors.Is(err, zreq.ErrOtherOrigin)) // a connection is not passed from one to the other
}
