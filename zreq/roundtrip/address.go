package roundtrip

import (
	"net"

	"github.com/zreq-go/zreq/netdriver"
)

// withoutAddress makes a net.Conn of a driver's connection that is not one, because
// httptrace hooks may ask it for addresses.
type withoutAddress struct{ netdriver.Conn }

var _ net.Conn = withoutAddress{}

func (withoutAddress) LocalAddr() net.Addr  { return noAddr{} }
func (withoutAddress) RemoteAddr() net.Addr { return noAddr{} }

// noAddr is the address of a connection that has none.
type noAddr struct{}

func (noAddr) Network() string { return "tcp" }
func (noAddr) String() string  { return "" }
