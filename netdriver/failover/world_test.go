package failover_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/failover"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

const site = "device.test:80"

var errDead = errors.New("the link is dead")

// errHangs as the fault of a link makes its dials wait for their context.
var errHangs = errors.New("it errHangs")

// A way is a link in memory, whose dials can be made to fail.
type way struct {
	*memnet.Radio
	fault error     // of every dial, if not nil
	falls bool      // the link goes down when it is dialled
	began []float64 // seconds since the world began, for each dial
}

// A world has a cable and a modem, which lead to one site, in the time of a synctest
// bubble.
type world struct {
	t     *testing.T
	is    *is.I
	begun time.Time
	d     *failover.Driver
	cable *way
	modem *way
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, is: is.New(t), begun: time.Now()}
	w.cable, w.modem = w.newWay(), w.newWay()
	w.d = failoverOf(t, failover.Link{Name: "cable", Driver: w.cable}, failover.Link{Name: "modem", Driver: w.modem})
	return w
}

func failoverOf(t *testing.T, links ...failover.Link) *failover.Driver {
	t.Helper()
	d, err := failover.New(links...)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (w *world) newWay() *way {
	w.t.Helper()
	l := &way{Radio: memnet.NewStopped()}
	w.is.NoErr(l.Start(w.t.Context()))
	listener, err := l.Listen(site)
	w.is.NoErr(err)
	w.t.Cleanup(func() { _ = listener.Close() })
	return l
}

// Dial dials in memory. It notes when.
func (l *way) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	l.began = append(l.began, time.Since(epoch).Seconds())
	if l.falls {
		l.falls = false
		l.setUp(false)
	}
	switch l.fault {
	case nil:
		return l.Radio.Dial(ctx, network, address)
	case errHangs:
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return nil, l.fault
}

// epoch is when every synctest bubble begins.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// dial dials with Timeouts.Dial as zreq has it, and returns the name of the link, or "".
func (w *world) dial() (string, error) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 10*time.Second)
	defer cancel()
	return dialOver(ctx, w.d)
}

func dialOver(ctx context.Context, d *failover.Driver) (string, error) {
	c, path, err := d.DialPath(ctx, "tcp", site, false)
	if err != nil {
		return "", err
	}
	return path.Link, c.Close()
}

// goes dials, and expects the dial to go over a link.
func (w *world) goes(link string) {
	w.t.Helper()
	w.is.Helper()
	got, err := w.dial()
	w.is.NoErr(err)
	w.is.Equal(got, link)
}

// setUp sets the state of a link.
func (l *way) setUp(up bool) { l.SetLink(netdriver.Link{Up: up, Interface: "mem0"}) }
