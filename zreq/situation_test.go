package zreq_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/matryer/is"
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
