//go:build !tinygo

package tlsnet_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

// session is both ends of an open TLS connection and what lies below them.
type session struct {
	client netdriver.Conn
	server *tls.Conn
	near   *memnet.Conn // below client
	far    *memnet.Conn // below server
}

// open shakes hands in memory. cfg gets the roots; change may alter the server.
func open(t testing.TB, cfg tlsnet.Config, change func(*tls.Config)) *session {
	t.Helper()
	is := is.New(t)
	is.Helper()
	ca, err := tlstest.NewAuthority()
	is.NoErr(err) // an authority is made of nothing
	config, err := ca.Server("example.org", "127.0.0.1")
	is.NoErr(err) // it signs for names and addresses
	if change != nil {
		change(config)
	}
	near, far := memnet.Pipe()
	s := &session{near: near, far: far, server: tls.Server(withAddr{far}, config)}
	shaken := make(chan error)
	go func() { shaken <- s.server.Handshake() }()
	cfg.RootCAs = ca.Pool()
	s.client, err = tlsnet.New(&cfg).Client(context.Background(), near, "example.org")
	is.NoErr(err)      // a server with a good certificate is accepted
	is.NoErr(<-shaken) // and so is the client
	t.Cleanup(func() {
		near.Close()
		far.Close()
	})
	return s
}

// withAddr makes a net.Conn of a connection in memory, for the server.
type withAddr struct{ netdriver.Conn }

func (withAddr) LocalAddr() net.Addr  { return nil }
func (withAddr) RemoteAddr() net.Addr { return nil }

// readString reads n bytes.
func readString(is *is.I, r io.Reader, n int) string {
	is.Helper()
	p := make([]byte, n)
	_, err := io.ReadFull(r, p)
	is.NoErr(err) // the bytes that were sent arrive
	return string(p)
}

// writeAll writes through short counts, as callers of a Conn do.
func writeAll(c netdriver.Conn, p []byte) error {
	for len(p) > 0 {
		n, err := c.Write(p)
		if err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}
