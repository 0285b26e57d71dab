//go:build !tinygo

package tlsnet_test

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
	"github.com/zreq-go/zreq/zreq"
)

// demanding serves https to those who show a certificate of its authority.
func (s *site) demanding(t testing.TB, version uint16) *site {
	t.Helper()
	config, err := s.ca.Server("example.org")
	is.New(t).NoErr(err) // it signs for names
	config.MaxVersion = version
	config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, s.ca.Pool()
	s.listen(t, "", config)
	return s
}

// inElement returns a certificate of s whose key is in an element.
func (s *site) inElement(t testing.TB, key crypto.Signer) tls.Certificate {
	t.Helper()
	is := is.New(t)
	chain, err := s.ca.Certify(key.Public(), "device 7")
	is.NoErr(err) // it needs the public half only
	pair, err := tlsnet.KeyPair(chain, key)
	is.NoErr(err)
	return pair
}

func testElement(t *testing.T) {
	for name, version := range versions {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := newSite(t).demanding(t, version)
			element := newElement(t)
			secure := tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool(), Certificates: []tls.Certificate{s.inElement(t, element)}})
			is.NoErr(s.get(t, secure, "https://example.org/"))
			is.Equal(s.shaken[0].PeerCertificates[0].DNSNames[0], "device 7") // the server knows who we are
			is.Equal(element.Signed(), 1)                                     // by a key that it cannot see, and nor can we
			is.NoErr(s.get(t, secure, "https://example.org/"))
			is.Equal(s.handshakes(), []bool{false, true})
			is.Equal(element.Signed(), 1) // of a session that is resumed it has been told
		})
	}
}

// A key may sign messages instead of their digests.
func testElementOfMessages(t *testing.T) {
	is := is.New(t)
	s := newSite(t).demanding(t, tls.VersionTLS13)
	element := &wholeElement{Element: newElement(t)}
	secure := tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool(), Certificates: []tls.Certificate{s.inElement(t, element)}})
	is.NoErr(s.get(t, secure, "https://example.org/"))
	is.Equal(element.messages, 1) // it has seen what it signs
}

type wholeElement struct {
	*tlstest.Element
	messages int
}

func (e *wholeElement) SignMessage(random io.Reader, message []byte, opts crypto.SignerOpts) ([]byte, error) {
	e.messages++
	return crypto.SignMessage(e.Element, random, message, opts)
}

// testClientCertificateRefused: under TLS 1.2 the handshake fails. Under TLS 1.3
// the peer judges our certificate behind it, and the request may be on its way.
func testClientCertificateRefused(t *testing.T) {
	now := time.Now()
	for name, tt := range map[string]struct {
		show func(t *testing.T, s *site) []tls.Certificate
		says string
		// The alert under TLS 1.2 and 1.3.
		alert, alert13 tls.AlertError
	}{
		"none": {
			show: func(*testing.T, *site) []tls.Certificate { return nil },
			says: "no client certificate was shown, for there is none", alert: 40, alert13: 116,
		},
		"of another authority": {
			show: func(t *testing.T, _ *site) []tls.Certificate { return []tls.Certificate{good(newOther(t))} },
			says: "no client certificate was shown, for none suits the peer", alert: 40, alert13: 116,
		},
		"expired": {
			show: func(_ *testing.T, s *site) []tls.Certificate {
				return []tls.Certificate{must(s.ca.Issue(now.Add(-day), "device 7"))}
			},
			says: "remote error: tls: expired certificate", alert: 45, alert13: 45,
		},
	} {
		for version, id := range versions {
			t.Run(name+", "+version, func(t *testing.T) {
				is := is.New(t)
				s := newSite(t).demanding(t, id)
				err := s.get(t, tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool(), Certificates: tt.show(t, s)}), "https://example.org/")
				e := failure(is, err)
				is.True(errors.Is(err, zreq.ErrConnect))
				is.True(strings.Contains(err.Error(), tt.says)) // the reason
				var alert tls.AlertError
				is.True(errors.As(err, &alert)) // in the peer's words
				if id == tls.VersionTLS12 {
					is.Equal(alert, tt.alert)
					is.Equal(e.Phase, zreq.PhaseTLS)
					is.True(zreq.SafeToRetry(err))
				} else {
					is.Equal(alert, tt.alert13)
					is.Equal(e.Phase, zreq.PhaseHead)
					is.True(e.Sent > 0) // which the server never sees
				}
				is.Equal(s.received(), 0) // but it serves nobody
			})
		}
	}
}

