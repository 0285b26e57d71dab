package line_test

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/internal/target"
)

// A fakeConn is a connection that a test plays. It cannot look.
type fakeConn struct {
	read   func(p []byte) (int, error)
	write  func(p []byte) (int, error)
	onSet  func(t time.Time) // before a deadline is set
	setErr error             // of that

	mu     sync.Mutex
	by     time.Time
	moved  chan struct{} // closed when the deadline moves
	sets   []time.Time   // the deadlines that were set
	closed int
}

func newConn() *fakeConn {
	c := &fakeConn{moved: make(chan struct{}), onSet: func(time.Time) {}}
	c.read = func([]byte) (int, error) { return 0, c.pause(1000 * time.Hour) }
	c.write = func(p []byte) (int, error) { return len(p), nil }
	return c
}

func (c *fakeConn) Read(p []byte) (int, error)       { return c.read(p) }
func (c *fakeConn) Write(p []byte) (int, error)      { return c.write(p) }
func (c *fakeConn) SetReadDeadline(time.Time) error  { panic("a call has one deadline") }
func (c *fakeConn) SetWriteDeadline(time.Time) error { panic("a call has one deadline") }

func (c *fakeConn) SetDeadline(t time.Time) error {
	c.onSet(t)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by = t
	c.sets = append(c.sets, t)
	close(c.moved)
	c.moved = make(chan struct{})
	return c.setErr
}

func (c *fakeConn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed++
	return nil
}

// deadlines returns how many were set since it was last asked.
func (c *fakeConn) deadlines() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.sets)
	c.sets = nil
	return n
}

// pause is what a read or write does that takes d: it fails if the deadline comes first.
func (c *fakeConn) pause(d time.Duration) error {
	over := time.After(d)
	for {
		c.mu.Lock()
		by, moved := c.by, c.moved
		c.mu.Unlock()
		var late <-chan time.Time
		if !by.IsZero() {
			if time.Until(by) <= 0 {
				return os.ErrDeadlineExceeded
			}
			late = time.After(time.Until(by))
		}
		select {
		case <-over:
			return nil
		case <-late:
			return os.ErrDeadlineExceeded
		case <-moved:
		}
	}
}

// every returns a read or write of n bytes, of which each takes d; one that a deadline cuts
// is taken up again where it was.
func (c *fakeConn) every(d time.Duration, n int) func([]byte) (int, error) {
	var due time.Time // of one that was cut
	return func([]byte) (int, error) {
		if due.IsZero() {
			due = time.Now().Add(d)
		}
		if err := c.pause(time.Until(due)); err != nil {
			return 0, err
		}
		due = time.Time{}
		return n, nil
	}
}

// gives makes each read take d and bring n bytes.
func (c *fakeConn) gives(n int, d time.Duration) { c.read = c.every(d, n) }

// A lookingConn is a fakeConn that can look: a Checker.
type lookingConn struct {
	*fakeConn
	check error
}

func (c *lookingConn) Check() error { return c.check }

// looks makes a connection that can look.
func looks() *lookingConn { return &lookingConn{fakeConn: newConn()} }

// A fakeDriver dials as a test says.
type fakeDriver struct {
	dial    func(ctx context.Context) (netdriver.Conn, error)
	address string
	name    string // that the chip verifies
}

func (d *fakeDriver) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	d.address = network + " " + address
	return d.dial(ctx)
}

// A fakeChip has TLS of its own.
type fakeChip struct{ fakeDriver }

func (d *fakeChip) DialTLS(ctx context.Context, network, address, name string) (netdriver.Conn, error) {
	d.name = name
	return d.Dial(ctx, network, address)
}

// A fakeTLS wraps, as a test says.
type fakeTLS struct {
	client func(ctx context.Context, c netdriver.Conn) (netdriver.Conn, error)
	name   string
}

func (s *fakeTLS) Client(ctx context.Context, c netdriver.Conn, name string) (netdriver.Conn, error) {
	s.name = name
	return s.client(ctx, c)
}

// route leads to http://h, by d and s, which may be nil.
func route(d netdriver.Driver, s netdriver.TLS) *line.Route {
	return &line.Route{Origin: target.Origin{Host: "h", Port: 80}, Driver: d, TLS: s}
}

// adopt makes c the socket of a new line.
func adopt(t *testing.T, c netdriver.Conn, r *line.Route) (*line.Line, *line.Socket) {
	t.Helper()
	l := &line.Line{Route: r}
	s, err := l.Adopt(c)
	if err != nil {
		t.Fatal(err)
	}
	return l, s
}

// inBubble runs f in virtual time, with a socket of c.
func inBubble(t *testing.T, make func() (*fakeConn, netdriver.Conn), f func(t *testing.T, c *fakeConn, s *line.Socket)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c, conn := make()
		_, s := adopt(t, conn, route(nil, nil))
		f(t, c, s)
	})
}

// bare is a connection that cannot look, and looking one that can.
func bare() (*fakeConn, netdriver.Conn) {
	c := newConn()
	return c, c
}

func looking() (*fakeConn, netdriver.Conn) {
	c := looks()
	return c.fakeConn, c
}

// late is what is common to errors of a limit that is over; "" if err is none.
func late(err error) string {
	var t *line.TimeoutError
	if !errors.As(err, &t) {
		return ""
	}
	if !t.Timeout() || !netdriver.IsTimeout(err) || t.Err == nil {
		return "an error of a limit that is no timeout"
	}
	return t.Name + " " + t.Limit.String()
}

var (
	_ netdriver.Checker   = (*lookingConn)(nil)
	_ netdriver.TLSDialer = (*fakeChip)(nil)
	_ io.ReadWriter       = (*fakeConn)(nil)
)

// within returns m with limit for its reads and writes.
func within(m *line.Meter, limit time.Duration) *line.Meter {
	m.Body, m.Write = limit, limit
	return m
}
