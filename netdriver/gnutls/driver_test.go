package gnutls_test

import (
	"context"
	"crypto/tls"
	"net"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/gnutls"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

// secured is a driver that dials with another and shakes hands.
type secured struct {
	netdriver.Driver
	tls netdriver.TLS
}

func (s *secured) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := s.Driver.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return s.tls.Client(ctx, c, "example.org")
}

// secure returns below with TLS on top, and the capabilities of that.
func secure(t *testing.T, below netdriver.Driver, c drivertest.Capabilities, version uint16) (netdriver.Driver, drivertest.Capabilities) {
	t.Helper()
	is := is.New(t)
	is.Helper()
	ca, err := tlstest.NewAuthority()
	is.NoErr(err) // an authority is made of nothing
	config, err := ca.Server("example.org")
	is.NoErr(err) // it signs for names
	config.MaxVersion = version
	c.Listen = drivertest.Over(c.Listen, func(p drivertest.Peer) (drivertest.Peer, error) {
		server := tls.Server(netConn(p), config)
		if err := server.Handshake(); err != nil {
			p.Close()
			return nil, err
		}
		return securePeer{server, p}, nil
	})
	c.HalfClose, c.EndProof = true, true
	return &secured{below, gnutls.New(&gnutls.Config{RootCAs: ca.Pool()})}, c
}

func netConn(p drivertest.Peer) net.Conn {
	if c, ok := p.(net.Conn); ok {
		return c
	}
	return withAddr{p.(*memnet.Conn)}
}

// securePeer is the server's end.
type securePeer struct {
	*tls.Conn
	below drivertest.Peer
}

func (p securePeer) Reset() { p.below.(interface{ Reset() }).Reset() }
func (p securePeer) Cut()   { p.below.(netdriver.HalfCloser).CloseWrite() }

func TestDriverOverMemnet(t *testing.T) {
	n := memnet.New()
	silent, err := n.Listen("silent.test:80")
	if err != nil {
		t.Fatal(err)
	}
	silent.SetSilent(true)
	for name, below := range map[string]netdriver.Driver{"": n, "bare": memnet.Bare(n)} {
		for over, version := range versions {
			t.Run(name+over, func(t *testing.T) {
				d, c := secure(t, below, drivertest.Capabilities{
					Listen:        drivertest.Memory(n),
					Silent:        func(testing.TB) string { return silent.Address() },
					RefusesAtOnce: true,
					Check:         name == "",
				}, version)
				drivertest.Run(t, d, c)
			})
		}
	}
}

func TestDriverOverSystemTCP(t *testing.T) {
	for name, version := range versions {
		t.Run(name, func(t *testing.T) {
			d, c := secure(t, new(stdnet.Driver), drivertest.Capabilities{
				Listen: drivertest.TCP, RefusesAtOnce: true, Check: true,
			}, version)
			drivertest.Run(t, d, c)
		})
	}
}
