package zreq

import (
	"context"
	"errors"

	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/internal/target"
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
// least 100 ms, dials again as well. The time that the machine was suspended counts. After
// that many requests the connection is closed.
//
// One call uses a Connection at a time. Another call fails with ErrBusy. Close may be
// called at any time from any goroutine, and ends the call that is using the Connection.
type Connection struct{ line line.Line }

var errNoOrigin = errors.New("the Connection has no origin: take one from Connect or from a Response, or leave Args.Connection out")

// Connect opens a connection to the origin of url, to be passed to later calls. The path
// of url does not matter. Connect uses Driver, TLS, Timeouts and Trace of args, which may
// be nil.
func Connect(ctx context.Context, url string, args *Args) (*Connection, error) {
	if args == nil {
		args = &Args{}
	}
	return connect(ctx, url, args)
}

// newConnection returns one that is not dialled.
func newConnection(r line.Route) *Connection {
	r.Origin = r.Origin.Clone() // it may outlive the URL of the call
	return &Connection{line.Line{Route: &r}}
}

// serves says why the connection cannot serve a call to at with args: nil if
// it can. What the call leaves open is the connection's.
func (c *Connection) serves(at *target.Target, args *Args) error {
	if c.line.Route == nil {
		return errNoOrigin
	}
	same, comparable := true, true
	if args.Driver != nil {
		same, comparable = line.Equal(args.Driver, c.line.Driver)
	}
	to := originVia(at, c.line.Driver)
	if same && at.HTTPS && args.TLS != nil {
		same, comparable = line.Equal(args.TLS, c.line.TLS)
	}
	switch {
	case !comparable:
		return line.ErrUncomparable
	case !same || !c.line.Origin.Same(&to):
		return ErrOtherOrigin
	}
	return nil
}

// Close closes the connection. A call that is using it fails with ErrClosed. Closing a
// Connection twice, or a nil Connection, does nothing.
func (c *Connection) Close() error {
	if c != nil {
		c.line.Close()
	}
	return nil
}

// Origin returns scheme, host and port; the port only if it is not the default. If a proxy
// forwards the requests (see [netdriver.Forwarder]), that is the origin of the proxy, and
// the Connection serves every http origin behind it. If the
// URL had an IPv6 address with a zone, Origin has it as well, as in a URL. A nil or zero
// Connection returns "".
func (c *Connection) Origin() string {
	if c == nil || c.line.Route == nil {
		return ""
	}
	return c.line.Origin.String()
}

// Dials returns how often the connection was dialled. More than once means that it had
// been closed, by the peer or because of how a call ended.
func (c *Connection) Dials() int {
	if c == nil {
		return 0
	}
	return c.line.Dials()
}
