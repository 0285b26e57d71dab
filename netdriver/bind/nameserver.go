package bind

import (
	"context"
	"net"
	"strings"
)

// resolver looks names up through the same interface and from the same address. It uses
// the resolver of Go, because the sockets of the system's own cannot be bound.
func (b binding) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: b.dialNameserver}
}

// dialNameserver connects to a nameserver over udp or tcp. A nameserver on loopback, such
// as the stub of systemd at 127.0.0.53, is dialled without binding, and chooses its own
// way.
func (b binding) dialNameserver(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{Control: b.control}
	switch ip := b.ip(); {
	case ip == nil || isLocal(address):
	case strings.HasPrefix(network, "udp"):
		dialer.LocalAddr = &net.UDPAddr{IP: ip}
	default:
		dialer.LocalAddr = &net.TCPAddr{IP: ip}
	}
	return dialer.DialContext(ctx, network, address)
}
