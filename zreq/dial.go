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

// occupy claims a connection, unless the last request left one, and sees to it
// that it is open.
func (x *exchange) occupy(ctx context.Context) error {
	if x.conn == nil {
		if err := x.claim(ctx); err != nil {
			return err
		}
	}
	// Not before: the Response may be that of the call that has the claim.
	if old := x.resp.pull; old != nil {
		old.close()
	}
	x.resp.reset()
	x.resp.method, x.resp.url, x.resp.history, x.resp.made = x.method, x.url, x.history, x.attempt
	for {
		s, err := x.conn.alive()
		switch {
		case s != nil && x.body.chunked() && x.conn.http10:
			x.why = CloseNone
			return errChunked10
		case s != nil:
			x.reused = true
			x.use(ctx, s)
			return nil
		case err == nil:
			return x.redial(ctx)
		}
		x.conn.drop()
		why := CloseDied
		if err == errLapsed {
			why = CloseAged
		}
		x.tell(EventStale, why, err)
		if of := x.conn.owner; of != nil {
			x.conn = of.another() // which may serve
		}
	}
}

// claim chooses the connection for the request and takes it for the call.
func (x *exchange) claim(ctx context.Context) error {
	conn, err := x.choose(ctx)
	if err != nil {
		return err
	}
	if conn.owner == nil {
		if old := x.resp.pull; old != nil && old.held.conn == conn {
			old.close() // its body is given up for this call
		}
		if err := conn.claim(); err != nil {
			return err
		}
	}
	x.conn = conn
	if x.home == conn {
		x.home = nil // it came back
	}
	return nil
}

// choose returns the connection for the request: the caller's, but for another
// origin after a redirect, or one of the Session's, or a new one.
func (x *exchange) choose(ctx context.Context) (*Connection, error) {
	if conn := x.args.Connection; conn != nil {
		if x.keep != nil && x.keep.over() {
			return nil, ErrClosed
		}
		if err := x.serves(conn); err == nil || !x.crossed {
			return conn, err
		}
	}
	r, err := newRoute(&x.at, x.args, x.crossed)
	if err != nil {
		return nil, err
	}
	if x.keep == nil {
		return newConnection(r), nil
	}
	if old := x.resp.pull; old != nil {
		old.close() // it may have the connection that this call would wait for
	}
	conn, _, err := x.keep.take(r, false)
	if conn != nil || err != nil {
		return conn, err
	}
	x.phase = PhaseWait
	x.tell(EventWait, CloseNone, nil) // who panics in it has no place in the queue
	conn, turn, err := x.keep.take(r, true)
	if turn != nil {
		return turn.await(ctx, x.times.Wait)
	}
	return conn, err
}

// serves says why the caller's Connection cannot serve the request. On the way back from
// another origin it does not where its handshake has said who we are: a stranger has
// chosen what is asked.
func (x *exchange) serves(conn *Connection) error {
	if err := conn.serves(&x.at, x.args); err != nil {
		return err
	}
	if x.crossed && conn.names() {
		return ErrOtherOrigin
	}
	return nil
}

// redial opens the connection, in place of a socket that died idle if there was one.
func (x *exchange) redial(ctx context.Context) error {
	x.conn.drop()
	x.sock, x.reused, x.kind = nil, false, nil
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
	x.sock, x.unhook, x.quick = s, nil, 0
	s.sliced = s.resumable && x.body.r != nil
	s.requests++
	x.tell(EventConn, CloseNone, nil)
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
	s := newSocket(conn, x.conn.route)
	x.fresh = nil
	return s, x.conn.adopt(s)
}

// open looks the name up, connects, and shakes hands for https.
func (x *exchange) open(ctx context.Context) (conn netdriver.Conn, err error) {
	c := x.conn
	x.phase = PhaseDial
	x.tell(EventDial, CloseNone, nil)
	address := string(c.at.appendAddress(nil))
	limit := x.times.Dial
	switch {
	case c.chip == nil: // TLS, if any, is a step of its own
	case x.times.TLS <= 0:
		limit = 0
	case limit > 0:
		limit += x.times.TLS
	}
	var plain netdriver.Conn
	step := func(ctx context.Context) (err error) {
		switch {
		case plain != nil:
			conn, err = c.tls.Client(ctx, plain, c.at.host)
		case c.chip != nil:
			conn, err = c.chip.DialTLS(ctx, "tcp", address, c.at.host)
		default:
			conn, err = c.driver.Dial(ctx, "tcp", address)
		}
		return err
	}
	err = bounded(ctx, limit, "Dial", step)
	if err == nil && conn == nil {
		err = errNoConn
	}
	if err == nil {
		x.fresh = conn
	}
	x.tell(EventDialled, CloseNone, err)
	if err != nil || c.tls == nil {
		return conn, err
	}
	x.phase = PhaseTLS
	x.tell(EventTLS, CloseNone, nil)
	plain = conn
	err = bounded(ctx, x.times.TLS, "TLS", step)
	if err == nil {
		if same, _ := equal(conn, plain); same || conn == nil {
			_ = plain.Close()
			err = errPlainTLS
		}
	}
	if x.fresh = nil; err == nil {
		x.fresh = conn
	}
	x.tell(EventSecured, CloseNone, err)
	return conn, err
}
