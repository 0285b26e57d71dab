package zreq_test

import (
	"context"
	"sync"
	"time"
)

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
