package zreq

import (
	"context"
	"errors"
	"sync"

	"github.com/zreq-go/zreq/netdriver"
)

// Connection is a connection to one origin, over one driver and with one TLS setting,
// that is kept between calls. [Connect] returns one, and so does the Connection field of
// a Response. The caller owns it and must close it. The zero value has no origin; a call
// with it fails with ErrRequest.
//
// An idle Connection holds no buffer and no goroutine. If the peer has closed it, the
// next call dials again before it sends anything.
//
// A server can say in Keep-Alive how long it keeps an idle connection (timeout) and how
// many more requests it accepts (max). A call in the last tenth of that time, which is at
// least 100 ms, dials again as well. After that many requests the connection is closed.
//
// One call uses a Connection at a time. Another call fails with ErrBusy. Close may be
// called at any time from any goroutine, and ends the call that is using the Connection.
type Connection struct {
	*route
	http10 bool  // the last response said so; of the call that has the claim
	deaf   bool  // the peer ignores Expect; likewise
	owner  owner // the Session's, which alone claims it; nil: it is the caller's

	mu     sync.Mutex // guards what follows; no defer unlocks it, each costs 0.2 KB
	sock   *socket    // nil: not dialled, or gone
	busy   bool
	closed bool
	dials  int32 // beside the two, an idle connection is 16 bytes smaller

	abandon func() // ends a dial that is under way
}

// Connect opens a connection to the origin of url, to be passed to later calls. The path
// of url does not matter. Connect uses Driver, TLS, Timeouts and Trace of args, which may
// be nil.
func Connect(ctx context.Context, url string, args *Args) (*Connection, error) {
	if args == nil {
		args = &Args{}
	}
	var x exchange
	x.method, x.args, x.attempt = "connect", args, 1
	x.spy = newSpy(args.Trace)
	x.times = args.Timeouts
	x.times.setDefaults()
	over := false
	defer func() {
		if over {
			return
		}
		_ = x.conn.Close() // a Trace has panicked
		if x.fresh != nil {
			_ = x.fresh.Close()
		}
	}()
	err := x.connect(ctx, url)
	if err != nil {
		x.conn, err = nil, x.fail(ctx, err)
	}
	x.tell(EventDone, CloseNone, err)
	over = true
	return x.conn, err
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
	r, err := newRoute(&x.at, x.args, false)
	if err != nil {
		return err
	}
	x.conn = newConnection(r)
	_, err = x.dial(ctx)
	return err
}

// newConnection returns one that is not dialled. It may outlive the URL of the call, and
// keeps no more of that than the host and its zone.
func newConnection(r route) *Connection {
	r.at.host, r.at.zone = string([]byte(r.at.host)), string([]byte(r.at.zone))
	return &Connection{route: &r}
}

// serves says why the connection cannot serve a call to at with args: nil if
// it can. What the call leaves open is the connection's.
func (c *Connection) serves(at *target, args *Args) error {
	if c.route == nil {
		return errNoOrigin
	}
	same, comparable := true, true
	if args.Driver != nil {
		same, comparable = equal(args.Driver, c.driver)
	}
	if same && at.https && args.TLS != nil {
		same, comparable = equal(args.TLS, c.tls)
	}
	switch {
	case !comparable:
		return errUncomparable
	case !same || !c.at.same(&at.origin):
		return ErrOtherOrigin
	}
	return nil
}

var (
	errNoOrigin     = errors.New("the Connection has no origin: take one from Connect or from a Response, or leave Args.Connection out")
	errUncomparable = errors.New("the Driver or the TLS cannot be compared: give pointers")
)

// equal reports whether a and b are the same, and whether that can be told: == panics
// for some types, as for a struct with a func in it.
func equal(a, b any) (same, comparable bool) {
	defer func() { _ = recover() }()
	return a == b, true
}

// names reports whether the TLS of the connection may have said who we are.
func (c *Connection) names() bool {
	if c.tls == nil {
		return false
	}
	same, _ := equal(netdriver.Anonymous(c.tls), c.tls)
	return !same
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
// has sent nothing that nobody asked for. The error says why it cannot; without
// one there is none.
func (c *Connection) alive() (*socket, error) {
	c.lock()
	s := c.sock
	c.unlock()
	if s == nil {
		return nil, nil
	}
	if s.keep.lapsed() {
		return nil, errLapsed
	}
	if err := s.look(); err != nil {
		return nil, err
	}
	return s, nil
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

// Close closes the connection. A call that is using it fails with ErrClosed. Closing a
// Connection twice, or a nil Connection, does nothing.
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

// Origin returns scheme, host and port; the port only if it is not the default. If the
// URL had an IPv6 address with a zone, Origin has it as well, as in a URL. A nil or zero
// Connection returns "".
func (c *Connection) Origin() string {
	if c == nil || c.route == nil {
		return ""
	}
	return string(c.at.text(0))
}

// Dials returns how often the connection was dialled. More than once means that it had
// been closed, by the peer or because of how a call ended.
func (c *Connection) Dials() int {
	if c == nil {
		return 0
	}
	c.lock()
	dials := c.dials
	c.unlock()
	return int(dials)
}
