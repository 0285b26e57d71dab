package gnutls_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/gnutls"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

// versions are those that are spoken.
var versions = map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13}

// session is both ends of an open TLS connection and what lies below them.
type session struct {
	client netdriver.Conn
	server *tls.Conn
	near   *memnet.Conn // below client
	far    *memnet.Conn // below server
}

// open shakes hands in memory, with a server that speaks no newer version.
func open(t testing.TB, version uint16) *session {
	t.Helper()
	return openOver(t, version, func(c *memnet.Conn) netdriver.Conn { return c })
}

// openOver is open over a driver that below makes of the near end.
func openOver(t testing.TB, version uint16, below func(*memnet.Conn) netdriver.Conn) *session {
	t.Helper()
	is := is.New(t)
	is.Helper()
	ca, err := tlstest.NewAuthority()
	is.NoErr(err) // an authority is made of nothing
	config, err := ca.Server("example.org")
	is.NoErr(err) // it signs for names
	config.MaxVersion = version
	near, far := memnet.Pipe()
	s := &session{near: near, far: far, server: tls.Server(withAddr{far}, config)}
	shaken := make(chan error)
	go func() { shaken <- s.server.Handshake() }()
	s.client, err = gnutls.New(&gnutls.Config{RootCAs: ca.Pool()}).Client(context.Background(), below(near), "example.org")
	is.NoErr(err)      // a server with a good certificate is accepted
	is.NoErr(<-shaken) // and so is the client
	t.Cleanup(func() {
		_ = s.client.Close()
		_ = far.Close()
	})
	return s
}

// withAddr makes a net.Conn of a connection in memory, for crypto/tls.
type withAddr struct{ *memnet.Conn }

func (withAddr) LocalAddr() net.Addr  { return nil }
func (withAddr) RemoteAddr() net.Addr { return nil }

// readString reads n bytes.
func readString(is *is.I, r io.Reader, n int) string {
	is.Helper()
	p := make([]byte, n)
	got, err := io.ReadFull(r, p)
	is.NoErr(err)
	return string(p[:got])
}

// check looks at a connection that can be looked at.
func check(c netdriver.Conn) error { return c.(netdriver.Checker).Check() }

func isA[T error](err error) bool {
	var target T
	return errors.As(err, &target)
}

// isPermanent reports whether an error says that it will come again.
func isPermanent(err error) bool {
	var lasting interface {
		error
		Permanent() bool
	}
	return errors.As(err, &lasting) && lasting.Permanent()
}
