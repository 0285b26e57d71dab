package failover

import (
	"context"
	"sync"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// maxShare is the longest time that a dial gives a link while there is another one to try.
const maxShare = 30 * time.Second

// link is a Link and what is known about it.
type link struct {
	name   string
	driver netdriver.Driver
	path   *netdriver.Path // of connections whose driver has nothing to tell
	health health

	mu     sync.Mutex
	below  *netdriver.Path // what the driver told last,
	joined *netdriver.Path // and the same with the name of this link
}

// state returns the state of the link, as far as its driver knows.
func (l *link) state() netdriver.Link {
	linker, ok := l.driver.(netdriver.Linker)
	if !ok {
		return netdriver.Link{Up: true}
	}
	state := linker.Link()
	l.health.note(state.Up)
	return state
}

// dial dials over the link, as the first of n links to try.
func (l *link) dial(ctx context.Context, n int, network, address string, http bool) (netdriver.Conn, *netdriver.Path, error) {
	l.health.try(time.Now())
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

// isToBlame notes what err, the error of a dial, says about the link, and reports whether it
// counts against the link if another one succeeds. Nothing does if ctx, that of the caller,
// has ended.
func (l *link) isToBlame(ctx context.Context, err error) bool {
	switch {
	case isAnswer(err):
		l.health.succeed()
	case ctx.Err() != nil: // the caller may have waited for the link in vain
	case !isOfLink(err):
		l.health.abandon()
	default:
		return l.state().Up
	}
	return false
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
