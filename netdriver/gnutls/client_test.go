package gnutls_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/gnutls"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

// greet shakes hands with a server, and reads the byte that it sends then. The server is
// asked for its state.
func greet(t *testing.T, secure netdriver.TLS, config *tls.Config, serverName string) (*tls.ConnectionState, error) {
	t.Helper()
	near, far := memnet.Pipe()
	server := tls.Server(withAddr{far}, config)
	served := make(chan error)
	go func() {
		err := server.Handshake()
		if err == nil {
			_, err = server.Write([]byte("x"))
		}
		served <- err
	}()
	c, err := secure.Client(context.Background(), near, serverName)
	if err == nil {
		_, err = c.Read(make([]byte, 1))
		_ = c.Close()
	}
	refused := <-served
	_ = far.Close()
	if (err == nil) != (refused == nil) {
		t.Errorf("the client says %v, and the server %v", err, refused)
	}
	state := server.ConnectionState()
	return &state, err
}

func TestClientAccepts(t *testing.T) {
	for version, id := range versions {
		for name, tt := range map[string]struct {
			certified  string
			serverName string // replaces the host
			host       string
			sni        string
		}{
			"a host":                {"example.org", "", "example.org", "example.org"},
			"a host with its dot":   {"example.org", "", "example.org.", "example.org"},
			"a wildcard":            {"*.example.org", "", "www.example.org", "www.example.org"},
			"an IPv4 address":       {"192.0.2.1", "", "192.0.2.1", ""},
			"an IPv6 address":       {"2001:db8::1", "", "2001:db8::1", ""},
			"another name":          {"example.com", "example.com", "example.org", "example.com"},
			"a name for an address": {"example.com", "example.com", "192.0.2.1", "example.com"},
		} {
			t.Run(name+", "+version, func(t *testing.T) {
				is := is.New(t)
				ca, err := tlstest.NewAuthority()
				is.NoErr(err) // an authority is made of nothing
				config, err := ca.Server(tt.certified)
				is.NoErr(err) // it signs for names
				config.MaxVersion = id
				secure := gnutls.New(&gnutls.Config{RootCAs: ca.Pool(), ServerName: tt.serverName})
				state, err := greet(t, secure, config, tt.host)
				is.NoErr(err)                      // the certificate is for that
				is.Equal(state.ServerName, tt.sni) // SNI has the name, and no address
				is.Equal(state.Version, id)
			})
		}
	}
}

func TestClientRefusesOtherAddress(t *testing.T) {
	is := is.New(t)
	ca, err := tlstest.NewAuthority()
	is.NoErr(err) // an authority is made of nothing
	config, err := ca.Server("192.0.2.1", "example.org")
	is.NoErr(err) // it signs for names
	for _, host := range []string{"192.0.2.2", "", "org"} {
		_, err = greet(t, gnutls.New(&gnutls.Config{RootCAs: ca.Pool()}), config, host)
		is.True(err != nil) // the certificate is for another
	}
	_, err = greet(t, gnutls.New(nil), config, "example.org")
	is.True(isA[x509.UnknownAuthorityError](err)) // the system does not know the authority
	year := func() time.Time { return time.Now().Add(365 * 24 * time.Hour) }
	_, err = greet(t, gnutls.New(&gnutls.Config{RootCAs: ca.Pool(), Time: year}), config, "example.org")
	is.True(isExpired(err)) // the clock is that of the program
}

// keys are of every kind.
func keys(t *testing.T) map[string]crypto.Signer {
	t.Helper()
	is := is.New(t)
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	is.NoErr(err)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	is.NoErr(err)
	primes, err := rsa.GenerateKey(rand.Reader, 2048)
	is.NoErr(err)
	return map[string]crypto.Signer{"Ed25519": edwards, "ECDSA": curve, "RSA": primes}
}

