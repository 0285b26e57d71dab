//go:build !tinygo

package tlsnet_test

import (
	"context"
	"crypto/tls"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

func testClientAccepts(t *testing.T) {
	for name, serverName := range map[string]string{
		"a host name":  "example.org",
		"its capitals": "Example.ORG",
		"an IPv4":      "127.0.0.1",
		"an IPv6":      "::1",
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			ca, err := tlstest.NewAuthority()
			is.NoErr(err) // an authority is made of nothing
			config, err := ca.Server("example.org", "127.0.0.1", "::1")
			is.NoErr(err) // it signs for names and addresses
			sni := make(chan string, 1)
			config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
				sni <- hello.ServerName
				return nil, nil
			}
			near, far := memnet.Pipe()
			defer far.Close()
			server := tls.Server(withAddr{far}, config)
			shaken := make(chan error)
			go func() { shaken <- server.Handshake() }()
			c, err := tlsnet.New(&tlsnet.Config{RootCAs: ca.Pool()}).Client(context.Background(), near, serverName)
			is.NoErr(err)      // the certificate names what was asked for
			is.NoErr(<-shaken) // both ends are done
			defer c.Close()
			if strings.ContainsAny(serverName, ".") && serverName[0] > '9' {
				is.Equal(<-sni, serverName) // SNI is the host of the URL
			} else {
				is.Equal(<-sni, "") // an address is no SNI (RFC 6066, 3)
			}
		})
	}
}

func TestClientHonoursContext(t *testing.T) {
	reason := errors.New("the user left")
	for name, below := range map[string]func(netdriver.Conn) netdriver.Conn{
		"driver":                            func(c netdriver.Conn) netdriver.Conn { return c },
		"driver whose Close wakes no Read":  func(c netdriver.Conn) netdriver.Conn { return deafConn{c} },
		"driver that returns (0, nil) once": func(c netdriver.Conn) netdriver.Conn { return &emptyConn{Conn: c} },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				near, far := memnet.Pipe()
				defer near.Close()
				defer far.Close()
				ctx, cancel := context.WithCancelCause(context.Background())
				time.AfterFunc(time.Second, func() { cancel(reason) })
				began := time.Now()
				_, err := tlsnet.Default().Client(ctx, below(near), "example.org")
				is.Equal(err, reason)                                        // a context's cause wins over the socket error it provoked
				is.True(time.Since(began) <= time.Second+time.Second/10)     // within 100 ms of its end
				_, err = tlsnet.Default().Client(ctx, below(far), "example") // it has ended already
				is.Equal(err, reason)                                        // nothing is tried
			})
		})
	}
	t.Run("deadline below", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			near, far := memnet.Pipe()
			defer far.Close()
			near.SetDeadline(time.Now().Add(time.Second))
			_, err := tlsnet.Default().Client(context.Background(), near, "example.org")
			is.True(errors.Is(err, os.ErrDeadlineExceeded)) // deadlines below hold in the handshake
			is.NoErr(far.WaitClose())                       // the connection below is closed
		})
	})
}

// deafConn is a driver in which Close waits for who reads.
type deafConn struct{ netdriver.Conn }

func (deafConn) Close() error { return nil }

// emptyConn returns (0, nil) before every read.
type emptyConn struct {
	netdriver.Conn
	odd bool
}

func (c *emptyConn) Read(p []byte) (int, error) {
	if c.odd = !c.odd; c.odd {
		return 0, nil
	}
	return c.Conn.Read(p)
}

func testConfig(t *testing.T) {
	t.Run("default is one value", func(t *testing.T) {
		is := is.New(t)
		first, again := tlsnet.Default(), tlsnet.Default()
		is.True(first == again) // a kept connection compares its TLS
	})
	t.Run("certificates are shown", func(t *testing.T) {
		is := is.New(t)
		ca, err := tlstest.NewAuthority()
		is.NoErr(err) // an authority is made of nothing
		cert, err := ca.Issue(time.Now().Add(time.Hour), "device 7")
		is.NoErr(err) // it signs for a device
		s := open(t, tlsnet.Config{Certificates: []tls.Certificate{cert}}, func(c *tls.Config) {
			c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, ca.Pool()
		})
		is.Equal(len(s.server.ConnectionState().PeerCertificates), 1) // the server saw who we are
	})
	t.Run("fields replace the base's", func(t *testing.T) {
		is := is.New(t)
		base := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
		s := open(t, tlsnet.Config{MinVersion: tls.VersionTLS13, Base: base}, func(c *tls.Config) {
			c.NextProtos = []string{"h2", "http/1.1"}
		})
		is.Equal(s.server.ConnectionState().Version, uint16(tls.VersionTLS13)) // MinVersion was heeded
		is.Equal(s.server.ConnectionState().NegotiatedProtocol, "http/1.1")    // and so was the base, but for h2
		is.Equal(base.MinVersion, uint16(tls.VersionTLS12))                    // which is the caller's
	})
}