// Some servers call a certificate that is missing a bad one.
func TestClientCertificateMissedAsBad(t *testing.T) {
	is := is.New(t)
	s := newSite(t)
	config, err := s.ca.Server("example.org")
	is.NoErr(err) // it signs for names
	config.MaxVersion, config.ClientAuth, config.VerifyConnection = tls.VersionTLS12, tls.RequestClientCert, refuseAll
	s.serve(t, "", func(c *memnet.Conn) {
		tls.Server(withAddr{c}, config).Handshake()
		io.Copy(io.Discard, c)
	})
	err = s.get(t, tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool()}), "https://example.org/")
	var alert tls.AlertError
	is.True(errors.As(err, &alert) && alert == 42) // in the peer's words
	is.True(strings.Contains(err.Error(), "no client certificate was shown, for there is none"))
}

// What is shown and refused is not said to be missing.
func testClientCertificateRefusedForItsName(t *testing.T) {
	is := is.New(t)
	s := newSite(t)
	config, err := s.ca.Server("example.org")
	is.NoErr(err) // it signs for names
	config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, s.ca.Pool()
	config.VerifyPeerCertificate = func([][]byte, [][]*x509.Certificate) error { return errOwn }
	s.listen(t, "", config)
	certificates := []tls.Certificate{good(newOther(t)), good(s)}
	err = s.get(t, tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool(), Certificates: certificates}), "https://example.org/")
	var alert tls.AlertError
	is.True(errors.As(err, &alert) && alert == 42)                             // a bad certificate
	is.True(!strings.Contains(err.Error(), "no client certificate was shown")) // is one
}

// An upload that takes its time is refused in its midst, for the same reason.
func TestClientCertificateRefusedOfAnUpload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		s := newSite(t).demanding(t, tls.VersionTLS13)
		_, err := zreq.Put(context.Background(), "https://example.org/", &zreq.Args{
			Driver: s.net, TLS: tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool()}), Body: &slowBody{left: 100},
		})
		e := failure(is, err)
		is.Equal(e.Phase, zreq.PhaseSend)
		is.True(errors.Is(err, zreq.ErrConnect))
		is.True(isA[tls.AlertError](err)) // it is looked for between two writes
		is.True(strings.Contains(err.Error(), "no client certificate was shown, for there is none"))
		is.Equal(s.net.Open(), 0) // no connection is left
		is.Equal(s.received(), 0) // and nobody was served
	})
}

// slowBody is a body that comes a block a second.
type slowBody struct{ left int }

func (b *slowBody) Read(p []byte) (int, error) {
	if b.left--; b.left < 0 {
		return 0, io.EOF
	}
	time.Sleep(time.Second)
	return len(p), nil
}

// newOther is a site whose authority has another name, as real ones do.
func newOther(t *testing.T) *site {
	t.Helper()
	ca, err := tlstest.NewAuthorityNamed("another authority")
	is.New(t).NoErr(err) // an authority is made of nothing
	return &site{ca: ca}
}

// A program may choose the certificate itself.
func testClientCertificateOfTheBase(t *testing.T) {
	is := is.New(t)
	s := newSite(t).demanding(t, tls.VersionTLS12)
	mine := good(s)
	var chosen *tls.Certificate
	secure := tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool(), Base: &tls.Config{
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return chosen, nil },
	}})
	chosen = &tls.Certificate{}
	err := s.get(t, secure, "https://example.org/")
	is.True(err != nil && strings.Contains(err.Error(), "no client certificate was shown")) // none is told as such
	chosen = &mine
	is.NoErr(s.get(t, secure, "https://example.org/")) // one is shown

	chosen = &tls.Certificate{}
	secure = tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool(), Certificates: []tls.Certificate{mine}, Base: &tls.Config{
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return chosen, nil },
	}})
	is.NoErr(s.get(t, secure, "https://example.org/")) // the Config's own come before
}

// lockedElement does not sign.
type lockedElement struct{ *tlstest.Element }

func (lockedElement) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errLocked
}

func testElementFails(t *testing.T) {
	for name, version := range versions {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := newSite(t).demanding(t, version)
			certificates := []tls.Certificate{s.inElement(t, lockedElement{newElement(t)})}
			err := s.get(t, tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool(), Certificates: certificates}), "https://example.org/")
			is.True(errors.Is(err, errLocked)) // its own error is there to be asked for
			is.True(strings.Contains(err.Error(), "did not sign: the element is locked"))
			is.Equal(failure(is, err).Phase, zreq.PhaseTLS)
		})
	}
}

