package roundtrip_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/zreq"
)

// tlsServer is one of net/http, and a client of ours that trusts it.
func tlsServer(t *testing.T, handler http.HandlerFunc) (*httptest.Server, *http.Client, *zreq.Session) {
	t.Helper()
	s := httptest.NewTLSServer(handler)
	t.Cleanup(s.Close)
	client, session := zreqClient(t)
	roots := s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	session.TLS = tlsnet.New(&tlsnet.Config{RootCAs: roots})
	return s, client, session
}

func TestTLS(t *testing.T) {
	is := is.New(t)
	srv, client, session := tlsServer(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	for range 2 { // also of a kept connection
		resp, err := client.Get(srv.URL)
		is.NoErr(err)
		text, err := io.ReadAll(resp.Body)
		is.NoErr(err)
		is.Equal(string(text), "hello")
		is.True(resp.TLS != nil && resp.TLS.HandshakeComplete) // who it was
		is.True(resp.TLS.PeerCertificates[0].Equal(srv.Certificate()))
		resp.Body.Close()
	}
	is.Equal(session.Stats().Dialled, int64(1))
	resp, err := client.Get(startPeer(t, ok).url)
	is.NoErr(err)
	is.True(resp.TLS == nil) // of http there is none
	resp.Body.Close()
}

func TestCutTLS(t *testing.T) {
	is := is.New(t)
	srv, client, _ := tlsServer(t, func(w http.ResponseWriter, _ *http.Request) {
		c, _, _ := w.(http.Hijacker).Hijack()
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\nhello")
		_ = c.(*tls.Conn).NetConn().Close() // without close_notify
	})
	resp, err := srv.Client().Get(srv.URL)
	is.NoErr(err)
	_, err = io.ReadAll(resp.Body)
	is.NoErr(err) // net/http takes it for whole
	resp.Body.Close()
	resp, err = client.Get(srv.URL)
	is.NoErr(err)
	text, err := io.ReadAll(resp.Body)
	is.Equal(string(text), "hello")
	is.True(errors.Is(err, io.ErrUnexpectedEOF)) // anybody could have ended it there
	resp.Body.Close()
}

// TestNoAnswerOverTLS: with or without close_notify, it is what net/http says.
func TestNoAnswerOverTLS(t *testing.T) {
	for name, notify := range map[string]bool{"close_notify": true, "none": false} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			srv, ours, session := tlsServer(t, func(w http.ResponseWriter, _ *http.Request) {
				c, _, _ := w.(http.Hijacker).Hijack()
				if notify {
					_ = c.Close()
				}
				_ = c.(*tls.Conn).NetConn().Close()
			})
			std := srv.Client()
			defer std.CloseIdleConnections()
			for _, c := range []*http.Client{std, ours} {
				_, err := c.Get(srv.URL)
				is.Equal(errors.Unwrap(err), io.EOF)
			}
			is.Equal(session.Stats().Open, 0)
		})
	}
}

// chip dials connections that speak TLS, as some network chips do.
type chip struct{ stdnet.Driver }

func (c *chip) DialTLS(ctx context.Context, network, address, serverName string) (netdriver.Conn, error) {
	plain, err := c.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return tlsnet.New(nil).Client(ctx, plain, serverName)
}

// TestUntrustedByAChip: a certificate is refused in the dial there.
func TestUntrustedByAChip(t *testing.T) {
	is := is.New(t)
	srv, client, session := tlsServer(t, http.NotFound)
	srv.Config.ErrorLog = quiet
	session.TLS, session.Driver = nil, &chip{}
	before := netdriver.DefaultTLS()
	netdriver.SetTLS(nil)
	defer netdriver.SetTLS(before)
	_, err := client.Get(srv.URL)
	refused, ok := errors.Unwrap(err).(*tls.CertificateVerificationError)
	is.True(ok)
	var facts *zreq.Error
	is.True(errors.As(refused, &facts))
	is.Equal(facts.Phase, zreq.PhaseDial)
}

// TestUntrustedForNoReason: a driver need not say why it trusts a certificate not.
func TestUntrustedForNoReason(t *testing.T) {
	is := is.New(t)
	client, session := zreqClient(t)
	session.Driver = refuser{&tls.CertificateVerificationError{}}
	_, err := client.Get("http://device.test/")
	is.True(errors.Is(err, zreq.ErrConnect))
}

// TestNoTLS: what is neither TLS nor HTTP is an error with the facts. Only HTTP is what the Client
// looks for.
func TestNoTLS(t *testing.T) {
	is := is.New(t)
	client, session := zreqClient(t)
	session.TLS = tlsnet.New(nil)
	_, err := client.Get(secured(handle(t, func(c *net.TCPConn, _ <-chan struct{}) { _, _ = io.WriteString(c, "SSH-2.0-x\r\n") })))
	var facts *zreq.Error
	is.True(errors.As(err, &facts))
	is.Equal(facts.Phase, zreq.PhaseTLS)
}

// TestErrorOfABodyOverTLS: it is itself, as net/http has it, also where the length was
// known.
func TestErrorOfABodyOverTLS(t *testing.T) {
	srv, ours, session := tlsServer(t, http.NotFound)
	srv.Config.ErrorLog = quiet
	std := srv.Client()
	defer std.CloseIdleConnections()
	for _, c := range []*http.Client{std, ours} {
		is := is.New(t)
		r := make1("POST", srv.URL, &failing{strings.NewReader("hello")})
		r.ContentLength = 9
		_, err := c.Do(r)
		is.Equal(errors.Unwrap(err), errBody)
	}
	is := is.New(t)
	r := make1("POST", srv.URL, strings.NewReader("hello"))
	r.ContentLength = 9
	_, err := ours.Do(r)
	is.True(errors.Is(err, zreq.ErrBody)) // it is short, and its end is no error of its own
	is.Equal(session.Stats().Open, 0)
}
