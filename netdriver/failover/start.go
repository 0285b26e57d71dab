package failover

import (
	"context"
	"errors"

	"github.com/zreq-go/zreq/netdriver"
)

// Start starts the links whose drivers are Starters, one after the other. Each has a share
// of the time until the deadline of ctx, as in a dial. Start returns nil if at least one
// link can dial. The others are left out by dials until they are started, with another
// Start or with that of their own driver. If no link can dial, the error is an [*Error].
func (d *Driver) Start(ctx context.Context) error {
	links := d.all()
	if len(links) == 0 {
		return errNoLinks
	}
	var failures []*LinkError
	for i, l := range links {
		if err := l.start(ctx, len(links)-i); err != nil {
			failures = append(failures, &LinkError{Link: l.name, Err: err})
		}
	}
	if len(failures) < len(links) {
		return nil
	}
	return &Error{Links: failures, tried: len(failures), verb: "start"}
}

// start starts the link, as the first of n.
func (l *link) start(ctx context.Context, n int) error {
	starter, ok := l.driver.(netdriver.Starter)
	if !ok {
		return nil
	}
	if limit := share(ctx, n); limit > 0 {
		limited, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		ctx = limited
	}
	return starter.Start(ctx)
}

// Stop stops the links whose drivers are Starters, all of them even if one fails. Its
// error holds a [*LinkError] for each that failed.
func (d *Driver) Stop() error {
	var failures []error
	for _, l := range d.all() {
		if starter, ok := l.driver.(netdriver.Starter); ok {
			if err := starter.Stop(); err != nil {
				failures = append(failures, &LinkError{Link: l.name, Err: err})
			}
		}
	}
	return errors.Join(failures...)
}