// device returns a certificate for a key.
func device(t *testing.T, ca *tlstest.Authority, key crypto.Signer) tls.Certificate {
	t.Helper()
	is := is.New(t)
	is.Helper()
	text, err := ca.Certify(key.Public(), "device")
	is.NoErr(err) // it signs for names
	block, _ := pem.Decode(text)
	return tls.Certificate{Certificate: [][]byte{block.Bytes}, PrivateKey: key}
}

func TestClientCertificate(t *testing.T) {
	ca, err := tlstest.NewAuthority()
	is.New(t).NoErr(err) // an authority is made of nothing
	config, err := ca.Server("example.org")
	is.New(t).NoErr(err) // it signs for names
	config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, ca.Pool()
	for kind, key := range keys(t) {
		for version, id := range versions {
			t.Run(kind+", "+version, func(t *testing.T) {
				is := is.New(t)
				config := config.Clone()
				config.MaxVersion = id
				cfg := &gnutls.Config{RootCAs: ca.Pool(), Certificates: []tls.Certificate{device(t, ca, key)}}
				secure := gnutls.New(cfg)
				cfg.Certificates = nil // it was copied
				state, err := greet(t, secure, config, "example.org")
				is.NoErr(err)                                             // it is shown
				is.Equal(state.PeerCertificates[0].DNSNames[0], "device") // and is ours

				_, err = greet(t, secure.Anonymous(), config, "example.org")
				refusedFor(is, err, "for a redirect led to this origin")
				is.Equal(secure.Anonymous(), secure.Anonymous()) // so that connections can be shared

				_, err = greet(t, gnutls.New(cfg), config, "example.org")
				refusedFor(is, err, "for there is none")
				is.Equal(gnutls.New(cfg).Anonymous() == nil, false)

				other, err := tlstest.NewAuthorityNamed("another")
				is.NoErr(err)
				cfg.Certificates = []tls.Certificate{device(t, other, key)}
				_, err = greet(t, gnutls.New(cfg), config, "example.org")
				is.True(isA[tls.AlertError](err) && isPermanent(err))     // that of another authority is refused
				is.True(!strings.Contains(err.Error(), "no client cert")) // and not said to be missing
			})
		}
	}
	t.Run("of nobody", func(t *testing.T) {
		is := is.New(t)
		secure := gnutls.New(nil)
		is.Equal(secure.Anonymous(), secure) // who shows nothing stays who he is
	})
}

// refusedFor tests that the peer missed a certificate, and that the error says why.
func refusedFor(is *is.I, err error, reason string) {
	is.Helper()
	is.True(isA[tls.AlertError](err))                                                  // the peer refuses us
	is.True(isPermanent(err))                                                          // and will again
	is.True(strings.Contains(err.Error(), "no client certificate was shown, "+reason)) // because it saw none
}

// An impostor does not see the certificate.
func TestClientShowsNothingToAnImpostor(t *testing.T) {
	for version, id := range versions {
		t.Run(version, func(t *testing.T) {
			is := is.New(t)
			ca, err := tlstest.NewAuthority()
			is.NoErr(err) // an authority is made of nothing
			impostor, err := tlstest.SelfSigned("example.org")
			is.NoErr(err) // nobody has to sign it
			seen := 0
			config := &tls.Config{
				Certificates: []tls.Certificate{impostor}, MaxVersion: id, ClientAuth: tls.RequireAnyClientCert,
				VerifyPeerCertificate: func([][]byte, [][]*x509.Certificate) error { seen++; return nil },
			}
			key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			is.NoErr(err)
			secure := gnutls.New(&gnutls.Config{RootCAs: ca.Pool(), Certificates: []tls.Certificate{device(t, ca, key)}})
			_, err = greet(t, secure, config, "example.org")
			is.True(isA[x509.UnknownAuthorityError](err)) // nobody we trust
			is.Equal(seen, 0)                             // learns who we are
		})
	}
}

