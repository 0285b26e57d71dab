package gnutls_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/gnutls"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
	"github.com/zreq-go/zreq/zreq"
)

// newEcho starts a server that answers each request with its body.
func newEcho(t *testing.T, ca *tlstest.Authority, version uint16) *httptest.Server {
	t.Helper()
	config, err := ca.Server("127.0.0.1")
	is.New(t).NoErr(err) // it signs for names
	config.MaxVersion = version
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // a short one is not the right answer
		_, _ = w.Write(body)
	}))
	s.TLS = config
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// elsewhere is a driver that dials one address, whatever is asked for.
type elsewhere struct{ address string }

func (e *elsewhere) Dial(ctx context.Context, network, _ string) (netdriver.Conn, error) {
	return new(stdnet.Driver).Dial(ctx, network, e.address)
}

var (
	gateway  elsewhere
	register sync.Once // a name is registered once in a program
)

// This is the code of the package comment.
func TestComment(t *testing.T) {
	is := is.New(t)
	ca, failed := tlstest.NewAuthority()
	is.NoErr(failed) // an authority is made of nothing
	config, failed := ca.Server("gateway.local")
	is.NoErr(failed) // it signs for names
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.TLS = config
	s.StartTLS()
	defer s.Close()
	gateway.address = s.Listener.Addr().String()
	register.Do(func() { netdriver.Register("gateway", &gateway) })
	is.NoErr(netdriver.SetDefault("gateway")) // for a call that names none
	defer func() { is.NoErr(netdriver.SetDefault(stdnet.Name)) }()
	ctx, factoryPEM := t.Context(), ca.PEM()
	roots, err := tlsnet.Roots(factoryPEM)
	secure := gnutls.New(&gnutls.Config{RootCAs: roots, MaxFragment: 512})
	resp, err := zreq.Get(ctx, "https://gateway.local/", &zreq.Args{TLS: secure})
	defer func() { is.NoErr(err) }() // the server is trusted
	is.Equal(resp.Status, 404)       // and answers
}

// A Session keeps connections, and many goroutines call over them.
func TestCallsOfASession(t *testing.T) {
	each(t, func(t *testing.T, version uint16) {
		is := is.New(t)
		ca, err := tlstest.NewAuthority()
		is.NoErr(err) // an authority is made of nothing
		s := newEcho(t, ca, version)
		session := &zreq.Session{
			Driver: new(stdnet.Driver), TLS: gnutls.New(&gnutls.Config{RootCAs: ca.Pool(), MaxFragment: 1024}),
		}
		defer session.Close()
		var callers sync.WaitGroup
		for i := range 8 {
			body := noise(1 + i*100_000)
			callers.Go(func() {
				for range 5 {
					resp, err := session.Put(t.Context(), s.URL+"/", &zreq.Args{Body: bytes.NewReader(body)})
					if err != nil {
						t.Error(err)
						return
					}
					got, err := resp.Content()
					if err != nil || !bytes.Equal(got, body) {
						t.Errorf("%d bytes came back of %d: %v", len(got), len(body), err)
					}
				}
			})
		}
		callers.Wait()
		is.True(session.Stats().Dialled <= 8) // connections are used again
	})
}

// A redirect to another origin is followed, and shows it no certificate.
func TestCallIsRedirected(t *testing.T) {
	is := is.New(t)
	ca, err := tlstest.NewAuthority()
	is.NoErr(err) // an authority is made of nothing
	mine, err := ca.Server("device")
	is.NoErr(err) // it signs for names
	var shown []int
	serve := func(answer http.HandlerFunc) *httptest.Server {
		config, err := ca.Server("127.0.0.1")
		is.NoErr(err)
		config.ClientAuth, config.ClientCAs = tls.RequestClientCert, ca.Pool()
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			shown = append(shown, len(r.TLS.PeerCertificates))
			answer(w, r)
		}))
		s.TLS = config
		s.StartTLS()
		t.Cleanup(s.Close)
		return s
	}
	second := serve(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	first := serve(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, second.URL, http.StatusFound) })
	resp, err := zreq.Get(t.Context(), first.URL, &zreq.Args{
		Driver: new(stdnet.Driver), TLS: gnutls.New(&gnutls.Config{RootCAs: ca.Pool(), Certificates: mine.Certificates}),
	})
	is.NoErr(err)
	text, err := resp.Text()
	is.NoErr(err)
	is.Equal(text, "hello")
	is.Equal(shown, []int{1, 0}) // only to the origin that the caller named
}