// slowElement answers when it is let.
type slowElement struct {
	*tlstest.Element
	let   chan struct{}
	asked atomic.Int64
}

func (e *slowElement) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	e.asked.Add(1)
	<-e.let
	return e.Element.Sign(random, digest, opts)
}

func testElementHangs(t *testing.T) {
	for name, version := range versions {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				s := newSite(t).demanding(t, version)
				element := &slowElement{newElement(t), make(chan struct{}), atomic.Int64{}}
				secure := tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool(), Certificates: []tls.Certificate{s.inElement(t, element)}})
				began := time.Now()
				_, err := zreq.Get(context.Background(), "https://example.org/", &zreq.Args{
					Driver: s.net, TLS: secure, Timeouts: zreq.Timeouts{TLS: 3 * time.Second},
				})
				is.Equal(time.Since(began), 3*time.Second) // a handshake is bounded, whatever hangs
				e := failure(is, err)
				is.Equal(e.Phase, zreq.PhaseTLS)
				is.True(e.Timeout())
				is.Equal(s.net.Open(), 0) // no connection is left
				close(element.let)        // and what was asked in vain ends by itself
			})
		})
	}
}

// fickleElement does what it likes when it is to sign.
type fickleElement struct {
	*tlstest.Element
	sign func() ([]byte, error)
}

func (e fickleElement) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return e.sign() }

func testCallbackPanics(t *testing.T) {
	for name, cfg := range map[string]func(t *testing.T, s *site) tlsnet.Config{
		"a key": func(t *testing.T, s *site) tlsnet.Config {
			element := fickleElement{newElement(t), func() ([]byte, error) { panic("mine") }}
			return tlsnet.Config{Certificates: []tls.Certificate{s.inElement(t, element)}}
		},
		"a choice of certificates": func(*testing.T, *site) tlsnet.Config {
			return tlsnet.Config{Base: &tls.Config{
				GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { panic("mine") },
			}}
		},
		"a check": func(_ *testing.T, s *site) tlsnet.Config {
			return tlsnet.Config{
				Certificates: []tls.Certificate{good(s)}, Base: &tls.Config{VerifyConnection: func(tls.ConnectionState) error { panic("mine") }},
			}
		},
	} {
		for version, id := range versions {
			t.Run(name+", "+version, func(t *testing.T) {
				is := is.New(t)
				s := newSite(t).demanding(t, id)
				config := cfg(t, s)
				config.RootCAs = s.ca.Pool()
				defer func() {
					is.Equal(recover(), "mine") // it is the caller's to recover
					is.Equal(s.net.Open(), 0)   // and no connection is left
				}()
				s.get(t, tlsnet.New(&config), "https://example.org/")
			})
		}
	}
}

func testElementSignsNothing(t *testing.T) {
	for name, sign := range map[string]func() ([]byte, error){
		"no signature": func() ([]byte, error) { return nil, nil },
		"Goexit": func() ([]byte, error) {
			runtime.Goexit()
			return nil, nil
		},
	} {
		for version, id := range versions {
			t.Run(name+", "+version, func(t *testing.T) {
				is := is.New(t)
				s := newSite(t).demanding(t, id)
				certificates := []tls.Certificate{s.inElement(t, fickleElement{newElement(t), sign})}
				err := s.get(t, tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool(), Certificates: certificates}), "https://example.org/")
				is.Equal(failure(is, err).Phase, zreq.PhaseTLS)                 // it is found out here, not by the peer
				is.True(strings.Contains(err.Error(), "did not sign: it gave")) // and said so
			})
		}
	}
}

// An element that hangs is not asked by every call that is tried again.
func testElementHangsOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		s := newSite(t).demanding(t, tls.VersionTLS13)
		element := &slowElement{newElement(t), make(chan struct{}), atomic.Int64{}}
		secure := tlsnet.New(&tlsnet.Config{RootCAs: s.ca.Pool(), Certificates: []tls.Certificate{s.inElement(t, element)}})
		for range 20 {
			began := time.Now()
			err := s.get(t, secure, "https://example.org/")
			is.Equal(time.Since(began), 10*time.Second) // each is bounded
			is.True(failure(is, err).Timeout())         // and says by what
		}
		is.Equal(element.asked.Load(), int64(4)) // what hangs is bounded, too
		close(element.let)
		is.NoErr(s.get(t, secure, "https://example.org/")) // and over when the element is well again
	})
}
