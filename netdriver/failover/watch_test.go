package failover_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/failover"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

// A watched link yields what a test tells it.
type watched struct {
	*memnet.Radio
	states chan netdriver.Link
	end    chan error
}

func newWatched(t *testing.T, state netdriver.Link) *watched {
	t.Helper()
	w := &watched{memnet.NewStopped(), make(chan netdriver.Link), make(chan error)}
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.SetLink(state)
	return w
}

func (w *watched) Watch(ctx context.Context) func(yield func(netdriver.Link, error) bool) {
	return func(yield func(netdriver.Link, error) bool) {
		if !yield(w.Link(), nil) {
			return
		}
		for {
			select {
			case s := <-w.states:
				if !yield(s, nil) {
					return
				}
			case err := <-w.end:
				yield(netdriver.Link{}, err)
				return
			case <-ctx.Done():
				yield(netdriver.Link{}, context.Cause(ctx))
				return
			}
		}
	}
}

// tell changes the state of the link.
func (w *watched) tell(up bool, name string) {
	s := netdriver.Link{Up: up, Interface: name, Addresses: []string{name + "'s"}}
	w.SetLink(s)
	w.states <- s
}

// report runs a Watch, and sends a line for each pair.
func report(ctx context.Context, w netdriver.LinkWatcher) <-chan string {
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		for l, err := range w.Watch(ctx) {
			lines <- fmt.Sprint(l.Up, " ", l.Interface, " ", err)
		}
	}()
	return lines
}

// told returns the lines so far.
func told(lines <-chan string) (all []string) {
	synctest.Wait()
	for {
		select {
		case l, ok := <-lines:
			if !ok {
				return append(all, "end")
			}
			all = append(all, l)
		default:
			return all
		}
	}
}

func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		cable := newWatched(t, netdriver.Link{Up: true, Interface: "eth0"})
		modem := newWatched(t, netdriver.Link{Interface: "wwan0"})
		d := failoverOf(t, failover.Link{Name: "cable", Driver: cable}, failover.Link{Name: "modem", Driver: modem})
		ctx, cancel := context.WithCancelCause(t.Context())
		lines := report(ctx, d)
		is.Equal(told(lines), []string{"true eth0 <nil>"}) // the present state
		modem.tell(true, "wwan0")
		is.Equal(told(lines), nil) // the first that is up is still the cable
		cable.tell(false, "eth0")
		is.Equal(told(lines), []string{"true wwan0 <nil>"})
		is.Equal(d.Link().Interface, "wwan0")
		modem.tell(false, "wwan0")
		modem.tell(false, "wwan1")
		is.Equal(told(lines), []string{"false  <nil>"}) // once
		is.Equal(d.Link(), netdriver.Link{})
		cable.tell(true, "eth0")
		is.Equal(told(lines), []string{"true eth0 <nil>"})
		cancel(errDead)
		is.Equal(told(lines), []string{"false  the link is dead", "end"}) // the cause of the context
	})
}

// That a link came up ends its backoff, even if it was down only between two dials.
func TestWatchEndsABackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		cable, modem := newWatched(t, netdriver.Link{Up: true}), newWatched(t, netdriver.Link{Up: true})
		for _, l := range []*watched{cable, modem} {
			listener, err := l.Listen(site)
			is.NoErr(err)
			t.Cleanup(func() { _ = listener.Close() })
		}
		d := failoverOf(t, failover.Link{Name: "cable", Driver: cable}, failover.Link{Name: "modem", Driver: modem})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		lines := report(ctx, d)
		is.Equal(len(told(lines)), 1) // it watches
		d.Suspect("cable")
		link, err := dialOver(ctx, d)
		is.NoErr(err)
		is.Equal(link, "modem")
		cable.tell(false, "eth0")
		cable.tell(true, "eth0")
		told(lines)
		link, err = dialOver(ctx, d)
		is.NoErr(err)
		is.Equal(link, "cable")
	})
}

func TestWatchEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		plain := failover.Link{Name: "plain", Driver: memnet.New()}
		is.Equal(told(report(t.Context(), failoverOf(t, plain))), []string{
			"true  <nil>", "false  " + errors.ErrUnsupported.Error(), "end",
		}) // no link can be watched

		cable, modem := newWatched(t, netdriver.Link{Up: true, Interface: "eth0"}), newWatched(t, netdriver.Link{})
		d := failoverOf(t, failover.Link{Name: "cable", Driver: cable}, failover.Link{Name: "modem", Driver: modem})
		lines := report(t.Context(), d)
		modem.end <- fmt.Errorf("modem: %w", errors.ErrUnsupported)
		cable.tell(false, "eth0")
		is.Equal(told(lines), []string{"true eth0 <nil>", "false  <nil>"}) // the other is still watched
		cable.end <- errDead
		is.Equal(told(lines), []string{"false  cable: the link is dead", "end"})

		for range d.Watch(t.Context()) { // who has seen enough leaves no goroutine
			break
		}
	})
}
