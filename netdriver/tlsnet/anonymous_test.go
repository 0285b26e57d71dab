//go:build !tinygo

package tlsnet_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
	"github.com/zreq-go/zreq/zreq"
)

// web is hosts that lead to each other, and note who asked them.
type web struct {
	*site
	leads map[string]string // from "host/path" to a Location
	seen  []string          // "host/path client", and " again" of a session that was resumed
}

func newWeb(t testing.TB, leads map[string]string) *web {
	t.Helper()
	return &web{site: newSite(t), leads: leads}
}

// host serves https as name, and asks for a certificate as auth says.
func (w *web) host(t testing.TB, name string, auth tls.ClientAuthType, version uint16) *tls.Config {
	t.Helper()
	config, err := w.ca.Server(name)
	is.New(t).NoErr(err) // it signs for names
	config.MaxVersion, config.ClientAuth, config.ClientCAs = version, auth, w.ca.Pool()
	w.serve(t, name+":443", func(c *memnet.Conn) {
		server := tls.Server(withAddr{c}, config)
		defer server.Close()
		if server.Handshake() == nil {
			w.lead(server, name, server.ConnectionState())
		}
		io.Copy(io.Discard, c) // a close would break what the client still sends
	})
	return config
}

// lead answers requests.
func (w *web) lead(c io.ReadWriter, name string, state tls.ConnectionState) {
	who := "nobody"
	if len(state.PeerCertificates) > 0 {
		who = state.PeerCertificates[0].DNSNames[0]
	}
	if state.DidResume {
		who += " again"
	}
	for from := bufio.NewReader(c); ; {
		r, err := http.ReadRequest(from)
		if err != nil {
			return
		}
		w.mu.Lock()
		w.seen = append(w.seen, name+r.URL.Path+" "+who)
		w.mu.Unlock()
		if to := w.leads[name+r.URL.Path]; to != "" {
			fmt.Fprintf(c, "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n", to)
			continue
		}
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
	}
}

// saw returns who asked since it was last called.
func (w *web) saw() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := strings.Join(w.seen, ", ")
	w.seen = nil
	return seen
}

// device is a TLS with a certificate of ours.
func (w *web) device(t testing.TB, cfg tlsnet.Config) *tlsnet.TLS {
	t.Helper()
	cfg.Certificates = []tls.Certificate{w.inElement(t, newElement(t))}
	if cfg.Pins == nil {
		cfg.RootCAs = w.ca.Pool()
	}
	return tlsnet.New(&cfg)
}

// testRedirectShowsNoCertificate: a certificate of ours is shown to the origins that the
// caller names, and to none that a redirect leads to, by whatever way the body is taken;
// nor is a session resumed there that began with it. That stays so on the way back.
func testRedirectShowsNoCertificate(t *testing.T) {
	ctx := context.Background()
	take := func(resp *zreq.Response, err error) error {
		if err == nil && resp.Status != 200 {
			err = errors.New("not followed")
		}
		return err
	}
	for name, version := range versions {
		for mode, call := range map[string]func(s *zreq.Session, url string) error{
			"content": func(s *zreq.Session, url string) error {
				return take(zreq.Get(ctx, url, &zreq.Args{Driver: s.Driver, TLS: s.TLS}))
			},
			"callback": func(s *zreq.Session, url string) error {
				return take(zreq.Get(ctx, url, &zreq.Args{Driver: s.Driver, TLS: s.TLS, StreamCallback: func([]byte) error { return nil }}))
			},
			"stream": func(s *zreq.Session, url string) error {
				resp, err := zreq.Get(ctx, url, &zreq.Args{Driver: s.Driver, TLS: s.TLS, Stream: true})
				if err == nil {
					_, err = resp.WriteTo(io.Discard)
				}
				return take(resp, err)
			},
			"session": func(s *zreq.Session, url string) error { return take(s.Get(ctx, url, nil)) },
			"the program's TLS": func(s *zreq.Session, url string) error {
				before := netdriver.DefaultTLS()
				netdriver.SetTLS(s.TLS)
				defer netdriver.SetTLS(before)
				return take(zreq.Get(ctx, url, &zreq.Args{Driver: s.Driver}))
			},
		} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				is := is.New(t)
				w := newWeb(t, map[string]string{
					"a.test/1": "https://b.test/2", "b.test/2": "/3", "b.test/3": "https://a.test/4", "a.test/5": "/6",
				})
				w.host(t, "a.test", tls.VerifyClientCertIfGiven, version)
				w.host(t, "b.test", tls.RequestClientCert, version)
				s := &zreq.Session{Driver: w.net, TLS: w.device(t, tlsnet.Config{})}
				defer s.Close()
				is.NoErr(call(s, "https://b.test/named"))
				is.Equal(w.saw(), "b.test/named device 7")
				is.NoErr(call(s, "https://a.test/1"))
				is.True(!strings.Contains(strings.Replace(w.saw(), "a.test/1 device 7", "", 1), "device"))
				is.NoErr(call(s, "https://a.test/1"))
				seen := strings.ReplaceAll(w.saw(), " again", "")
				is.Equal(seen, "a.test/1 device 7, b.test/2 nobody, b.test/3 nobody, a.test/4 nobody")
				is.NoErr(call(s, "https://a.test/5"))
				is.Equal(strings.ReplaceAll(w.saw(), " again", ""), "a.test/5 device 7, a.test/6 device 7") // it is the same origin
				is.NoErr(call(s, "https://b.test/named"))
				is.Equal(strings.ReplaceAll(w.saw(), " again", ""), "b.test/named device 7") // the caller names it
			})
		}
	}
}

