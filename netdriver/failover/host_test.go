package failover_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/failover"
)

// A town is a world with more hosts, and with a satellite as the third link, which is down at
// first.
type town struct {
	*world
	satellite *way
}

func newTown(t *testing.T) *town {
	t.Helper()
	w := &town{world: newWorld(t)}
	w.satellite = w.newWay()
	w.satellite.setUp(false)
	for _, l := range []*way{w.cable, w.modem, w.satellite} {
		for _, host := range []string{"a", "b", "c"} {
			listener, err := l.Listen(host)
			w.is.NoErr(err)
			t.Cleanup(func() { _ = listener.Close() })
		}
	}
	w.d = failoverOf(t, failover.Link{Name: "cable", Driver: w.cable}, failover.Link{Name: "modem", Driver: w.modem},
		failover.Link{Name: "satellite", Driver: w.satellite})
	return w
}

// fails reports that a connection to a host has failed, and says whether that concerns all.
func (w *town) fails(link, host string, concernsAll bool) {
	w.t.Helper()
	w.is.Helper()
	w.is.Equal(w.d.SuspectHost(link, host), concernsAll)
}

// finds dials a host, and expects the dial to go over a link.
func (w *town) finds(host, link string) {
	w.t.Helper()
	w.is.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 10*time.Second)
	defer cancel()
	c, path, err := w.d.DialPath(ctx, "tcp", host, false)
	w.is.NoErr(err)
	w.is.Equal(path.Link, link)
	w.is.NoErr(c.Close())
}

