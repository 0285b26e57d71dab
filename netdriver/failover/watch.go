package failover

import (
	"context"
	"errors"
	"sync"

	"github.com/zreq-go/zreq/netdriver"
)

// Link returns the state of the first link that is up, or the zero Link if none is. A link
// whose driver does not know its state counts as up.
func (d *Driver) Link() netdriver.Link {
	for _, l := range d.all() {
		if state := l.state(); state.Up {
			return state
		}
	}
	return netdriver.Link{}
}

// Watch yields what Link returns, and each change of it. It watches all links whose drivers
// are LinkWatchers, and ends with the cause of ctx, or with a [*LinkError] if one of them
// fails. If no link can be watched, it yields the state and then errors.ErrUnsupported.
// While Watch runs there is a goroutine for each of these links.
func (d *Driver) Watch(ctx context.Context) func(yield func(netdriver.Link, error) bool) {
	return func(yield func(netdriver.Link, error) bool) {
		running, cancel := context.WithCancel(ctx)
		w := watch{links: d.all(), news: make(chan news)}
		defer w.running.Wait()
		defer cancel()
		w.begin(running)
		if err := w.follow(ctx, yield); err != nil {
			yield(netdriver.Link{}, err)
		}
	}
}

// watch is a Watch that runs.
type watch struct {
	links   []*link
	states  map[*link]netdriver.Link // of the links that are watched, as they were told last
	news    chan news
	running sync.WaitGroup
}

// news is what the driver of one link yields.
type news struct {
	link  *link
	state netdriver.Link
	err   error
}

// begin watches each link that can be watched.
func (w *watch) begin(ctx context.Context) {
	w.states = make(map[*link]netdriver.Link)
	for _, l := range w.links {
		if watcher, ok := l.driver.(netdriver.LinkWatcher); ok {
			w.states[l] = l.state()
			w.running.Go(func() { w.tell(ctx, l, watcher) })
		}
	}
}

// tell passes on what the driver of one link yields.
func (w *watch) tell(ctx context.Context, l *link, watcher netdriver.LinkWatcher) {
	n := news{link: l}
	for n.state, n.err = range watcher.Watch(ctx) {
		if n.err != nil {
			break
		}
		if !w.send(ctx, n) {
			return
		}
	}
	if n.err == nil {
		n.err = errors.ErrUnsupported // the driver has stopped without an error
	}
	w.send(ctx, n)
}

func (w *watch) send(ctx context.Context, n news) bool {
	select {
	case w.news <- n:
		return true
	case <-ctx.Done():
		return false
	}
}

// follow yields the state and its changes. It returns why no more can follow, or nil if
// yield wants no more.
func (w *watch) follow(ctx context.Context, yield func(netdriver.Link, error) bool) error {
	last := w.first()
	if !yield(last, nil) {
		return nil
	}
	for len(w.states) > 0 {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case n := <-w.news:
			switch {
			case n.err != nil && ctx.Err() != nil:
				return context.Cause(ctx)
			case errors.Is(n.err, errors.ErrUnsupported):
				delete(w.states, n.link) // the others can still be watched
			case n.err != nil:
				return &LinkError{Link: n.link.name, Err: n.err}
			default:
				n.link.health.note(n.state.Up)
				w.states[n.link] = n.state
			}
		}
		if now := w.first(); !now.Equal(last) {
			last = now
			if !yield(now, nil) {
				return nil
			}
		}
	}
	return errors.ErrUnsupported
}

// first returns the state of the first link that is up.
func (w *watch) first() netdriver.Link {
	for _, l := range w.links {
		state, watched := w.states[l]
		if !watched {
			state = l.state()
		}
		if state.Up {
			return state
		}
	}
	return netdriver.Link{}
}
