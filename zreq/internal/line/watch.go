//go:build !tinygo

package line

import (
	"context"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// past is a deadline that is over. Setting it wakes whoever is blocked.
var past = time.Unix(1, 0)

// An interrupter ends whatever is under way on a connection. It is made once, so that
// context.AfterFunc costs a call no closure.
type interrupter func()

func newInterrupter(conn netdriver.Conn) interrupter {
	return func() { _ = conn.SetDeadline(past) }
}

// watch makes the end of ctx call i, until stop is called.
func watch(ctx context.Context, i interrupter) (stop func() bool) {
	if ctx.Done() == nil {
		return nil
	}
	return context.AfterFunc(ctx, i)
}

// readWatched reads at least one byte, or says why not. The interrupter watches ctx.
func readWatched(_ context.Context, conn netdriver.Conn, p []byte, _ instant) (int, error) {
	return ReadSome(conn, p)
}

// limited returns a context that ends with ctx, when limit has passed, or by cancel. A limit
// of zero or less is none.
func limited(ctx context.Context, limit time.Duration) (own context.Context, cancel context.CancelFunc) {
	if limit <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, Now().Add(limit))
}

// Wait returns when d is over, when wake is closed, or when ctx ends.
func Wait(ctx context.Context, d time.Duration, wake <-chan struct{}) {
	new(Alarm).Wait(ctx, d, wake)
}

// An Alarm ends waits, one after the other, with the same timer. The zero value is ready to
// use.
type Alarm struct{ timer *time.Timer }

// Wait waits until d is over, something comes from wake, or ctx ends. It reports whether
// that was wake.
func (a *Alarm) Wait(ctx context.Context, d time.Duration, wake <-chan struct{}) (woken bool) {
	if a.timer == nil {
		a.timer = time.NewTimer(d)
	} else {
		a.timer.Reset(d)
	}
	defer a.timer.Stop()
	select {
	case <-wake:
		return true
	case <-a.timer.C:
	case <-ctx.Done():
	}
	return false
}