// What fails at a host counts against the link, until it turns out that it is the host.
func TestHost(t *testing.T) {
	for name, play := range map[string]func(w *town){
		"fails over both links": func(w *town) {
			w.fails("cable", "a", true)
			w.fails("cable", "a", true) // by another connection
			w.finds("b", "modem")
			w.fails("modem", "A", true) // it is a name
			w.finds("b", "cable")
			w.fails("cable", "a", false)
			w.finds("b", "cable")
		},
		"prefers the links by itself": func(w *town) {
			w.fails("cable", "a", true)
			w.fails("modem", "a", true)
			time.Sleep(10 * time.Second)
			w.finds("a", "cable")
			w.fails("cable", "a", false)
			w.finds("a", "modem")
			w.finds("a", "modem")
			w.finds("b", "cable")
			time.Sleep(10 * time.Second)
			w.finds("a", "modem") // it has failed twice over the cable: 10 to 20 seconds
			time.Sleep(10 * time.Second)
			w.finds("a", "cable")
			w.d.Answered("modem", "a")
			w.fails("cable", "a", false)
			time.Sleep(20 * time.Second)
			w.finds("a", "modem") // the third time
		},
		"is not known": func(w *town) {
			for range 2 {
				w.fails("cable", "", true)
				w.fails("modem", "", true)
			}
		},
		"is not the only one": func(w *town) {
			w.fails("cable", "a", true)
			w.fails("cable", "b", true)
			w.fails("modem", "a", true)
			w.finds("c", "modem")
			time.Sleep(10 * time.Second)
			w.finds("c", "cable")
			w.fails("cable", "b", true) // it is not to blame yet
		},
		"leaves two links for a third": func(w *town) {
			w.satellite.setUp(true)
			w.fails("cable", "a", true)
			w.fails("modem", "a", true)
			w.finds("b", "satellite")
			w.fails("satellite", "a", true)
			w.finds("b", "cable")
		},
		"has one link only": func(w *town) {
			w.modem.setUp(false)
			w.fails("cable", "a", true)
			w.modem.setUp(true)
			w.finds("b", "modem") // the cable may be dead
		},
		"and another one fail": func(w *town) {
			w.fails("cable", "a", true)
			w.fails("modem", "b", true)
			w.fails("cable", "a", true)
		},
		"has answered meanwhile": func(w *town) {
			w.fails("cable", "a", true)
			w.d.Answered("modem", "a")
			w.fails("modem", "a", true) // that is another story
			w.fails("modem", "a", true)
			w.fails("cable", "a", true) // without an answer
			w.fails("cable", "a", false)
			w.d.Answered("modem", "a")
			w.fails("cable", "a", false)
		},
		"another one answers": func(w *town) {
			w.fails("cable", "a", true)
			w.d.Answered("modem", "b")
			w.d.Answered("cable", "a")
			w.d.Answered("lan", "b")
			w.finds("b", "modem")
			w.d.Answered("cable", "b")
			w.finds("b", "cable")
			w.fails("cable", "a", false)
			w.finds("a", "modem")
		},
		"was not the only one to fail over the link": func(w *town) {
			w.fails("cable", "a", true)
			w.d.Answered("cable", "b")
			w.finds("b", "cable")
			w.fails("cable", "b", true)
			w.d.Answered("cable", "c") // by a head
			w.finds("c", "modem")
		},
		"has failed over each link before another one fails": func(w *town) {
			w.fails("cable", "a", true)
			w.fails("modem", "a", true)
			w.fails("cable", "b", true)
			w.d.Answered("cable", "c")
			w.finds("c", "cable")
		},
		"is tried over another link": func(w *town) {
			w.fails("cable", "a", true)
			time.Sleep(10 * time.Second)
			w.finds("b", "cable")
			w.finds("a", "modem")
			w.finds("a", "cable") // once is enough
			w.fails("cable", "a", true)
			time.Sleep(20 * time.Second)
			w.finds("b", "cable")
			w.finds("a", "modem") // once for each failure
			time.Sleep(forgets)
			w.fails("cable", "a", true)
			time.Sleep(forgets)
			w.finds("a", "cable")
		},
		"failed long ago": func(w *town) {
			w.fails("cable", "a", true)
			time.Sleep(forgets)
			w.d.Answered("cable", "b")
			w.fails("modem", "a", true)
			w.fails("cable", "a", true)
			w.fails("cable", "a", false)
			time.Sleep(forgets)
			w.fails("cable", "a", true)
		},
		"leaves the link as it was": func(w *town) {
			w.cable.fault = errDead
			w.finds("b", "modem")
			w.cable.fault = nil
			time.Sleep(10 * time.Second)
			w.fails("cable", "a", true)
			w.fails("modem", "a", true)
			w.finds("b", "cable")
			w.cable.fault = errDead
			w.finds("b", "modem")
			w.cable.fault = nil
			time.Sleep(10 * time.Second)
			w.finds("b", "modem") // it is the second failure: 10 to 20 seconds
			time.Sleep(10 * time.Second)
			w.finds("b", "cable")
		},
		"fails over a link that fails": func(w *town) {
			w.fails("cable", "a", true)
			time.Sleep(10 * time.Second)
			w.cable.fault = errDead
			w.finds("b", "modem")
			w.cable.fault = nil
			w.fails("modem", "a", true)
			w.finds("b", "modem") // nothing was proven about the failure of the dial
		},
		"is behind nested drivers": func(w *town) {
			w.d = failoverOf(w.t, failover.Link{Name: "site", Driver: w.d}, failover.Link{Name: "spare", Driver: w.newWay()})
			w.fails("site/cable", "a", true)
			w.finds("b", "site/modem")
			w.d.Answered("site/cable", "b")
			w.finds("b", "site/cable")
			w.fails("site/cable", "a", false)
		},
		"is over no link of ours": func(w *town) {
			w.fails("lan", "a", false)
			w.finds("b", "cable")
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { play(newTown(t)) })
		})
	}
}

// forgets is the time after which a failure does not count any more.
const forgets = 10 * time.Minute

// Only so many hosts are remembered, and the one that has failed last is.
func TestHostForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		for i := range 17 {
			w.fails("cable", fmt.Sprint("host", i), true)
			time.Sleep(time.Second)
		}
		w.fails("modem", "host16", true)
		w.fails("cable", "host16", false)
		w.fails("cable", "host0", true) // in the place of host1
		w.fails("modem", "host1", true)
		w.fails("cable", "host1", true) // this is the second one, after the first has been forgotten
		w.fails("cable", "host1", false)
	})
}

// reporting is a driver that reports its link when it is asked for its state.
type reporting struct {
	*way
	report func()
}

func (r reporting) Link() netdriver.Link {
	r.report()
	return r.way.Link()
}

// A driver may call Suspect while it is asked for the state of its link.
func TestSuspectInLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		weak := reporting{w.modem, func() { w.d.Suspect("cable") }}
		w.d = failoverOf(t, failover.Link{Name: "cable", Driver: w.cable}, failover.Link{Name: "modem", Driver: weak})
		w.fails("cable", "a", true)
		w.finds("b", "modem")
	})
}
