package netdev

import (
	"context"
	"net/netip"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// target is what to connect to.
type target struct {
	host     string
	port     uint16
	protocol int
}

// dial opens a connection, in a goroutine if ctx can end while the device is
// away.
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
	to := target{host: host, port: port, protocol: protocol}
	if ctx.Done() == nil {
		fd, err := d.open(ctx, to)
		return d.conn(fd, err)
	}
	if d.isStuck() {
		return nil, ErrStuck
	}

	type result struct {
		fd  int
		err error
	}
	done, gone := make(chan result), make(chan struct{})
	go func() {
		fd, err := d.open(ctx, to)
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
		if ctx.Err() == nil {
			return d.conn(r.fd, r.err)
		}
		if r.err == nil {
			d.dev.Close(r.fd)
		}
		return nil, context.Cause(ctx)
	case <-ctx.Done():
		d.lose(1)
		close(gone)
		return nil, context.Cause(ctx)
	}
}

// conn is what Dial returns for a socket or an error of open.
func (d *Driver) conn(fd int, err error) (netdriver.Conn, error) {
	if err != nil {
		return nil, err
	}
	return &conn{driver: d, fd: fd}, nil
}

// open does all that may block in the device.
func (d *Driver) open(ctx context.Context, to target) (int, error) {
	host, ip, err := d.lookUp(to)
	if err != nil {
		return 0, &opError{"look up " + to.host, err}
	}
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	fd, err := d.dev.Socket(afInet, sockStream, to.protocol)
	if err == nil && fd < 0 {
		err = errSocket
	}
	if err != nil {
		return 0, &opError{"socket", err}
	}
	if err = d.awaitReuse(ctx, fd); err == nil {
		err = d.dev.Connect(fd, host, netip.AddrPortFrom(ip, to.port))
		if err == nil {
			return fd, nil
		}
		err = &opError{"connect", err}
	}
	d.dev.Close(fd)
	return 0, err
}

// lookUp returns what Connect gets: a host for TLS, else an address.
func (d *Driver) lookUp(to target) (host string, ip netip.Addr, err error) {
	if to.protocol == protoTLS {
		return to.host, netip.Addr{}, nil
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

func (d *Driver) isStuck() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lost >= maxLost
}

func (d *Driver) lose(n int) {
	d.mu.Lock()
	d.lost += n
	d.mu.Unlock()
}

// hold notes n calls that are inside the device on fd while it is closed.
// Devices use their numbers again at once, and such a call must not reach the
// next connection: see awaitReuse.
func (d *Driver) hold(fd, n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.held == nil {
		d.held = make(map[int]int)
	}
	if d.held[fd] += n; d.held[fd] <= 0 {
		delete(d.held, fd)
	}
}

// awaitReuse returns when no call of an earlier socket fd is inside the device.
// On a socket that is not connected yet such a call can do no harm.
func (d *Driver) awaitReuse(ctx context.Context, fd int) error {
	for {
		d.mu.Lock()
		held := d.held[fd]
		d.mu.Unlock()
		if held == 0 {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		time.Sleep(pause)
	}
}