// testRedirectAsksForACertificate: an origin that a redirect leads to, and that wants a
// certificate, gets none, and the error says so.
func testRedirectAsksForACertificate(t *testing.T) {
	for name, version := range versions {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			w := newWeb(t, map[string]string{"a.test/1": "https://b.test/2"})
			w.host(t, "a.test", tls.RequireAndVerifyClientCert, version)
			w.host(t, "b.test", tls.RequireAndVerifyClientCert, version)
			err := w.get(t, w.device(t, tlsnet.Config{}), "https://a.test/1")
			is.True(errors.Is(err, zreq.ErrConnect))
			is.True(strings.Contains(err.Error(), "a redirect led to this origin")) // the reason
			is.Equal(w.saw(), "a.test/1 device 7")
		})
	}
}

// testRedirectFromHTTP: https is another origin than http of the same name.
func testRedirectFromHTTP(t *testing.T) {
	is := is.New(t)
	w := newWeb(t, map[string]string{"plain a.test/1": "https://a.test/2"})
	w.host(t, "a.test", tls.VerifyClientCertIfGiven, 0)
	w.serve(t, "a.test:80", func(c *memnet.Conn) { w.lead(c, "plain a.test", tls.ConnectionState{}) })
	is.NoErr(w.get(t, w.device(t, tlsnet.Config{}), "http://a.test/1"))
	is.Equal(w.saw(), "plain a.test/1 nobody, a.test/2 nobody")
}

// testRedirectBackToAConnection: on the way back from another origin the caller's
// Connection is not used if its handshake has shown a certificate. It is the caller's
// still.
func testRedirectBackToAConnection(t *testing.T) {
	is := is.New(t)
	ctx := context.Background()
	w := newWeb(t, map[string]string{"a.test/1": "https://b.test/2", "b.test/2": "https://a.test/3"})
	w.host(t, "a.test", tls.VerifyClientCertIfGiven, 0)
	w.host(t, "b.test", tls.RequestClientCert, 0)
	for _, cfg := range []*zreq.Args{
		{Driver: w.net, TLS: w.device(t, tlsnet.Config{})},
		{Driver: w.net, TLS: tlsnet.New(&tlsnet.Config{RootCAs: w.ca.Pool()})},
	} {
		conn, err := zreq.Connect(ctx, "https://a.test", cfg)
		is.NoErr(err)
		for range 2 {
			resp, err := zreq.Get(ctx, "https://a.test/1", &zreq.Args{Connection: conn})
			is.NoErr(err)
			is.True(resp.Connection == conn) // it comes back
			is.Equal(conn.Dials(), 1)        // as it was
		}
		is.NoErr(conn.Close())
		is.Equal(w.net.Open(), 0)
	}
	is.Equal(strings.ReplaceAll(w.saw(), " again", ""), strings.Join([]string{
		"a.test/1 device 7", "b.test/2 nobody", "a.test/3 nobody", "a.test/1 device 7", "b.test/2 nobody", "a.test/3 nobody",
		"a.test/1 nobody", "b.test/2 nobody", "a.test/3 nobody", "a.test/1 nobody", "b.test/2 nobody", "a.test/3 nobody",
	}, ", "))
}

