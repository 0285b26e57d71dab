package zreq

import (
	"context"
	"errors"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/ascii"
	"github.com/zreq-go/zreq/zreq/internal/exchange"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/internal/target"
)

// errOtherHead means that a kept connection died when the request was about to be sent, and
// that the one that replaces it takes another head.
var errOtherHead = errors.New("the connection that took its place wants another head, " +
	"and the body cannot be taken back: give it a Rewind or Seek")

// connect claims a connection, unless the call has one from the last request, and dials if it
// is not open.
func (c *call) connect(ctx context.Context) error {
	if c.line == nil {
		if err := c.choose(ctx); err != nil {
			return err
		}
	}
	// Only after the claim: the Response may belong to a call that is using the Connection.
	if old := c.resp.body.stream; old != nil {
		old.close()
	}
	c.resp.reset(c.method, c.request.url, c.attempt, c.request.history)
	for {
		s, err := c.line.Alive()
		switch {
		case s != nil && c.request.body.Chunked() && c.line.HTTP10:
			c.why = CloseNone
			return errChunked10
		case s != nil:
			return c.attach(ctx, s, true)
		case err == nil:
			return c.dial(ctx)
		}
		c.line.Drop()
		why := CloseDied
		if err == line.ErrExpired {
			why = CloseAged
		}
		c.report(EventStale, why, err)
		if c.lease != nil {
			c.line, c.lease = c.session.replace(c.lease)
		}
	}
}

// choose chooses the connection for the request and claims it: the caller's, unless a redirect
// led elsewhere, otherwise one of the Session, otherwise a new one.
func (c *call) choose(ctx context.Context) error {
	conn := c.args.Connection
	if conn != nil {
		if c.session != nil && c.session.over() {
			return ErrClosed
		}
		if err := c.serves(conn); err != nil {
			if !c.request.anonymous {
				return err
			}
			conn = nil
		}
	}
	old := c.resp.body.stream
	if conn == nil {
		route, err := newRoute(&c.at, c.args, c.request.anonymous)
		if err != nil {
			return err
		}
		if c.session != nil {
			if old != nil {
				old.close() // it may have the connection that this call would wait for
			}
			return c.borrow(ctx, route)
		}
		conn = newConnection(route)
	}
	if old != nil && old.conn == conn {
		old.close() // its body is given up for this call
	}
	if err := conn.line.Claim(); err != nil {
		return err
	}
	c.conn, c.line = conn, &conn.line
	if c.parked == conn {
		c.parked = nil // it came back
	}
	return nil
}

// borrow takes a connection of the Session. If there is none, it waits for one.
func (c *call) borrow(ctx context.Context, route line.Route) (err error) {
	route.Origin.Host = ascii.ToLower(route.Origin.Host) // all calls that share the connection see the same
	c.line, c.lease, err = c.session.take(route)
	if c.line != nil || err != nil {
		return err
	}
	c.phase = PhaseWait
	c.report(EventWait, CloseNone, nil) // before it queues: if the Trace panics there is nothing to undo
	c.line, c.lease, err = c.session.await(ctx, route, &c.args.Timeouts)
	if err == nil {
		c.phase = PhaseRequest // the wait is over
	}
	return err
}

// serves says why the caller's Connection cannot serve the request. After a redirect from
// another origin, a Connection with a client certificate is not used: another server has
// chosen the URL.
func (c *call) serves(conn *Connection) error {
	if err := conn.serves(&c.at, c.args); err != nil {
		return err
	}
	if tls := conn.line.TLS; c.request.anonymous && tls != nil {
		if same, _ := line.Equal(netdriver.Anonymous(tls), tls); !same {
			return ErrOtherOrigin
		}
	}
	return nil
}

// attach makes s the socket of the request and watches the context for it.
func (c *call) attach(ctx context.Context, s *line.Socket, reused bool) error {
	c.unwatch()
	if err := c.adaptHead(ctx, c.line.Path); err != nil {
		if reused {
			c.why = CloseNone // nothing was sent
		}
		return err
	}
	c.socket, c.reused, c.phase = s, reused, PhaseSend
	s.BeginRequest(c.request.body.Exists())
	c.exchange.Attach(c.line, s, reused)
	c.report(EventConn, CloseNone, nil)
	c.unhook = s.Watch(ctx)
	return nil
}

