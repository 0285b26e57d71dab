package jobs

import (
	"context"
	"crypto/tls"
	"net"
)

// raw is the limit: a loop on the socket.
func raw(f fetch) (peer, error) {
	config, err := f.tls()
	if err != nil {
		return peer{}, err
	}
	dial := func() (net.Conn, error) {
		dialer := net.Dialer{Timeout: idle}
		if f.secure {
			secure := tls.Dialer{NetDialer: &dialer, Config: config}
			return secure.DialContext(context.Background(), "tcp", f.address())
		}
		return dialer.Dial("tcp", f.address())
	}
	p := peer{name: "raw"}
	if f.fresh {
		p.worker = func() (func() error, error) {
			x := newRawExchange(&f)
			return func() error {
				conn, err := dial()
				if err != nil {
					return err
				}
				defer conn.Close()
				return x.get(conn)
			}, nil
		}
		return p, nil
	}

	pool := make(chan net.Conn, f.conns)
	p.close = func() error {
		close(pool)
		for conn := range pool {
			_ = conn.Close()
		}
		return nil
	}
	for range f.conns {
		conn, err := dial()
		if err != nil {
			return p, err
		}
		pool <- conn
	}
	p.worker = func() (func() error, error) {
		x := newRawExchange(&f)
		if f.conns > 1 {
			return func() error {
				conn := <-pool
				err := x.get(conn)
				pool <- conn
				return err
			}, nil
		}
		conn := <-pool
		pool <- conn // for Close
		return func() error { return x.get(conn) }, nil
	}
	return p, nil
}
