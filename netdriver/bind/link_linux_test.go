package bind_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/bind"
	"github.com/zreq-go/zreq/netdriver/failover"
)

// testLink is what every machine has.
func testLink(t *testing.T) {
	for name, tt := range map[string]struct {
		d    *bind.Driver
		want string
	}{
		"loopback":             {&bind.Driver{Interface: "lo"}, "up lo"},
		"its address":          {&bind.Driver{Source: ip("127.0.0.1")}, "up lo"},
		"an address of IPv4":   {&bind.Driver{Source: ip("::ffff:127.0.0.1")}, "up lo"},
		"one of its network":   {&bind.Driver{Source: ip("127.9.9.9")}, "up "},
		"nobody's address":     {&bind.Driver{Source: ip("192.0.2.77")}, "down "},
		"not its address":      {&bind.Driver{Interface: "lo", Source: ip("192.0.2.77")}, "down lo"},
		"no such interface":    {&bind.Driver{Interface: "wwan9"}, "down wwan9"},
		"an interface by zone": {&bind.Driver{Source: ip("fe80::1%wwan9")}, "down wwan9"},
		"unbound":              {new(bind.Driver), "down "},
		"nil":                  {nil, "down "},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			is.Equal(shown(tt.d.Link()), tt.want)
		})
	}
	is := is.New(t)
	is.True(slices.Contains((&bind.Driver{Interface: "lo"}).Link().Addresses, "127.0.0.1"))
	for l, err := range new(bind.Driver).Watch(t.Context()) {
		is.True(!l.Up)
		is.Equal(err, bind.ErrUnbound) // there is nothing to watch
	}
}

func shown(l netdriver.Link) string {
	if l.Up {
		return "up " + l.Interface
	}
	return "down " + l.Interface
}

// spare is a link of its own, which the server has the other end of.
const (
	spare   = "spare"
	spareIP = "10.0.3.1"
)

func (w *world) addSpare(t *testing.T) {
	t.Helper()
	must(t, addVeth(spare, "by-spare", w.far.thread))
	must(t, noAddressesOfItsOwn(spare))
	must(t, setUp(spare, true))
	must(t, w.far.do(func() error { return setUp("by-spare", true) }))
	must(t, addAddress(spare, spareIP+"/24"))
}

// states are those of links that only some machines have.
func (w *world) states(t *testing.T) {
	is := is.New(t)
	both := &bind.Driver{Interface: modem, Source: ip(lanIP)}
	is.Equal(shown((&bind.Driver{Source: ip(modemIP)}).Link()), "up "+modem) // by its address
	is.Equal(shown(both.Link()), "up "+modem)                                // it is dialled, and so it is up
	is.True(slices.Contains((&bind.Driver{Interface: modem}).Link().Addresses, modemIP))
	is.Equal((&bind.Driver{Interface: lan}).Link().Addresses, []string{lanIP})
	is.Equal(shown((&bind.Driver{Interface: modem + "s"}).Link()), "down "+modem+"s") // the name is not cut

	w.addSpare(t)
	defer func() { must(t, removeLink(spare)) }()
	d := &bind.Driver{Interface: spare}
	is.True(becomes(d, "up "+spare))
	must(t, addName(spare, "second-name"))
	is.Equal(shown((&bind.Driver{Interface: "second-name"}).Link()), "up "+spare) // as dials take it
	must(t, removeAddress(spare, spareIP+"/24"))
	is.Equal(shown(d.Link()), "down "+spare) // it has no address
	if w.noIPv6 != nil {
		without(t, "no IPv6, and nothing tested with it", w.noIPv6)
	}
	must(t, addAddress(spare, "fe80::5/64"))
	is.Equal(shown(d.Link()), "down "+spare) // every interface has such an address
	is.Equal(d.Link().Addresses, []string{"fe80::5"})
	own := &bind.Driver{Interface: spare, Source: ip("fe80::5")}
	is.Equal(shown(own.Link()), "up "+spare) // but who asks for it wants it
	must(t, w.far.do(func() error { return setUp("by-spare", false) }))
	is.True(becomes(own, "down "+spare)) // without a carrier
	must(t, addUntested(spare, "2001:db8:3::1/64"))
	is.Equal(d.Link().Addresses, []string{"fe80::5"}) // it cannot be used yet
	must(t, w.far.do(func() error { return setUp("by-spare", true) }))
	is.True(becomes(d, "up "+spare)) // once it can
}

// becomes reports whether a link gets into a state. The system needs up to a second for a
// carrier, and two for an address of IPv6.
func becomes(d *bind.Driver, state string) bool {
	for begun := time.Now(); time.Since(begun) < patience; time.Sleep(10 * time.Millisecond) {
		if shown(d.Link()) == state {
			return true
		}
	}
	return false
}

