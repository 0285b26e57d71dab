package failover

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// Dial connects to address over the first link that works. If no link does, the error is
// an [*Error], or that of ctx if ctx had ended before.
func (d *Driver) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, _, err := d.DialPath(ctx, network, address, false)
	return c, err
}

// DialPath is like Dial, and returns the Path of the connection. Its Link is the name of
// the link, followed by a slash and the Link of the Path of the driver below, if that has
// one. The rest of the Path is that of the driver below.
func (d *Driver) DialPath(ctx context.Context, network, address string, http bool) (netdriver.Conn, *netdriver.Path, error) {
	if len(d.all()) == 0 {
		return nil, nil, errNoLinks
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	links, down := d.order(address)
	var failures []*LinkError
	var blamed []*link
	for i, l := range links {
		c, path, err := l.dial(ctx, len(links)-i, network, address, http)
		if err == nil {
			l.health.succeed()
			for _, other := range blamed {
				other.health.fail(time.Now(), nil)
			}
			return c, path, nil
		}
		failures = append(failures, &LinkError{Link: l.name, Err: err})
		if l.isToBlame(ctx, err) {
			blamed = append(blamed, l)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, nil, &Error{Links: append(failures, down...), tried: len(failures), verb: "connect"}
}

// order returns the links to try for address: in the order of the program, except that those
// that have failed lately come last. It returns an error for each link that is down.
func (d *Driver) order(address string) (links []*link, down []*LinkError) {
	type late struct {
		*link
		until time.Time
	}
	var failed []late
	now := time.Now()
	own := d.hosts.avoided(address, now)
	for _, l := range d.all() {
		if state := l.state(); !state.Up {
			down = append(down, &LinkError{Link: l.name, Err: downError(state)})
			continue
		}
		until := l.health.avoidUntil(now)
		if own[l].After(until) {
			until = own[l]
		}
		if until.IsZero() {
			links = append(links, l)
		} else {
			failed = append(failed, late{l, until})
		}
	}
	slices.SortStableFunc(failed, func(a, b late) int { return cmp.Compare(a.until.Sub(now), b.until.Sub(now)) })
	for _, l := range failed {
		links = append(links, l.link)
	}
	return links, down
}
