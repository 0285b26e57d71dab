package zreq_test

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

// errCancelled is the cause of every cancel here.
var errCancelled = errors.New("the user pressed the button")

// promptly is how soon a call ends once its context has.
const promptly = 100 * time.Millisecond

// A situation is a call that is disturbed.
type situation struct {
	kept   bool // it reuses a connection
	secure bool
	slow   bool // the server, in virtual time
	buffer int  // of the network, if it is so small that the request waits for its reader
	body   int  // bytes; they come in ten chunks
	answer func(body string) string
}

var situations = map[string]situation{
	"first call":               {body: 10_000, answer: withLength},
	"kept connection":          {body: 10_000, kept: true, answer: withLength},
	"kept connection, chunked": {body: 10_000, kept: true, answer: func(body string) string { return inChunks(body, 1100) }},
	"first call, small buffer": {buffer: 16, body: 1000, answer: withLength},
	"TLS":                      {body: 10_000, secure: true, answer: withLength},
	"kept connection, TLS":     {body: 10_000, kept: true, secure: true, answer: withLength},
}

// slow is a server's connection that pauses before each part of what it sends,
// for long, but less than any limit.
type slow struct{ io.ReadWriteCloser }

// slowBothWays pauses also before it reads.
type slowBothWays struct{ slow }

func (s slowBothWays) Read(p []byte) (int, error) {
	time.Sleep(20 * time.Second)
	return s.slow.Read(p)
}

func (s situation) slowly(over func(*memnet.Conn) io.ReadWriteCloser) func(*memnet.Conn) io.ReadWriteCloser {
	return func(c *memnet.Conn) io.ReadWriteCloser {
		switch {
		case over != nil:
			return slow{over(c)}
		case s.buffer > 0:
			return slowBothWays{slow{c}}
		}
		return slow{c}
	}
}

func (s slow) Write(p []byte) (int, error) {
	for i := 0; i < len(p); i += 3000 {
		time.Sleep(20 * time.Second)
		if n, err := s.ReadWriteCloser.Write(p[i:min(len(p), i+3000)]); err != nil {
			return i + n, err
		}
	}
	return len(p), nil
}

// A disturbed call and everything around it.
type disturbed struct {
	situation
	net   *memnet.Net
	wire  *tripwire
	args  *zreq.Args
	url   string
	got   []byte    // by the callback
	size  int       // of each answer on the wire, without TLS
	ended time.Time // the context
}

// disturb sets up a connection to a server that answers each path with a body
// of its own.
func disturb(t testing.TB, s situation, n *memnet.Net) *disturbed {
	t.Helper()
	const host = "device.test"
	d := &disturbed{situation: s, net: n, wire: newTripwire(n), url: "http://" + host}
	answer := func(path string) string { return s.answer(bodyOf(path, s.body)) }
	d.size, n.BufferBytes = len(answer("/first")), s.buffer
	d.args = &zreq.Args{
		Driver:      d.wire,
		Timeouts:    zreq.Timeouts{Write: 10 * time.Minute, Head: 10 * time.Minute},
		StreamChunk: s.body / 10,
		StreamCallback: func(chunk []byte) error {
			d.got = append(d.got, chunk...)
			return nil
		},
	}
	var over func(*memnet.Conn) io.ReadWriteCloser
	if s.secure {
		d.url = "https://" + host
		d.args.TLS, over = newTLS(t, host)
	}
	if s.slow {
		over = s.slowly(over)
	}
	serveEach(t, n, over, answer)
	if s.kept {
		conn, err := zreq.Connect(context.Background(), d.url, d.args)
		if err != nil {
			t.Fatal(err)
		}
		d.args.Connection = conn
		t.Cleanup(func() { _ = conn.Close() })
		d.mustGet(t, "/warm")
	}
	d.wire.got.Store(0)
	d.wire.put.Store(0)
	return d
}

func (d *disturbed) get(ctx context.Context, path string) (*zreq.Response, error) {
	d.got = d.got[:0]
	return zreq.Get(ctx, d.url+path, d.args)
}