// What is recorded today must not be readable by whoever gets the key of the server later.
func TestClientWantsForwardSecrecy(t *testing.T) {
	is := is.New(t)
	ca, err := tlstest.NewAuthority()
	is.NoErr(err) // an authority is made of nothing
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	is.NoErr(err)
	config := &tls.Config{
		Certificates: []tls.Certificate{device(t, ca, key)}, MaxVersion: tls.VersionTLS12,
		CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256},
	}
	secure := gnutls.New(&gnutls.Config{RootCAs: ca.Pool()})
	_, err = greet(t, secure, config, "device")
	is.True(isA[tls.AlertError](err)) // the server finds nothing that it could do
	config.CipherSuites = []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}
	_, err = greet(t, secure, config, "device")
	is.NoErr(err)
}

// opaque is a key that cannot be read.
type opaque struct{ crypto.Signer }

func TestConfigRefuses(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	is.New(t).NoErr(err)
	ca, err := tlstest.NewAuthority()
	is.New(t).NoErr(err)
	good := device(t, ca, key)
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	is.New(t).NoErr(err)
	for says, cfg := range map[string]gnutls.Config{
		"MaxFragment is none of 512":     {MaxFragment: 513},
		"RecordSizeLimit is not from 64": {RecordSizeLimit: 63},
		"to 16384":                       {RecordSizeLimit: 16385},
		"RecordSizeLimit is not":         {RecordSizeLimit: -1},
		"set one":                        {RecordSizeLimit: 512, MaxFragment: 512},
		"MinVersion and MaxVersion":      {MinVersion: 12},
		"or allow none":                  {MinVersion: tls.VersionTLS13, MaxVersion: tls.VersionTLS12},
		"more than one of Certificates":  {Certificates: []tls.Certificate{good, good}},
		"must be in memory":              {Certificates: []tls.Certificate{{Certificate: good.Certificate, PrivateKey: opaque{key}}}},
		"gnutls: ":                       {Certificates: []tls.Certificate{{Certificate: good.Certificate, PrivateKey: other}}},
	} {
		t.Run(says, func(t *testing.T) {
			is := is.New(t)
			secure := gnutls.New(&cfg)
			near, far := memnet.Pipe()
			defer far.Close()
			_, err := secure.Client(context.Background(), near, "example.org")
			is.True(err != nil && strings.Contains(err.Error(), says)) // it says what is wrong
			is.True(isPermanent(err))                                  // and lasts
			is.NoErr(far.WaitClose())                                  // the connection below is closed
			_, err = far.Read(make([]byte, 1))
			is.True(err != nil) // and nothing was sent
			is.True(secure.Anonymous() != nil)
		})
	}
}

func TestTLSIsMade(t *testing.T) {
	for _, secure := range []*gnutls.TLS{nil, {}} {
		is := is.New(t)
		near, far := memnet.Pipe()
		_, err := secure.Client(context.Background(), near, "example.org")
		is.True(isPermanent(err))                    // it trusts nobody
		is.NoErr(far.WaitClose())                    // the connection below is closed
		is.Equal(secure.Anonymous() == secure, true) // with or without a name
		_ = far.Close()
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	is := is.New(t)
	_, key, err := ed25519.GenerateKey(rand.Reader)
	is.NoErr(err)
	cfg := gnutls.Config{Certificates: []tls.Certificate{{PrivateKey: key}}}
	secret := fmt.Sprint([]byte(key)[:4])
	secret = secret[1 : len(secret)-1]
	for _, form := range []string{"%v", "%+v", "%#v", "%s"} {
		is.True(!strings.Contains(fmt.Sprintf(form, cfg), secret))
		is.True(!strings.Contains(fmt.Sprintf(form, &cfg), secret))
		is.Equal(fmt.Sprintf(form, gnutls.New(&cfg)), "gnutls.TLS")
	}
	var e gnutls.Error
	is.True(!errors.As(errors.New("x"), &e))
}