// adaptHead gives the request the head that a connection over path takes: a proxy that
// forwards requests wants another one than an origin. If the connection replaces another one,
// the head may have been made for that, and be followed by the first bytes of the body. Then
// both are made again.
func (c *call) adaptHead(ctx context.Context, path *netdriver.Path) error {
	if path == nil {
		path = &direct
	}
	if made := c.request.path; made != nil {
		if path == made || path.Forward == nil && made.Forward == nil {
			return nil
		}
		if c.request.body.Rewind() != nil {
			return &exchange.Error{Kind: ErrStale, Err: errOtherHead}
		}
		c.phase = PhaseRequest
		if _, err := c.compose(ctx); err != nil {
			return err
		}
	}
	if path.Forward != nil {
		if err := c.exchange.Rewrite(path.Forward, c.request.url); err != nil {
			c.phase = PhaseRequest
			return err
		}
	}
	c.request.path = path
	return nil
}

// direct stands for the Path of a driver that tells none.
var direct netdriver.Path

// dial opens the connection, in place of a socket that died idle if there was one.
func (c *call) dial(ctx context.Context) error {
	c.line.Drop()
	c.socket, c.reused = nil, false
	conn, err := c.open(ctx)
	for err != nil && c.lease != nil && c.session.makeRoom(c.lease, err) {
		conn, err = c.open(ctx)
	}
	if err != nil {
		return err
	}
	s, err := c.line.Adopt(conn)
	if err != nil {
		return err
	}
	return c.attach(ctx, s, false)
}

// open looks the name up, connects, and makes the TLS handshake for https.
func (c *call) open(ctx context.Context) (conn netdriver.Conn, err error) {
	times, returned := c.args.Timeouts.withDefaults(), false
	defer func() {
		if !returned && conn != nil {
			_ = conn.Close() // a Trace has panicked
		}
	}()
	c.phase, c.line.Path = PhaseDial, nil
	c.report(EventDial, CloseNone, nil)
	conn, err = c.line.Dial(ctx, times.Dial, times.TLS)
	c.report(EventDialled, CloseNone, err)
	if err == nil && c.line.TLS != nil {
		c.phase = PhaseTLS
		c.report(EventTLS, CloseNone, nil)
		conn, err = c.line.Secure(ctx, conn, times.TLS)
		c.report(EventSecured, CloseNone, err)
	}
	returned = true
	return conn, err
}

// releaseConn ends the claim on the connection, and reports if it was closed.
func (c *call) releaseConn(why CloseReason) {
	if !c.unwatch() {
		why = CloseCancelled // a late cancel must not hit the next call
	}
	c.reportClose(c.release(c.lender, why))
	c.socket = nil
}

// discard closes the socket. The call keeps its claim.
func (c *call) discard(why CloseReason) {
	c.line.Drop()
	c.reportClose(why)
}

// reportClose tells of a socket that was closed, unless why is none.
func (c *call) reportClose(why CloseReason) {
	if why != CloseNone && c.socket != nil {
		c.report(EventClose, why, nil)
		c.socket = nil
	}
}

// connect is Connect: a call that ends when it has a connection.
func connect(ctx context.Context, url string, args *Args) (*Connection, error) {
	c := call{args: args}
	c.method, c.attempt, c.trace = "connect", 1, newTracer(args.Trace)
	returned := false
	defer func() {
		if !returned {
			_ = c.conn.Close() // a Trace has panicked
		}
	}()
	err := c.openOnly(ctx, url)
	conn := c.conn
	if err != nil {
		conn, err = nil, c.fail(ctx, err)
	}
	c.report(EventDone, CloseNone, err)
	returned = true
	return conn, err
}

func (c *call) openOnly(ctx context.Context, url string) (err error) {
	if ctx == nil {
		return errNoContext
	}
	if c.at, err = target.Parse(url); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	route, err := newRoute(&c.at, c.args, false)
	if err != nil {
		return err
	}
	c.conn = newConnection(route)
	c.line = &c.conn.line
	conn, err := c.open(ctx)
	if err != nil {
		return err
	}
	_, err = c.conn.line.Adopt(conn)
	return err
}
