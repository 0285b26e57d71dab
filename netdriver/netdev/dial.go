package netdev

import (
	"context"
	"net/netip"

	"github.com/zreq-go/zreq/netdriver"
)

// target is the peer to connect to.
type target struct {
	host     string
	port     uint16
	protocol int
}

// dial opens a connection. If ctx can end while the device is busy, it uses a goroutine,
// which keeps its place until the device returns.
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
	if err := d.take(ctx); err != nil {
		return nil, err
	}
	to := target{host: host, port: port, protocol: protocol}
	if ctx.Done() == nil {
		defer d.give()
		fd, err := d.open(ctx, to)
		return d.conn(fd, err)
	}

	type result struct {
		fd  int
		err error
	}
	done, gone := make(chan result), make(chan struct{})
	go func() {
		defer d.give()
		fd, err := d.open(ctx, to)
		if err == nil && ctx.Err() != nil {
			d.dev.Close(fd)
			err = context.Cause(ctx)
		}
		select {
		case done <- result{fd, err}:
		case <-gone:
			if err == nil {
				d.dev.Close(fd)
			}
			d.lose(-1)
		}
	}()
	select {
	case r := <-done:
		return d.conn(r.fd, r.err)
	case <-ctx.Done():
		d.lose(1)
		close(gone)
		return nil, context.Cause(ctx)
	}
}

// conn returns the result of Dial for a socket or an error of open.
func (d *Driver) conn(fd int, err error) (netdriver.Conn, error) {
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

// lookUp returns the arguments of Connect: a host for TLS, and otherwise an address. The
// zone of an IPv6 address does not belong to the host that the peer has to prove, so for
// TLS the address is returned as well.
func (d *Driver) lookUp(to target) (host string, ip netip.Addr, err error) {
	if to.protocol == protoTLS {
		if host = withoutZone(to.host); host != to.host {
			ip, err = netip.ParseAddr(to.host)
		}
		return host, ip, err
	}
	if ip, err = netip.ParseAddr(to.host); err == nil {
		return "", ip, nil
	}
	ip, err = d.dev.GetHostByName(to.host)
	if err == nil && !ip.IsValid() {
		err = errNoAddress
	}
	return "", ip, err
}

// take waits for a place in the device. It fails when ctx ends, and if the contexts of
// all dials inside have ended.
func (d *Driver) take(ctx context.Context) error {
	d.mu.Lock()
	stuck := d.stuck
	d.mu.Unlock()
	select {
	case d.places <- struct{}{}:
		return nil
	case <-stuck:
		return ErrStuck
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (d *Driver) give() { <-d.places }

// lose counts the dials inside whose context has ended. They keep their places.
func (d *Driver) lose(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lost == MaxDials {
		d.stuck = make(chan struct{})
	}
	if d.lost += n; d.lost == MaxDials {
		close(d.stuck)
	}
}
