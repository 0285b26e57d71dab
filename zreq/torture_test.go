package zreq_test

import (
	"context"
	"errors"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// errBroken is what the driver says when it is told to fail.
var errBroken = errors.New("the radio is gone")

// tortures are drivers that do as little as they may, before they fail.
var tortures = map[string]struct {
	faults memnet.Faults
	body   int // small where each byte is an operation
}{
	"whole":            {memnet.Faults{}, 10_000},
	"a byte at a time": {memnet.Faults{ReadBytes: 1, WriteBytes: 1}, 60},
	"empty reads":      {memnet.Faults{ReadBytes: 7, WriteBytes: 7, EmptyReads: 2}, 200},
}

// A call survives the failure of anything that its driver does: it ends with a
// typed error, or the failure did not matter.
func testFailureOfEachOperation(t *testing.T) {
	for name, s := range situations {
		for manner, torture := range tortures {
			if s.buffer > 0 || s.secure && torture.faults != (memnet.Faults{}) {
				continue // it differs in nothing, or is a handshake of thousands of bytes
			}
			for how, failure := range map[string]error{"error": errBroken, "timeout": os.ErrDeadlineExceeded} {
				for _, after := range []bool{false, true} {
					moment := map[bool]string{false: "instead", true: "beside"}[after]
					t.Run(name+"/"+manner+"/"+how+" "+moment, func(t *testing.T) {
						t.Parallel()
						s := s
						s.body = torture.body
						for k, reached := 1, true; reached; k = following(k, manner) {
							synctest.Test(t, func(t *testing.T) {
								n := memnet.New()
								n.OnDial = func(int, string) (memnet.Faults, error) { return torture.faults, nil }
								reached = failAt(t, s, n, k, failure, after)
							})
							if t.Failed() {
								t.Fatalf("operation %d", k)
							}
						}
					})
				}
			}
		}
	}
}

// following is the operation to fail after the k-th: the next one. With -short and under the
// race detector, where an operation moves a few bytes and its neighbours do the same, it is
// one of them. The stride is odd, so that reads and the deadlines before them have their turns.
func following(k int, manner string) int {
	switch {
	case manner == "whole" || k <= 10:
		return k + 1
	case testing.Short():
		return k + 23
	case zreqtest.RaceDetector:
		return k + 7
	}
	return k + 1
}

// failAt fails the k-th operation of a call and reports whether it has so many.
func failAt(t *testing.T, s situation, n *memnet.Net, k int, failure error, after bool) (reached bool) {
	is := is.New(t)
	d := disturb(t, s, n)
	ops := 0
	trip := func(string) error {
		if ops++; ops == k {
			reached = true
			return failure
		}
		return nil
	}
	if after {
		d.wire.after = trip
	} else {
		d.wire.before = trip
	}
	resp, err := d.get(context.Background(), "/first")
	d.wire.disarm()
	if err == nil {
		is.Equal(string(d.got), bodyOf("/first", s.body)) // success is a whole body
		is.True(resp.Complete())                          // and says so
	} else {
		var e *zreq.Error
		is.True(errors.As(err, &e))                                           // every failure is a *zreq.Error
		is.True(errors.Is(err, failure))                                      // that keeps the driver's own
		is.True(!zreq.SafeToRetry(err) || d.wire.put.Load() == 0 || s.secure) // and is safe to retry only if nothing went out
		is.True(e.Received >= int64(len(d.got)))                              // it knows what came
		is.Equal(bodyOf("/first", s.body)[:len(d.got)], string(d.got))        // and that was right
	}
	if !s.kept {
		is.Equal(n.Open(), 0) // the connection is closed
		return reached
	}
	d.mustGet(t, "/second")
	_ = d.args.Connection.Close()
	is.Equal(n.Open(), 0) // no socket is forgotten
	return reached
}

// The owner may close the connection whatever the call on it is doing.
func TestCloseAtEachOperation(t *testing.T) {
	for name, s := range situations {
		if !s.kept {
			continue
		}
		t.Run(name, func(t *testing.T) {
			for k, reached := 1, true; reached; k++ {
				synctest.Test(t, func(t *testing.T) { reached = closeAt(t, s, k) })
				if t.Failed() {
					t.Fatalf("operation %d", k)
				}
			}
		})
	}
}

func closeAt(t *testing.T, s situation, k int) (reached bool) {
	is := is.New(t)
	s.slow = true
	d := disturb(t, s, memnet.New())
	conn := d.args.Connection
	var ops atomic.Int64 // Close has operations of its own
	ended := make(chan struct{})
	d.wire.before = func(string) error {
		if ops.Add(1) == int64(k) {
			d.ended = time.Now()
			go func() {
				defer close(ended)
				_ = conn.Close()
			}()
		}
		return nil
	}
	_, err := d.get(context.Background(), "/first")
	waited := time.Since(d.ended)
	if ops.Load() < int64(k) {
		is.NoErr(err) // an undisturbed call succeeds
		return false
	}
	<-ended
	d.wire.disarm()
	is.True(waited <= promptly) // the call under way ends at once
	if err != nil {
		is.True(errors.Is(err, zreq.ErrClosed)) // and says whose doing it was
	} else {
		is.Equal(string(d.got), bodyOf("/first", s.body)) // unless it had ended already
	}
	_, err = d.get(context.Background(), "/second")
	is.True(errors.Is(err, zreq.ErrClosed)) // closed is closed
	is.Equal(d.net.Open(), 0)               // no socket is forgotten
	return true
}

// tripwire is a driver that asks before and after each thing that is done with
// it or with its connections.
type tripwire struct {
	netdriver.Driver
	before func(op string) error // its error is returned, and nothing done
	after  func(op string) error // its error is returned beside what was done
	got    atomic.Int64          // bytes read by the client
	put    atomic.Int64          // bytes written
}

type trippedConn struct {
	*memnet.Conn
	wire *tripwire
}

func newTripwire(d netdriver.Driver) *tripwire {
	w := &tripwire{Driver: d}
	w.disarm()
	return w
}

func (w *tripwire) disarm() {
	w.before = func(string) error { return nil }
	w.after = w.before
}

func (w *tripwire) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	if err := w.before("dial"); err != nil {
		return nil, err
	}
	c, err := w.Driver.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if err := w.after("dial"); err != nil {
		_ = c.Close()
		return nil, err
	}
	return &trippedConn{c.(*memnet.Conn), w}, nil
}

func (c *trippedConn) Read(p []byte) (int, error) {
	if err := c.wire.before("read"); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(p)
	c.wire.got.Add(int64(n))
	return n, either(c.wire.after("read"), err)
}

func (c *trippedConn) Write(p []byte) (int, error) {
	if err := c.wire.before("write"); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(p)
	c.wire.put.Add(int64(n))
	return n, either(c.wire.after("write"), err)
}

func (c *trippedConn) SetReadDeadline(t time.Time) error {
	return c.deadline(t, c.Conn.SetReadDeadline)
}

func (c *trippedConn) SetWriteDeadline(t time.Time) error {
	return c.deadline(t, c.Conn.SetWriteDeadline)
}

func (c *trippedConn) deadline(t time.Time, set func(time.Time) error) error {
	if err := c.wire.before("deadline"); err != nil {
		return err
	}
	err := set(t)
	return either(c.wire.after("deadline"), err)
}

func (c *trippedConn) Check() error {
	if err := c.wire.before("check"); err != nil {
		return err
	}
	err := c.Conn.Check()
	return either(c.wire.after("check"), err)
}

func either(err, or error) error {
	if err != nil {
		return err
	}
	return or
}
