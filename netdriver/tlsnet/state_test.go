//go:build !tinygo

package tlsnet_test

import (
	"crypto/tls"
	"net"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

func TestConnectionState(t *testing.T) {
	is := is.New(t)
	s := open(t, tlsnet.Config{}, nil)
	known, ok := s.client.(interface{ ConnectionState() tls.ConnectionState })
	is.True(ok) // a caller can ask
	state := known.ConnectionState()
	is.True(state.HandshakeComplete)                                  // the handshake is over
	is.Equal(state.Version, s.server.ConnectionState().Version)       // and came to what the server thinks
	is.True(len(state.PeerCertificates) > 0)                          // by a certificate
	is.NoErr(state.PeerCertificates[0].VerifyHostname("example.org")) // of the peer's
	is.Equal(s.client.(net.Conn).RemoteAddr().String(), "")           // the connection below has no address
	is.Equal(s.client.(net.Conn).LocalAddr().Network(), "tcp")        // and nothing falls over for that
}

// addressed is a connection of a driver that has addresses.
type addressed struct{ *memnet.Conn }

func (addressed) LocalAddr() net.Addr  { return &net.TCPAddr{Port: 7} }
func (addressed) RemoteAddr() net.Addr { return &net.TCPAddr{Port: 9} }

func TestAddressesAreThoseBelow(t *testing.T) {
	is := is.New(t)
	ca, err := tlstest.NewAuthority()
	is.NoErr(err) // an authority is made of nothing
	config, err := ca.Server("example.org")
	is.NoErr(err) // it signs for a name
	near, far := memnet.Pipe()
	defer far.Close()
	server := tls.Server(withAddr{far}, config)
	shaken := make(chan error)
	go func() { shaken <- server.Handshake() }()
	c, err := tlsnet.New(&tlsnet.Config{RootCAs: ca.Pool()}).Client(t.Context(), addressed{near}, "example.org")
	is.NoErr(err)      // the certificate is good
	is.NoErr(<-shaken) // for both
	defer c.Close()
	is.Equal(c.(net.Conn).LocalAddr().String(), ":7")  // ours
	is.Equal(c.(net.Conn).RemoteAddr().String(), ":9") // the peer's
}
