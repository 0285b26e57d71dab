package bind

import (
	"context"
	"net"
	"strings"
)

// resolver looks names up by the way that connections take. The system's own
// resolver would take any: only that of Go lets its sockets be bound.
func (d *Driver) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: d.dialNameserver}
}

// dialNameserver connects to a nameserver over udp or tcp. One on loopback, such
// as the stub of systemd at 127.0.0.53, is asked as it is: which way it takes in
// its turn is up to it.
func (d *Driver) dialNameserver(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := net.Dialer{Control: d.control}
	switch ip := d.ip(); {
	case ip == nil || isLocal(address):
	case strings.HasPrefix(network, "udp"):
		dialer.LocalAddr = &net.UDPAddr{IP: ip}
	default:
		dialer.LocalAddr = &net.TCPAddr{IP: ip}
	}
	return dialer.DialContext(ctx, network, address)
}
