package netdev

import (
	"context"
	"errors"
	"net/netip"

	"github.com/zreq-go/zreq/netdriver"
)

// target is the peer to connect to.
type target struct {
	host     string
	port     uint16
	protocol int
}

// dial opens a connection.
func (d *Driver) dial(ctx context.Context, network, address string, protocol int) (netdriver.Conn, error) {
	if network != "tcp" {
		return nil, errNetwork
	}
	host, port, err := split(address)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	fd, err := d.connect(ctx, target{host: host, port: port, protocol: protocol})
	if err != nil {
		return nil, err
	}
	return &conn{driver: d, fd: fd}, nil
}

// open makes all calls that may block in the device.
func (d *Driver) open(ctx context.Context, to target) (int, error) {
	host, ip, err := d.lookUp(to)
	if err != nil {
		return 0, &opError{"look up " + to.host, err}
	}
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	fd, err := d.socket(ctx, to.protocol)
	if err != nil {
		return 0, err
	}
	if err := d.dev.Connect(fd, host, netip.AddrPortFrom(ip, to.port)); err != nil {
		d.dev.Close(fd)
		return 0, &opError{"connect", err}
	}
	return fd, nil
}

// openInTime is open for a context that can end while the device connects.
func (d *Driver) openInTime(ctx context.Context, to target) (int, error) {
	fd, err := d.open(ctx, to)
	if err == nil && ctx.Err() != nil {
		d.dev.Close(fd)
		return 0, context.Cause(ctx)
	}
	return fd, err
}

// lookUp returns the arguments of Connect: a host for TLS, and otherwise an address. The
// zone of an IPv6 address does not belong to the host that the peer has to prove, so for
// TLS the address is returned as well.
func (d *Driver) lookUp(to target) (host string, ip netip.Addr, err error) {
	if to.protocol == protoTLS {
		if host = withoutZone(to.host); host != to.host {
			ip, err = parseIP(to.host)
		}
		return host, ip, err
	}
	if ip, err = parseIP(to.host); err == nil {
		return "", ip, nil
	}
	ip, err = d.dev.GetHostByName(to.host)
	if err == nil && !ip.IsValid() {
		err = errNoAddress
	}
	return "", ip, err
}

// socket creates a socket on whose number no call is inside.
func (d *Driver) socket(ctx context.Context, protocol int) (int, error) {
	for ctx.Err() == nil {
		fd, err := d.dev.Socket(afInet, sockStream, protocol)
		if err == nil && fd < 0 {
			err = errSocket
		}
		for _, full := range d.full {
			if errors.Is(err, full) {
				err = &noSocket{err}
			}
		}
		if err != nil {
			return 0, &opError{"socket", err}
		}
		if ok, err := d.claim(ctx, fd); ok || err != nil {
			return fd, err
		}
	}
	return 0, context.Cause(ctx)
}

// claim reports whether the new socket fd may be used. It waits a little for the calls
// inside on an earlier socket with that number. If they do not return, fd is kept open
// and unconnected, where it does no harm, so that the device gives another number.
func (d *Driver) claim(ctx context.Context, fd int) (bool, error) {
	for until := now() + instant(patience); ; sleep(instant(pause)) {
		waited := ctx.Err() != nil || until.isPast(now())
		h, held := d.numbers.look(fd, waited)
		switch {
		case !held:
			return true, nil
		case h.kept: // the device has given it a second time
			return false, ErrStuck
		case waited:
			return false, nil
		}
	}
}