// mustGet makes an undisturbed call, which gets its own answer.
func (d *disturbed) mustGet(t testing.TB, path string) {
	t.Helper()
	is := is.New(t)
	d.wire.disarm()
	_, err := d.get(context.Background(), path)
	is.NoErr(err)                                 // what ended the call before does not end this one
	is.Equal(string(d.got), bodyOf(path, d.body)) // nothing of a former answer
}

// endedByCause checks a call that was cancelled.
func (d *disturbed) endedByCause(t testing.TB, err, cause error) {
	t.Helper()
	is := is.New(t)
	is.True(time.Since(d.ended) <= promptly) // a cancel ends the call at once
	if err == nil {
		is.True(d.wire.got.Load() >= int64(d.size))       // it may come too late only for a response that was there whole
		is.Equal(string(d.got), bodyOf("/first", d.body)) // and then it is whole for the callback
		return
	}
	var e *zreq.Error
	is.True(errors.As(err, &e))              // every failure is a *zreq.Error
	is.True(errors.Is(err, cause))           // with the context's cause
	is.True(e.Err == cause)                  // before what the socket said of it
	is.True(e.Received >= int64(len(d.got))) // and the count of what came
}

// A lapsing context ends just after it was asked for the k-th time whether it
// has, and said no.
type lapsing struct {
	context.Context
	k int

	mu    sync.Mutex
	asked int
	ended chan struct{}
	when  time.Time
	err   error
	hooks []func()
}

func newLapsing(k int) *lapsing {
	return &lapsing{Context: context.Background(), k: k, ended: make(chan struct{})}
}

func (c *lapsing) Done() <-chan struct{} { return c.ended }

func (c *lapsing) Err() error {
	c.mu.Lock()
	if c.asked++; c.asked != c.k {
		defer c.mu.Unlock()
		return c.err
	}
	c.err, c.when = context.Canceled, time.Now()
	hooks := c.hooks
	c.hooks = nil
	close(c.ended)
	c.mu.Unlock()
	for _, hook := range hooks {
		hook()
	}
	return nil
}

// AfterFunc makes package context start no goroutine to watch c.
func (c *lapsing) AfterFunc(f func()) func() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hooks = append(c.hooks, f)
	return func() bool { return true }
}

// lagging is a context whose deadline has passed, and whose timer has not fired yet:
// the poller of package net and the timer of a context race, and the poller may win.
type lagging struct{ context.Context }

func (lagging) Deadline() (time.Time, bool) { return time.Now().Add(-time.Millisecond), true }

// late is a driver whose dial ends at the deadline of its context, as net.Dialer's does.
type late struct{}

func (late) Dial(context.Context, string, string) (netdriver.Conn, error) {
	return nil, os.ErrDeadlineExceeded
}

// A call that the deadline of its context has ended says so, whoever saw it first.
func TestDeadlineOfTheContext(t *testing.T) {
	is := is.New(t)
	_, err := zreq.Get(lagging{context.Background()}, "http://device.test/", &zreq.Args{Driver: late{}})
	is.True(errors.Is(err, context.DeadlineExceeded)) // it was the caller's deadline, and no failure of the network
}

// A dial that a limit has ended names the limit, whoever saw it first.
func TestDeadlineOfTheDial(t *testing.T) {
	is := is.New(t)
	_, err := zreq.Get(context.Background(), "http://device.test/", &zreq.Args{
		Driver: waiting{}, Timeouts: zreq.Timeouts{Dial: 20 * time.Millisecond},
	})
	var of *zreq.Error
	is.True(errors.As(err, &of) && of.Timeout())
	is.True(err.Error() != "zreq: dial: GET http://device.test/: connection failed: i/o timeout") // but the limit's name
}

// waiting is a driver whose dial ends by a deadline of its own, a moment before the
// timer of the context fires.
type waiting struct{}

func (waiting) Dial(ctx context.Context, _, _ string) (netdriver.Conn, error) {
	at, _ := ctx.Deadline()
	for time.Now().Before(at) { // busy, so as to be first
	}
	return nil, os.ErrDeadlineExceeded
}
