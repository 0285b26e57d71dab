package spool

import (
	"context"
	"time"

	"github.com/zreq-go/zreq/internal/backoff"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

// wait returns a random time to wait after so many failures in a row.
func (a *Args) wait(failures int) time.Duration {
	return backoff.Wait(a.Wait, a.MaxWait, failures)
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
		return backoff.Sleep(ctx, d)
	}
	limited, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	for now, err := range a.Link.Watch(limited) {
		if err != nil {
			break
		}
		if now.Up && !now.Equal(was) {
			return context.Cause(ctx)
		}
		was = now
	}
	<-limited.Done() // also if the driver cannot watch
	return context.Cause(ctx)
}
