package proxy_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/proxy"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

// An authority of the tests signs for the proxy and for the origin.
func authority(t testing.TB) *tlstest.Authority {
	t.Helper()
	ca, err := tlstest.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func serverFor(t testing.TB, ca *tlstest.Authority, name string) *tls.Config {
	t.Helper()
	config, err := ca.Server(name)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// plainConn makes a net.Conn of a connection in memory.
type plainConn struct{ *memnet.Conn }

func (plainConn) LocalAddr() net.Addr  { return nil }
func (plainConn) RemoteAddr() net.Addr { return nil }

// testTLSInTLS: an https proxy, and through it an https origin.
func testTLSInTLS(t *testing.T) {
	is := is.New(t)
	ca := authority(t)
	n := memnet.New()
	l, err := n.Listen("proxy.test:443")
	is.NoErr(err)
	defer l.Close()
	served := make(chan error, 1)
	go func() {
		served <- func() error {
			c, err := l.Accept()
			if err != nil {
				return err
			}
			defer c.Close()
			outer := tls.Server(plainConn{c}, serverFor(t, ca, "proxy.test"))
			if _, err := io.ReadFull(outer, make([]byte, len(connect()))); err != nil {
				return err
			}
			if _, err := io.WriteString(outer, established); err != nil {
				return err
			}
			inner := tls.Server(outer, serverFor(t, ca, "origin.test"))
			_, err = io.CopyN(inner, inner, 4)
			return err
		}()
	}()
	trusted := tlsnet.New(&tlsnet.Config{RootCAs: ca.Pool()})
	d, err := proxy.HTTP(n, "https://proxy.test", &proxy.Options{TLS: trusted})
	is.NoErr(err)
	c, err := dial(t, d)
	is.NoErr(err)
	is.True(c.(netdriver.EndProver).ProvesEnd()) // all that the connection to the proxy can do
	is.NoErr(c.(netdriver.Checker).Check())
	c, err = trusted.Client(context.Background(), c, "origin.test")
	is.NoErr(err)
	is.Equal(echoes(t, c, "over"), "over")
	is.NoErr(c.Close())
	is.NoErr(<-served)
}

// A tlsFunc is a TLS of a test.
type tlsFunc func(c netdriver.Conn) (netdriver.Conn, error)

func (f tlsFunc) Client(_ context.Context, c netdriver.Conn, _ string) (netdriver.Conn, error) {
	return f(c)
}

// testTLSOfTheProxy: credentials never go to an https proxy in plain, or to another server.
func testTLSOfTheProxy(t *testing.T) {
	https := func(t *testing.T, via netdriver.Driver, secure netdriver.TLS) error {
		t.Helper()
		d, err := proxy.HTTP(via, "https://"+at, &proxy.Options{User: user, Password: password, TLS: secure})
		if err != nil {
			t.Fatal(err)
		}
		for _, http := range []bool{true, false} {
			c, _, e := d.DialPath(context.Background(), "tcp", "origin.test:443", http)
			if c != nil {
				t.Fatal("there is a connection")
			}
			err = e
		}
		return err
	}
	t.Run("none", func(t *testing.T) {
		is := is.New(t)
		n := memnet.New()
		before := netdriver.DefaultTLS()
		defer netdriver.SetTLS(before)
		netdriver.SetTLS(nil)
		err := https(t, n, nil)
		is.True(errors.Is(err, proxy.ErrNoTLS))
		is.True(strings.Contains(err.Error(), "Options.TLS")) // it names the cure
		is.True(err.(*proxy.Error).Permanent())
		is.Equal(n.Dials(), 0) // before anything is dialled
	})
	t.Run("the program's", func(t *testing.T) {
		is := is.New(t)
		before := netdriver.DefaultTLS()
		defer netdriver.SetTLS(before)
		netdriver.SetTLS(tlsFunc(func(c netdriver.Conn) (netdriver.Conn, error) { return nil, errors.Join(errStop, c.Close()) }))
		is.True(errors.Is(https(t, play(t, dialogue{}, dialogue{}), nil), errStop)) // is used
	})
	t.Run("not trusted", func(t *testing.T) {
		is := is.New(t)
		n := memnet.New()
		l, err := n.Listen(at)
		is.NoErr(err)
		defer l.Close()
		ca := authority(t)
		done := make(chan struct{})
		go func() {
			defer close(done)
			for range 2 {
				c, err := l.Accept()
				if err != nil {
					return
				}
				_ = tls.Server(plainConn{c}, serverFor(t, ca, "other.test")).Handshake()
				_ = c.Close()
			}
		}()
		err = https(t, n, tlsnet.New(&tlsnet.Config{RootCAs: ca.Pool()}))
		var name x509.HostnameError
		is.True(errors.As(err, &name))
		is.True(err.(*proxy.Error).Permanent()) // as the TLS says
		is.Equal(n.Open(), 0)
		<-done
	})
	for name, f := range map[string]tlsFunc{
		"the plain one": func(c netdriver.Conn) (netdriver.Conn, error) { return c, nil },
		"nothing":       func(netdriver.Conn) (netdriver.Conn, error) { return nil, nil },
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			p := play(t, dialogue{}, dialogue{})
			err := https(t, p, f)
			is.True(strings.Contains(err.Error(), "the plain one"))
			is.Equal(p.Open(), 0)
			is.Equal(p.all(), "") // not a byte was sent
		})
	}
}
