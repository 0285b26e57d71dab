//go:build tinygo

package line

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// On a microcontroller a goroutine costs its stack, and a timer the largest part of package
// time. So nothing is woken here: contexts and limits are asked from time to time.

const (
	readSlice = 50 * time.Millisecond // between two questions during a read
	waitSlice = 10 * time.Millisecond // between two during a wait for nothing but time
)

type interrupter struct{}

func newInterrupter(netdriver.Conn) interrupter { return interrupter{} }

// watch does nothing: reads ask the context.
func watch(context.Context, interrupter) (stop func() bool) { return nil }

// readWatched reads at least one byte until by, if that is not zero, or says why not. If ctx
// can end, it reads in slices. A read that a deadline has cut can be taken up again; a write
// cannot, so it is not sliced.
func readWatched(ctx context.Context, conn netdriver.Conn, p []byte, by instant) (int, error) {
	if ctx.Done() == nil {
		return ReadSome(conn, p)
	}
	for {
		slice := Elapsed() + readSlice
		last := by != 0 && by <= slice
		if last {
			slice = by
		}
		if err := conn.SetReadDeadline(began.Add(slice)); err != nil {
			return 0, err
		}
		n, err := ReadSome(conn, p)
		if n > 0 || last || !netdriver.IsTimeout(err) || Elapsed() < slice-LookWait {
			return n, err
		}
		if err := ctx.Err(); err != nil {
			return 0, err
		}
	}
}

// A bound is a context that also ends at a time of its own, or when it is cancelled. Who
// asks it learns that. Nobody is woken: its Done is that of the context within.
type bound struct {
	context.Context
	by        int64 // an instant; 0: there is none. A time.Duration would bring its String along
	cancelled atomic.Bool
}

func limited(ctx context.Context, limit time.Duration) (own context.Context, cancel context.CancelFunc) {
	b := &bound{Context: ctx}
	if limit > 0 {
		b.by = int64(Elapsed() + limit)
	}
	return b, func() { b.cancelled.Store(true) }
}

func (b *bound) Deadline() (time.Time, bool) {
	at, ok := b.Context.Deadline()
	if own := began.Add(time.Duration(b.by)); b.by != 0 && (!ok || own.Before(at)) {
		return own, true
	}
	return at, ok
}

func (b *bound) Err() error {
	switch err := b.Context.Err(); {
	case err != nil:
		return err
	case b.cancelled.Load():
		return context.Canceled
	case b.by != 0 && int64(Elapsed()) >= b.by:
		return context.DeadlineExceeded
	}
	return nil
}

// Wait returns when d is over, when wake is closed, or when ctx ends.
func Wait(ctx context.Context, d time.Duration, wake <-chan struct{}) {
	new(Alarm).Wait(ctx, d, wake)
}

// An Alarm ends waits. Here it has nothing to keep.
type Alarm struct{}

// Wait waits until d is over, something comes from wake, or ctx ends. It reports whether
// that was wake.
func (*Alarm) Wait(ctx context.Context, d time.Duration, wake <-chan struct{}) (woken bool) {
	for by := Elapsed() + d; ctx.Err() == nil; time.Sleep(min(by-Elapsed(), waitSlice)) {
		select {
		case <-wake:
			return true
		default:
		}
		if Elapsed() >= by {
			return false
		}
	}
	return false
}
