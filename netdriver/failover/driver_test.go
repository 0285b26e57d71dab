package failover_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/failover"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/stdnet"
)

// The suite runs over a link that works, with one that fails before it or after it.
func TestDriver(t *testing.T) {
	dead := failover.Link{Name: "dead", Driver: &memnet.Net{OnDial: func(int, string) (memnet.Faults, error) {
		return memnet.Faults{}, errDead
	}}}
	t.Run("memory", func(t *testing.T) {
		n := memnet.New()
		silent, err := n.Listen("silent.test:80")
		if err != nil {
			t.Fatal(err)
		}
		silent.SetSilent(true)
		drivertest.Run(t, failoverOf(t, failover.Link{Name: "memory", Driver: n}, dead), drivertest.Capabilities{
			Listen:        drivertest.Memory(n),
			Silent:        func(testing.TB) string { return silent.Address() },
			RefusesAtOnce: true,
			Check:         true,
			HalfClose:     true,
		})
	})
	t.Run("TCP", func(t *testing.T) {
		tcp := failover.Link{Name: "tcp", Driver: new(stdnet.Driver)}
		drivertest.Run(t, failoverOf(t, dead, tcp), drivertest.Capabilities{
			Listen:        drivertest.TCP,
			Silent:        drivertest.SilentTCP,
			RefusesAtOnce: true,
			Check:         true,
			HalfClose:     true,
		})
	})
}

// A proxied driver dials through an HTTP proxy.
type proxied struct {
	netdriver.Driver
	proxy string
	path  *netdriver.Path
}

func (p *proxied) DialPath(ctx context.Context, network, address string, http bool) (netdriver.Conn, *netdriver.Path, error) {
	c, err := p.Dial(ctx, network, address)
	if !http {
		return c, nil, err
	}
	return c, p.path, err
}

func (p *proxied) Forwards() bool { return p.proxy != "" }

func (p *proxied) Proxy(string) string { return p.proxy }

// The Path of a connection has the names of all links, and what a proxy below tells.
func TestDriverPath(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		forward := func(head []byte, _ string) ([]byte, error) { return append(head, "forwarded"...), nil }
		below := &proxied{Driver: w.newWay(), path: &netdriver.Path{Forward: forward}}
		deep := &proxied{Driver: w.newWay(), path: &netdriver.Path{Link: "lan", Forward: forward}}
		for _, tt := range []struct {
			driver   netdriver.Driver
			http     bool
			want     string
			forwards bool
		}{
			{memnetWith(t), true, "outer", false},
			{w.d, true, "outer/cable", false},
			{below, true, "outer", true},
			{below, false, "outer", false},
			{deep, true, "outer/lan", true},
		} {
			d := failoverOf(t, failover.Link{Name: "outer", Driver: tt.driver})
			c, path, err := d.DialPath(t.Context(), "tcp", site, tt.http)
			w.is.NoErr(err)
			w.is.Equal(path.Link, tt.want)
			w.is.Equal(path.Forward != nil, tt.forwards)
			_, own := c.(*memnet.Conn)
			w.is.True(own) // the connection is that of the link
			w.is.NoErr(c.Close())
			c, again, err := d.DialPath(t.Context(), "tcp", site, tt.http)
			w.is.NoErr(err)
			w.is.True(again == path) // those that go the same way share one
			w.is.NoErr(c.Close())
		}
		w.is.Equal(deep.path.Link, "lan") // it is the driver's, and not written to
	})
}

func memnetWith(t *testing.T) *memnet.Net {
	t.Helper()
	n := memnet.New()
	l, err := n.Listen(site)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return n
}

// Connections can be shared by proxy only if no link has another one.
func TestDriverProxy(t *testing.T) {
	a, b, none := &proxied{proxy: "a:1"}, &proxied{proxy: "b:1"}, &proxied{}
	for name, tt := range map[string]struct {
		first, second netdriver.Driver
		want          string
	}{
		"the same":      {a, &proxied{proxy: "a:1"}, "a:1"},
		"two":           {a, b, ""},
		"the last none": {a, none, ""},
		"none at all":   {none, none, ""},
		"no Forwarder":  {a, memnet.New(), ""},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			d := failoverOf(t, failover.Link{Name: "first", Driver: tt.first}, failover.Link{Name: "second", Driver: tt.second})
			is.Equal(d.Proxy(site), tt.want)
		})
	}
}

// limited is a driver that knows its sockets.
type limited struct {
	netdriver.Driver
	sockets int
}

func (l limited) Sockets() int { return l.sockets }

func TestDriverSockets(t *testing.T) {
	for _, tt := range []struct {
		drivers []netdriver.Driver
		want    int
	}{
		{[]netdriver.Driver{memnet.New(), memnet.New()}, 0},
		{[]netdriver.Driver{limited{memnet.New(), 4}, memnet.New()}, 4},
		{[]netdriver.Driver{limited{memnet.New(), 0}, limited{memnet.New(), 5}, limited{memnet.New(), 2}, limited{memnet.New(), 0}}, 2},
	} {
		is := is.New(t)
		var links []failover.Link
		for i, d := range tt.drivers {
			links = append(links, failover.Link{Name: string(rune('a' + i)), Driver: d})
		}
		is.Equal(failoverOf(t, links...).Sockets(), tt.want) // each link has so many
	}
}

// Suspect prefers the other links for a while, on the level that the name is of.
func TestSuspect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.goes("cable")
		for range 20 {
			w.d.Suspect("cable") // by each of many connections, which is one failure
		}
		w.d.Suspect("unknown")
		w.d.Suspect("")
		w.goes("modem")
		time.Sleep(10 * time.Second)
		w.goes("cable")

		third := failover.Link{Name: "third", Driver: w.newWay()}
		w.d = failoverOf(t, failover.Link{Name: "site", Driver: w.d}, third)
		w.goes("site/cable")
		w.d.Suspect("site/cable")
		w.goes("site/modem")
		w.d.Suspect("site")
		w.goes("third")
		w.d = failoverOf(t, failover.Link{Name: "plain", Driver: w.cable}, third)
		w.d.Suspect("plain/lan") // the driver knows no links: it is all of it
		w.goes("third")
	})
}

// A link that cannot start does not keep the others from working.
func TestStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.is.NoErr(w.d.Stop())
		_, err := w.dial()
		w.is.True(errors.Is(err, failover.ErrNoLink))

		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		broken := &stuck{Radio: memnet.NewStopped()}
		w.d = failoverOf(t, failover.Link{Name: "stuck", Driver: broken}, failover.Link{Name: "modem", Driver: w.modem})
		w.is.NoErr(w.d.Start(ctx))
		w.is.Equal(time.Since(epoch), 5*time.Second) // each has its share
		w.goes("modem")
		w.is.True(errors.Is(w.d.Stop(), errDead)) // an error of Stop is told
		w.is.True(!w.modem.Link().Up)             // and all are stopped

		d := failoverOf(t, failover.Link{Name: "stuck", Driver: broken})
		err = d.Start(ctx)
		w.is.True(errors.Is(err, context.DeadlineExceeded)) // nothing can dial
		w.is.Equal(err.Error(), "no link can start: stuck: context deadline exceeded")
		w.is.NoErr(failoverOf(t, failover.Link{Name: "plain", Driver: memnet.New()}).Start(ctx)) // it needs no start
	})
}

// stuck is a radio that never joins.
type stuck struct{ *memnet.Radio }

func (s *stuck) Start(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func (s *stuck) Stop() error { return errDead }
