package proxy

import (
	"context"

	"github.com/zreq-go/zreq/netdriver"
)

// The methods in this file are those of the driver below. If it does not have one, the
// method of the Driver does nothing, or returns that nothing is known.

// below returns the driver below, or nil.
func (d *Driver) below() netdriver.Driver {
	if d == nil {
		return nil
	}
	return d.via
}

// Start starts the driver below, if it can be started.
func (d *Driver) Start(ctx context.Context) error {
	if s, ok := d.below().(netdriver.Starter); ok {
		return s.Start(ctx)
	}
	return nil
}

// Stop stops the driver below, if it can be stopped.
func (d *Driver) Stop() error {
	if s, ok := d.below().(netdriver.Starter); ok {
		return s.Stop()
	}
	return nil
}

// Link returns the link of the driver below. If that does not know its link, Up is true.
func (d *Driver) Link() netdriver.Link {
	if l, ok := d.below().(netdriver.Linker); ok {
		return l.Link()
	}
	return netdriver.Link{Up: true}
}

// Watch reports the changes that the driver below reports. If it reports none, Watch
// yields the present state and then waits for the end of ctx.
func (d *Driver) Watch(ctx context.Context) func(yield func(netdriver.Link, error) bool) {
	if w, ok := d.below().(netdriver.LinkWatcher); ok {
		return w.Watch(ctx)
	}
	return func(yield func(netdriver.Link, error) bool) {
		if ctx.Err() == nil && !yield(d.Link(), nil) {
			return
		}
		<-ctx.Done()
		yield(netdriver.Link{}, context.Cause(ctx))
	}
}

// Suspect tells the driver below that a link has stalled, if it wants to know. The driver below
// is not told of hosts, because it dials only the proxy.
func (d *Driver) Suspect(link string) {
	if s, ok := d.below().(netdriver.Suspecter); ok {
		s.Suspect(link)
	}
}

// Sockets returns how many sockets the driver below has, or 0 if it does not know.
func (d *Driver) Sockets() int {
	if s, ok := d.below().(netdriver.SocketLimiter); ok {
		return s.Sockets()
	}
	return 0
}