// testRedirectStillDemands: what a TLS demands of the peer it demands where a redirect
// leads to, too: a pinned key, and the name of ServerName. A pin of both lets both pass.
func testRedirectStillDemands(t *testing.T) {
	is := is.New(t)
	w := newWeb(t, map[string]string{"a.test/1": "https://b.test/2"})
	a, b := pinOf(t, w.host(t, "a.test", tls.RequireAndVerifyClientCert, 0).Certificates[0]), pinOf(t, w.host(t, "b.test", tls.RequestClientCert, 0).Certificates[0])
	err := w.get(t, w.device(t, tlsnet.Config{Pins: []tlsnet.Pin{a}}), "https://a.test/1")
	is.True(errors.Is(err, tlsnet.ErrPin)) // a pin of the one is not the key of the other
	is.Equal(w.saw(), "a.test/1 device 7") // which gets no request
	is.NoErr(w.get(t, w.device(t, tlsnet.Config{Pins: []tlsnet.Pin{a, b}}), "https://a.test/1"))
	is.Equal(w.saw(), "a.test/1 device 7, b.test/2 nobody")

	var name x509.HostnameError
	err = w.get(t, w.device(t, tlsnet.Config{ServerName: "a.test"}), "https://a.test/1")
	is.True(errors.As(err, &name)) // it is asked for under that name
	is.Equal(w.saw(), "a.test/1 device 7")

	secure := w.device(t, tlsnet.Config{})
	other, err := tlstest.NewAuthorityNamed("other")
	is.NoErr(err)
	w.ca = other
	w.host(t, "c.test", tls.RequestClientCert, 0)
	w.leads["b.test/3"] = "https://c.test/"
	var unknown x509.UnknownAuthorityError
	is.True(errors.As(w.get(t, secure, "https://b.test/3"), &unknown)) // the roots are the same
	is.Equal(w.saw(), "b.test/3 device 7")
}

// testAnonymous: the TLS that shows nothing is one and the same, and a TLS without
// certificates is its own.
func testAnonymous(t *testing.T) {
	is := is.New(t)
	w := newWeb(t, nil)
	w.host(t, "a.test", tls.VerifyClientCertIfGiven, 0)
	for _, plain := range []*tlsnet.TLS{tlsnet.Default(), tlsnet.NewInsecure(nil), new(tlsnet.TLS), nil} {
		is.True(plain.Anonymous() == netdriver.TLS(plain))
	}
	pair := w.inElement(t, newElement(t))
	for name, cfg := range map[string]*tlsnet.Config{
		"Certificates": {RootCAs: w.ca.Pool(), Certificates: []tls.Certificate{pair}},
		"of the Base":  {RootCAs: w.ca.Pool(), Base: &tls.Config{Certificates: []tls.Certificate{pair}}},
		"asked for": {RootCAs: w.ca.Pool(), Base: &tls.Config{
			GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil },
			ClientSessionCache:   tls.NewLRUClientSessionCache(1),
		}},
		"no sessions": {RootCAs: w.ca.Pool(), Certificates: []tls.Certificate{pair}, Sessions: -1},
	} {
		secure := tlsnet.New(cfg)
		is.NoErr(w.get(t, secure, "https://a.test/"))
		is.Equal(w.saw(), "a.test/ device 7")
		anonymous := secure.Anonymous()
		is.True(anonymous != netdriver.TLS(secure))
		is.True(anonymous == secure.Anonymous())                  // always the same
		is.True(anonymous == anonymous.(*tlsnet.TLS).Anonymous()) // it shows nothing
		is.NoErr(w.get(t, anonymous, "https://a.test/"))          // its sessions are its own
		is.Equal(w.saw(), "a.test/ nobody")                       // at first
		is.NoErr(w.get(t, anonymous, "https://a.test/"))
		is.Equal(w.saw() == "a.test/ nobody again", name != "no sessions")
	}
}
