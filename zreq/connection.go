package zreq

import (
	"context"
	"sync"

	"github.com/zreq-go/zreq/netdriver"
)

// Connection is a connection to one origin, over one driver, with one TLS
// setting, that is kept between calls. The caller owns it: it came from
// [Connect] or is the Connection of a Response, and it is closed with Close.
//
// While idle it holds no buffer and no goroutine. If the peer has closed it by
// the next call, that call dials again in place before it sends anything.
//
// One call uses it at a time; a second one gets ErrBusy. Close may be called
// from anywhere, at any time, and ends the call under way.
type Connection struct {
	at     target
	driver netdriver.Driver
	named  netdriver.TLS       // that the call had, also if it was http
	tls    netdriver.TLS       // what makes it secure, if it is https,
	chip   netdriver.TLSDialer // or the driver itself does
	http10 bool                // the last response said so; of the call that has the claim
	deaf   bool                // the peer ignores Expect; likewise

	mu     sync.Mutex // guards what follows; no defer unlocks it, each costs 0.2 KB
	sock   *socket    // nil: not dialled, or gone
	busy   bool
	closed bool
	dials  int

	abandon func() // ends a dial that is under way
}

// Connect opens a connection to the origin of url, for the Connection of later
// calls. Of args it takes Driver, TLS and Timeouts; args may be nil. The path
// of url does not matter.
func Connect(ctx context.Context, url string, args *Args) (*Connection, error) {
	if args == nil {
		args = &Args{}
	}
	var x exchange
	x.method, x.args = "connect", args
	x.times = args.Timeouts
	x.times.setDefaults()
	if err := x.connect(ctx, url); err != nil {
		return nil, x.fail(ctx, err)
	}
	return x.conn, nil
}

func (x *exchange) connect(ctx context.Context, url string) (err error) {
	if ctx == nil {
		return errNoContext
	}
	if err := x.at.split(url); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if x.conn, err = newConnection(&x.at, x.args); err != nil {
		return err
	}
	_, err = x.dial(ctx)
	return err
}

// newConnection chooses driver and TLS for a connection that is not dialled yet.
// What the call leaves open is as it is for its Connection, if it has one.
func newConnection(at *target, args *Args) (*Connection, error) {
	driver, tls := args.Driver, args.TLS
	if near := args.Connection; near != nil {
		if driver == nil {
			driver = near.driver
		}
		if tls == nil {
			tls = near.named
		}
	}
	if driver == nil {
		var err error
		if driver, err = netdriver.Default(); err != nil {
			return nil, err
		}
	}
	c := &Connection{at: *at, driver: driver}
	c.at.userinfo, c.at.path, c.at.query = "", "", "" // an origin has no more than that
	return c, c.secure(tls)
}

// secure chooses what makes an https connection secure: the TLS that the call
// named, else the chip's own if its driver vouches for it, else the program's.
// There is no fourth way: https never goes out in plain.
func (c *Connection) secure(named netdriver.TLS) error {
	c.named = named
	if !c.at.https {
		return nil
	}
	if c.tls = named; c.tls != nil {
		return nil
	}
	if chip, ok := c.driver.(netdriver.TLSDialer); ok {
		c.chip = chip
		return nil
	}
	if c.tls = netdriver.DefaultTLS(); c.tls == nil {
		return ErrNoTLS
	}
	return nil
}

// serves says why the connection cannot serve a call to at with args: nil if
// it can. What the call leaves open is the connection's.
func (c *Connection) serves(at *target, args *Args) error {
	if !c.at.sameOrigin(at) ||
		args.Driver != nil && args.Driver != c.driver ||
		at.https && args.TLS != nil && args.TLS != c.tls {
		return ErrOtherOrigin
	}
	return nil
}

// lock and unlock are not inlined: their copies cost 1 KB.
//
//go:noinline
func (c *Connection) lock() { c.mu.Lock() }

//go:noinline
func (c *Connection) unlock() { c.mu.Unlock() }

// claim takes the connection for one call.
func (c *Connection) claim() error {
	c.lock()
	closed, busy := c.closed, c.busy
	c.busy = true
	c.unlock()
	switch {
	case closed:
		return ErrClosed
	case busy:
		return ErrBusy
	}
	return nil
}

// alive returns the socket if it can carry a request: it is open, and the peer
// has sent nothing that nobody asked for.
func (c *Connection) alive() *socket {
	c.lock()
	s := c.sock
	c.unlock()
	if s == nil || s.look() != nil {
		return nil
	}
	return s
}

// adopt makes s the connection's socket, unless the owner closed it meanwhile.
func (c *Connection) adopt(s *socket) error {
	c.lock()
	closed := c.closed
	if !closed {
		c.sock = s
		c.dials++
	}
	c.unlock()
	if closed {
		_ = s.conn.Close()
		return ErrClosed
	}
	return nil
}

// dialling says how Close can end the dial that begins; nil: it is over.
func (c *Connection) dialling(abandon func()) error {
	c.lock()
	c.abandon = abandon
	closed := c.closed
	c.unlock()
	if closed && abandon != nil {
		return ErrClosed
	}
	return nil
}

// drop closes the socket, if there is one. The connection stays usable: the
// next call dials.
func (c *Connection) drop() {
	c.lock()
	s := c.sock
	c.sock = nil
	c.unlock()
	if s != nil {
		_ = s.conn.Close()
	}
}

// release ends the claim. Any reason to close closes.
func (c *Connection) release(why CloseReason) {
	if why != CloseNone {
		c.drop()
	}
	c.lock()
	c.busy = false
	c.unlock()
}

// Close closes the connection. A call that is using it fails with ErrClosed.
// Closing twice is harmless, and so is closing nil, which the Connection of a
// Response may be.
func (c *Connection) Close() error {
	if c == nil {
		return nil
	}
	c.lock()
	c.closed = true
	abandon := c.abandon
	c.unlock()
	if abandon != nil {
		abandon()
	}
	c.drop()
	return nil
}

func (c *Connection) isClosed() bool {
	c.lock()
	closed := c.closed
	c.unlock()
	return closed
}

// Origin returns scheme, host and port, the port only where it is not the default.
func (c *Connection) Origin() string { return string(c.at.origin()) }

// Dials returns how often the connection was dialled: more than once means that
// it had been closed, by the peer or because of how a call ended.
func (c *Connection) Dials() int {
	c.lock()
	dials := c.dials
	c.unlock()
	return dials
}
