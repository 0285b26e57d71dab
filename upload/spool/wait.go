package spool

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

// wait returns a random time to wait after so many failures in a row.
func (a *Args) wait(failures int) time.Duration {
	most := a.Wait
	for ; failures > 1 && most > 0 && most < a.MaxWait; failures-- {
		most += min(most, a.MaxWait-most)
	}
	return rand.N(most + 1)
}

// asked returns how long the server asks to be left alone, up to MaxWait.
func (a *Args) asked(resp *zreq.Response) time.Duration {
	if resp == nil {
		return 0
	}
	wait, _ := resp.RetryAfter()
	return min(wait, a.MaxWait)
}

// link returns the present state of the link.
func (a *Args) link() netdriver.Link {
	if a.Link == nil {
		return netdriver.Link{}
	}
	return a.Link.Link()
}

// waitForLink waits for d, or until the link is up and not as it was. It returns the cause
// of ctx when that ends.
func (a *Args) waitForLink(ctx context.Context, was netdriver.Link, d time.Duration) error {
	if a.Link == nil {
		return sleep(ctx, d)
	}
	limited, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	for now, err := range a.Link.Watch(limited) {
		if err != nil {
			break
		}
		if now.Up && !isSame(now, was) {
			return context.Cause(ctx)
		}
		was = now
	}
	<-limited.Done() // also if the driver cannot watch
	return context.Cause(ctx)
}

func isSame(a, b netdriver.Link) bool {
	return a.Up == b.Up && a.Interface == b.Interface && slices.Equal(a.Addresses, b.Addresses)
}

// sleep waits for d, or returns the cause of ctx when that ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
