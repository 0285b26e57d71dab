package failover

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// maxShare is the longest time that a dial gives a link while there is another one to try.
const maxShare = 30 * time.Second

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
	links, down := d.order()
	var failures []*LinkError
	var blamed []*link
	for i, l := range links {
		c, path, err := l.dial(ctx, len(links)-i, network, address, http)
		if err == nil {
			l.succeed()
			for _, other := range blamed {
				other.fail()
			}
			return c, path, nil
		}
		failures = append(failures, &LinkError{Link: l.name, Err: err})
		if ctx.Err() != nil {
			break
		}
		if isOfLink(err) && l.up() {
			blamed = append(blamed, l)
		}
	}
	return nil, nil, &Error{Links: append(failures, down...), tried: len(failures), verb: "connect"}
}

// order returns the links to try: in the order of the program, except that those that have
// failed lately come last. It returns an error for each link that is down.
func (d *Driver) order() (links []*link, down []*LinkError) {
	type late struct {
		*link
		until time.Time
	}
	var failed []late
	now := time.Now()
	for _, l := range d.all() {
		if !l.up() {
			down = append(down, &LinkError{Link: l.name, Err: errDown})
		} else if until := l.backoff(now); until.IsZero() {
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

// dial dials over the link, as the first of n links to try.
func (l *link) dial(ctx context.Context, n int, network, address string, http bool) (netdriver.Conn, *netdriver.Path, error) {
	l.try()
	own, limit := ctx, share(ctx, n)
	if limit > 0 {
		limited, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		own = limited
	}
	c, path, err := l.connect(own, network, address, http)
	switch {
	case err == nil && c == nil:
		err = errNoConn
	case err == nil:
		return c, path, nil
	case limit > 0 && ctx.Err() == nil && isOver(own):
		err = &lateError{limit: limit, err: err}
	}
	return nil, nil, err
}

// connect dials, and adds the name of the link to the Path.
func (l *link) connect(ctx context.Context, network, address string, http bool) (netdriver.Conn, *netdriver.Path, error) {
	dialer, ok := l.driver.(netdriver.PathDialer)
	if !ok {
		c, err := l.driver.Dial(ctx, network, address)
		return c, l.path, err
	}
	c, below, err := dialer.DialPath(ctx, network, address, http)
	return c, l.join(below), err
}

// join adds the name of the link to a Path of its driver. Connections that go the same way
// share the result, unless others have come in between.
func (l *link) join(below *netdriver.Path) *netdriver.Path {
	if below == nil {
		return l.path
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if below != l.below {
		path := *below
		path.Link = l.name
		if below.Link != "" {
			path.Link += "/" + below.Link
		}
		l.below, l.joined = below, &path
	}
	return l.joined
}

// share returns how long the first of n links may take, 0 if there is no limit but ctx.
func share(ctx context.Context, n int) time.Duration {
	if n <= 1 {
		return 0
	}
	by, ok := ctx.Deadline()
	if !ok {
		return maxShare
	}
	return max(1, min(maxShare, time.Until(by)/time.Duration(n)))
}

// isOver reports whether ctx has ended. A connection may know that before ctx does.
func isOver(ctx context.Context) bool {
	by, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && !time.Now().Before(by)
}
