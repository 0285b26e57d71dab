package proxy_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/proxy"
)

// An able driver can do all that a driver can beside dialling.
type able struct {
	*scripted
	started, stopped bool
	suspected        string
	path             *netdriver.Path
	plain            []bool // of each dial
}

func (a *able) Start(context.Context) error { a.started = true; return nil }
func (a *able) Stop() error                 { a.stopped = true; return errStop }
func (a *able) Suspect(link string)         { a.suspected = link }
func (a *able) Sockets() int                { return 2 }
func (a *able) Link() netdriver.Link        { return netdriver.Link{Interface: "wwan0"} }

func (a *able) Watch(context.Context) func(yield func(netdriver.Link, error) bool) {
	return func(yield func(netdriver.Link, error) bool) { yield(a.Link(), nil) }
}

func (a *able) DialPath(ctx context.Context, network, address string, http bool) (netdriver.Conn, *netdriver.Path, error) {
	a.plain = append(a.plain, http)
	c, err := a.Dial(ctx, network, address)
	return c, a.path, err
}

var errStop = errors.New("it does not stop")

// testBelow: what the driver below can do, the Driver can.
func testBelow(t *testing.T) {
	for name, driver := range map[string]func(testing.TB, netdriver.Driver, *proxy.Options) *proxy.Driver{"HTTP": httpTo, "SOCKS5": socksTo} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			a := new(able)
			d := driver(t, a, nil)
			is.NoErr(d.Start(context.Background()))
			is.True(a.started)
			is.Equal(d.Stop(), errStop)
			d.Suspect("modem")
			is.Equal(a.suspected, "modem")
			is.Equal(d.Sockets(), 2)
			is.Equal(d.Link().Interface, "wwan0")
			for link, err := range d.Watch(context.Background()) {
				is.NoErr(err)
				is.Equal(link.Interface, "wwan0")
			}
		})
	}
	t.Run("cannot", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			d := httpTo(t, memnet.New(), nil)
			is.NoErr(d.Start(context.Background()))
			is.NoErr(d.Stop())
			d.Suspect("modem")
			is.Equal(d.Sockets(), 0) // not known
			ctx, cancel := context.WithCancelCause(context.Background())
			defer cancel(nil)
			var told []error
			for link, err := range d.Watch(ctx) {
				is.Equal(link.Up, err == nil)
				told = append(told, err)
				cancel(errStop)
			}
			is.Equal(told, []error{nil, errStop}) // the present state, and why it ends
		})
	})
}

// testLinkOfPath: the Path tells the link of the driver below, and connections over one
// link have the same Path.
func testLinkOfPath(t *testing.T) {
	is := is.New(t)
	modem := &netdriver.Path{Link: "modem"}
	a := &able{path: modem, scripted: play(t, dialogue{{connect(), established}}, dialogue{}, dialogue{}, dialogue{})}
	d := httpTo(t, a, nil)
	via := func(http bool) *netdriver.Path {
		c, path, err := d.DialPath(context.Background(), "tcp", "origin.test:443", http)
		is.NoErr(err)
		is.NoErr(c.Close())
		return path
	}
	is.True(via(false) == modem) // a tunnel has that of the driver below
	first := via(true)
	is.Equal(first.Link, "modem")
	is.True(first.Forward != nil)
	is.True(first == via(true)) // so that a request can change from one to the other
	a.path = nil
	is.Equal(via(true).Link, "")
	is.Equal(a.plain, []bool{false, false, false, false}) // what the driver below dials is a proxy, and no origin
}