// watch is told everything that happens to a link, and costs nothing when it ends.
func (w *world) watch(t *testing.T) {
	is := is.New(t)
	w.addSpare(t)
	defer func() { must(t, removeLink(spare)) }()
	d := &bind.Driver{Interface: spare}
	is.True(becomes(d, "up "+spare))
	before := openFiles(t)
	stop := errors.New("seen enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	told, ended := make(chan netdriver.Link), make(chan error, 1)
	go func() {
		for l, err := range d.Watch(ctx) {
			if err != nil {
				ended <- err
				return
			}
			told <- l
		}
	}()
	far := func(up bool) func() error {
		return func() error { return w.far.do(func() error { return setUp("by-spare", up) }) }
	}
	if w.noIPv6 != nil {
		without(t, "no IPv6, and nothing tested with it", w.noIPv6)
	}
	last := ""
	for _, step := range []struct {
		what string
		do   func() error
		want string
	}{
		{"nothing", func() error { return nil }, "up spare [10.0.3.1]"},
		{"an address of IPv6", func() error { return addAddress(spare, "2001:db8:3::1/64") }, "up spare [10.0.3.1 2001:db8:3::1]"},
		{"none of IPv6", func() error { return removeAddress(spare, "2001:db8:3::1/64") }, "up spare [10.0.3.1]"},
		{"another link", func() error { return errors.Join(setUp(lan, false), setUp(lan, true)) }, ""},
		{"down", func() error { return setUp(spare, false) }, "down spare [10.0.3.1]"},
		{"up", func() error { return setUp(spare, true) }, "up spare [10.0.3.1]"},
		{"no carrier", far(false), "down spare [10.0.3.1]"},
		{"a carrier", far(true), "up spare [10.0.3.1]"},
		{"a second address", func() error { return addAddress(spare, "10.0.4.1/24") }, "up spare [10.0.3.1 10.0.4.1]"},
		{"no address", func() error {
			return errors.Join(removeAddress(spare, "10.0.4.1/24"), removeAddress(spare, spareIP+"/24"))
		}, "down spare []"},
		{"an address", func() error { return addAddress(spare, spareIP+"/24") }, "up spare [10.0.3.1]"},
		{"deleted", func() error { return removeLink(spare) }, "down spare []"},
		{"made again", func() error { w.addSpare(t); return nil }, "up spare [10.0.3.1]"},
	} {
		must(t, step.do())
		for step.want != "" && last != step.want {
			select {
			case l := <-told: // there may be others in between
				now := shown(l) + " " + fmt.Sprint(l.Addresses)
				is.True(now != last) // each differs from the one before
				last = now
			case <-time.After(patience):
				t.Fatalf("%s: told %q last, not %q", step.what, last, step.want)
			}
		}
	}
	cancel(stop)
	is.Equal(<-ended, stop) // with the cause
	for range d.Watch(t.Context()) {
		break // who breaks off leaves nothing open either
	}
	is.True(openFiles(t) <= before)
	must(t, addRoute(server+"/32", lanPeer, lan, 10)) // which went with the other link
}

// openFiles counts those of this process.
func openFiles(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	return len(all)
}

// watchStorm: more happens than the socket holds while nobody reads. The last state is
// told all the same.
func (w *world) watchStorm(t *testing.T) {
	is := is.New(t)
	w.addSpare(t)
	defer func() { must(t, removeLink(spare)) }()
	d := &bind.Driver{Interface: spare}
	is.True(becomes(d, "up "+spare))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var told []string
	for l, err := range d.Watch(ctx) {
		is.NoErr(err)
		told = append(told, shown(l))
		switch len(told) {
		case 1:
			for range 2000 {
				must(t, errors.Join(addAddress(spare, "10.0.4.1/24"), removeAddress(spare, "10.0.4.1/24")))
			}
			must(t, removeAddress(spare, spareIP+"/24"))
			continue
		case 2:
			must(t, addAddress(spare, spareIP+"/24"))
			continue
		}
		break
	}
	is.Equal(told, []string{"up " + spare, "down " + spare, "up " + spare})
}

// failover uses the second link for as long as the first is down.
func (w *world) failover(t *testing.T) {
	is := is.New(t)
	d, err := failover.New(
		failover.Link{Name: "modem", Driver: &bind.Driver{Interface: modem}},
		failover.Link{Name: "lan", Driver: &bind.Driver{Interface: lan}},
	)
	is.NoErr(err)
	is.Equal(get(t, d, page), "by-modem "+modemIP)
	must(t, setUp(modem, false))
	is.Equal(get(t, d, page), "by-lan "+lanIP)
	is.Equal(d.Link().Interface, lan)
	must(t, setUp(modem, true))
	must(t, addRoute(server+"/32", modemPeer, modem, 20))
	is.True(becomes(&bind.Driver{Interface: modem}, "up "+modem))
	is.Equal(get(t, d, page), "by-modem "+modemIP) // up again, it is preferred again
	is.Equal(d.Link().Interface, modem)
}
