package zreq

import (
	"context"
	"errors"

	"github.com/zreq-go/zreq/netdriver"
)

var (
	errNoConn   = errors.New("the driver returned neither a connection nor an error")
	errPlainTLS = errors.New("the TLS setting returned no connection, or the plain one that it was given")
)

// occupy claims the connection and sees to it that it is open.
func (x *exchange) occupy(ctx context.Context) (err error) {
	conn := x.args.Connection
	if conn == nil {
		conn, err = newConnection(x.at, x.args)
	} else {
		err = conn.serves(&x.at, x.args)
	}
	if err != nil {
		return err
	}
	if err := conn.claim(); err != nil {
		return err
	}
	x.conn = conn
	if s := conn.alive(); s != nil {
		x.reused = true
		x.use(ctx, s)
		return nil
	}
	return x.redial(ctx)
}

// redial opens the connection, in place of a socket that died idle if there was one.
func (x *exchange) redial(ctx context.Context) error {
	x.conn.drop()
	x.reused = false
	s, err := x.dial(ctx)
	if err != nil {
		return err
	}
	x.use(ctx, s)
	return nil
}

// use makes s the socket of the exchange and watches the context for it.
func (x *exchange) use(ctx context.Context, s *socket) {
	if x.unhook != nil {
		x.unhook() // of a socket that is gone
	}
	x.sock, x.unhook = s, nil
	if ctx.Done() != nil {
		x.unhook = context.AfterFunc(ctx, s.interrupt)
	}
}

// dial opens the socket of x.conn. Close of the Connection ends that.
func (x *exchange) dial(ctx context.Context) (*socket, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := x.conn.dialling(cancel); err != nil {
		return nil, err
	}
	defer func() { _ = x.conn.dialling(nil) }()
	conn, err := x.open(ctx)
	if err != nil {
		return nil, err
	}
	s := newSocket(conn)
	return s, x.conn.adopt(s)
}

// open looks the name up, connects, and shakes hands for https.
func (x *exchange) open(ctx context.Context) (conn netdriver.Conn, err error) {
	c := x.conn
	secure, chip, err := c.secure()
	if err != nil {
		return nil, err
	}
	x.phase = PhaseDial
	address := string(c.at.appendAddress(nil))
	limit := x.times.Dial
	if chip != nil && limit > 0 && x.times.TLS > 0 {
		limit += x.times.TLS // one step for both
	}
	err = within(ctx, limit, "Dial", func(ctx context.Context) (err error) {
		if chip != nil {
			conn, err = chip.DialTLS(ctx, "tcp", address, c.at.host)
		} else {
			conn, err = c.driver.Dial(ctx, "tcp", address)
		}
		return err
	})
	if err == nil && conn == nil {
		err = errNoConn
	}
	if err != nil || secure == nil {
		return conn, err
	}
	x.phase = PhaseTLS
	plain := conn
	err = within(ctx, x.times.TLS, "TLS", func(ctx context.Context) (err error) {
		conn, err = secure.Client(ctx, plain, c.at.host)
		return err
	})
	if err == nil && (conn == plain || conn == nil) {
		_ = plain.Close()
		err = errPlainTLS
	}
	return conn, err
}

// secure chooses what makes an https connection secure: the TLS that the call
// named, else the chip's own if its driver vouches for it, else the program's.
// There is no fourth way: https never goes out in plain.
func (c *Connection) secure() (netdriver.TLS, netdriver.TLSDialer, error) {
	if !c.at.https {
		return nil, nil, nil
	}
	if c.tls != nil {
		return c.tls, nil, nil
	}
	if chip, ok := c.driver.(netdriver.TLSDialer); ok {
		return nil, chip, nil
	}
	if t := netdriver.DefaultTLS(); t != nil {
		return t, nil, nil
	}
	return nil, nil, ErrNoTLS
}
