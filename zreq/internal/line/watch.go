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

// Watch makes the end of ctx end whatever is under way, until stop is called. stop returns
// false if ctx has ended before. It is nil if ctx cannot end.
func (s *Socket) Watch(ctx context.Context) (stop func() bool) {
	if ctx.Done() == nil {
		return nil
	}
	return context.AfterFunc(ctx, s.interrupt)
}

// readSome reads at least one byte, or says why not.
func (s *Socket) readSome(_ context.Context, p []byte) (int, error) { return ReadSome(s.conn, p) }

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
