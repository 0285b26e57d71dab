package zreq_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

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
