package pool

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/internal/target"
	"github.com/zreq-go/zreq/zreq/wire"
)

// sockets are what the Conns of a test have dialled.
type sockets struct {
	mu      sync.Mutex
	open    map[string]int // by host; "" for all
	most    map[string]int
	onClose func(host string)
}

// socket is one of them.
type socket struct {
	netdriver.Conn
	of   *sockets
	host string
	once sync.Once
}

func (s *sockets) count(host string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open, s.most = map[string]int{}, map[string]int{}
	}
	for _, of := range []string{"", host} {
		s.open[of] += n
		s.most[of] = max(s.most[of], s.open[of])
	}
}

func (s *sockets) now(host string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open[host]
}

func (s *socket) SetDeadline(time.Time) error { return nil }

func (s *socket) Close() error {
	s.once.Do(func() {
		if s.of.onClose != nil {
			s.of.onClose(s.host)
		}
		s.of.count(s.host, -1)
	})
	return nil
}

// use makes a request over c, as a call does. It reports whether it had to dial.
func (s *sockets) use(c *Conn) (dialled bool) {
	if _, open := c.Carried(); !open {
		s.count(c.Origin.Host, 1)
		if _, err := c.Adopt(&socket{of: s, host: c.Origin.Host}); err != nil {
			return false // it was closed meanwhile
		}
		dialled = true
	}
	if socket, err := c.Alive(); err == nil {
		socket.BeginRequest(false)
	}
	return dialled
}

// Check makes a socket one that can be looked at.
func (s *socket) Check() error { return nil }

// to is the route to a host.
func to(host string) *line.Route {
	return &line.Route{Origin: target.Origin{Host: host, Port: 80}}
}

// start is when tests begin.
var start = line.At(time.Hour, int64(1_000_000*time.Second))

// roomy are limits that bound nothing.
var roomy = Limits{Open: -1, OpenPerOrigin: -1, Idle: 1000, IdlePerOrigin: 1000, IdleAge: -1, Requests: -1}

// bench is a pool with its limits and its clock.
type bench struct {
	*testing.T
	*Pool
	sockets
	limits Limits
	at     line.Instant
}

func newBench(t *testing.T, change func(l *Limits)) *bench {
	b := &bench{T: t, Pool: new(Pool), limits: roomy, at: start}
	b.hurried = start // the next who does not wait for its own origin comes in a second
	if change != nil {
		change(&b.limits)
	}
	return b
}

// pass lets time pass.
func (b *bench) pass(d time.Duration) { b.at = b.at.Add(d) }

// take makes a request to host, and keeps the connection. It is nil if the call has to
// wait.
func (b *bench) take(host string) *Conn {
	b.Helper()
	c, _, err := b.Take(to(host), b.limits, b.at)
	if err != nil {
		b.Fatal(err)
	}
	if c != nil {
		b.use(c)
	}
	return c
}

// must is take where there has to be a connection.
func (b *bench) must(host string) *Conn {
	b.Helper()
	c := b.take(host)
	if c == nil {
		b.Fatalf("no connection to %s", host)
	}
	return c
}

// wait makes a call wait.
func (b *bench) wait(host string) *Waiter {
	b.Helper()
	c, w, _, err := b.Enqueue(to(host), b.limits, b.at)
	if err != nil || c != nil {
		b.Fatalf("a connection to %s, %v", host, err)
	}
	return w
}

// back returns connections.
func (b *bench) back(conns ...*Conn) {
	b.Helper()
	for _, c := range conns {
		if why, _ := c.Return(wire.CloseNone, b.at); why != wire.CloseNone {
			b.Fatalf("%s is not kept: %v", c.Origin.Host, why)
		}
	}
}

// got returns the connection of a waiter whose turn has come, and makes its request.
func (b *bench) got(w *Waiter) *Conn {
	b.Helper()
	if w.queued {
		return nil
	}
	c, err := w.Await(context.Background(), time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	b.use(c)
	return c
}

// sizes are the counts of the pool.
func (b *bench) sizes() string {
	open, idle, waiting := b.Size()
	return fmt.Sprintf("%d open, %d idle, %d waiting", open, idle, waiting)
}

// closed shows what was closed.
func closed(list []Closed) (shown []string) {
	for _, c := range list {
		shown = append(shown, c.Origin.Host+": "+c.Why.String())
	}
	return shown
}

// The connection that was used last is used next, and the one that has been idle longest
// is the first to go.
func TestOrderOfUse(t *testing.T) {
	is := is.New(t)
	b := newBench(t, func(l *Limits) { l.Open = 3 })
	one, two, other := b.must("a"), b.must("a"), b.must("b")
	b.back(one)
	b.pass(time.Second)
	b.back(other)
	b.pass(time.Second)
	b.back(two)
	is.Equal(b.must("a"), two) // the newest
	b.back(two)
	c, list, err := b.Take(to("c"), b.limits, b.at)
	is.NoErr(err)
	is.Equal(closed(list), []string{"a: " + wire.CloseEvicted.String()}) // the oldest makes room
	b.use(c)
	is.Equal(b.must("a"), two)
	is.Equal(b.must("b"), other)
	is.Equal(b.most[""], 3)
	is.Equal(b.sizes(), "3 open, 0 idle, 0 waiting")
}

// Open and OpenPerOrigin bound the connections, and Idle and IdlePerOrigin those of them
// that are idle. Zero and negative limits are as PoolLimits of zreq says.
func TestLimits(t *testing.T) {
	for name, tt := range map[string]struct {
		change     func(l *Limits)
		hosts      int
		open, idle int // of 24 calls at once, and after them
		then       wire.CloseReason
	}{
		"none":               {func(*Limits) {}, 3, 24, 24, wire.CloseNone},
		"Open":               {func(l *Limits) { l.Open = 5 }, 3, 5, 5, wire.CloseNone},
		"OpenPerOrigin":      {func(l *Limits) { l.OpenPerOrigin = 2 }, 3, 6, 6, wire.CloseNone},
		"both":               {func(l *Limits) { l.Open, l.OpenPerOrigin = 5, 2 }, 3, 5, 5, wire.CloseNone},
		"Idle":               {func(l *Limits) { l.Idle = 4 }, 3, 24, 4, wire.CloseNone},
		"IdlePerOrigin":      {func(l *Limits) { l.IdlePerOrigin = 2 }, 3, 24, 6, wire.CloseNone},
		"both of idle":       {func(l *Limits) { l.Idle, l.IdlePerOrigin = 4, 2 }, 3, 24, 4, wire.CloseNone},
		"Idle zero":          {func(l *Limits) { l.Idle = 0 }, 2, 24, 0, wire.CloseEvicted},
		"IdlePerOrigin zero": {func(l *Limits) { l.IdlePerOrigin = 0 }, 2, 24, 0, wire.CloseEvicted},
		"Requests":           {func(l *Limits) { l.Requests = 1 }, 2, 24, 0, wire.CloseWorn},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			b := newBench(t, tt.change)
			var held []*Conn
			for i := range 24 {
				if c := b.take(fmt.Sprint(i % tt.hosts)); c != nil {
					held = append(held, c)
				}
			}
			is.Equal(len(held), tt.open)
			var last wire.CloseReason
			for _, c := range held {
				last, _ = c.Return(wire.CloseNone, b.at)
			}
			is.Equal(last, tt.then)
			is.Equal(b.sizes(), fmt.Sprintf("%d open, %d idle, 0 waiting", tt.idle, tt.idle))
			is.Equal(b.now(""), tt.idle) // and no other socket
			is.Equal(b.most[""], tt.open)
		})
	}
}

// While a call waits for a place, more than Idle may be idle: to close one would only make
// the other dial. When nobody waits any more, they are closed.
func TestIdleWhileACallWaits(t *testing.T) {
	for name, end := range map[string]func(b *bench, w *Waiter, own *Conn) []Closed{
		"it leaves": func(b *bench, w *Waiter, _ *Conn) []Closed { return w.Leave(b.at) },
		"it is served": func(b *bench, w *Waiter, own *Conn) []Closed {
			_, list := own.Return(wire.CloseNone, b.at)
			return list
		},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			b := newBench(t, func(l *Limits) { l.Open, l.Idle = 4, 1 })
			own, others := b.must("a"), []*Conn{b.must("b"), b.must("b"), b.must("c")}
			w := b.wait("a")
			b.back(others...)
			is.Equal(b.sizes(), "4 open, 3 idle, 1 waiting")
			list := end(b, w, own)
			why := ": " + wire.CloseEvicted.String()
			is.Equal(closed(list), []string{"b" + why, "b" + why})
			is.Equal(b.sizes(), "2 open, 1 idle, 0 waiting")
		})
	}
	t.Run("it waits for its own origin", func(t *testing.T) {
		is := is.New(t)
		b := newBench(t, func(l *Limits) { l.OpenPerOrigin, l.Idle = 1, 1 })
		b.must("a")
		others := []*Conn{b.must("b"), b.must("c")}
		b.wait("a")
		b.back(others...)
		is.Equal(b.sizes(), "2 open, 1 idle, 1 waiting") // it is not a place that it waits for
	})
	t.Run("none is kept", func(t *testing.T) {
		is := is.New(t)
		b := newBench(t, func(l *Limits) { l.Open, l.Idle = 2, 0 })
		b.must("a")
		other := b.must("b")
		w := b.wait("a")
		why, _ := other.Return(wire.CloseNone, b.at)
		is.Equal(why, wire.CloseEvicted)
		is.Equal(b.got(w).Origin.Host, "a")
	})
}

// What has been idle for longer than IdleAge is closed by the next call, wherever that
// goes.
func TestIdleAge(t *testing.T) {
	for name, tt := range map[string]struct {
		age, idle time.Duration
		host      string
		closed    int
	}{
		"young":     {time.Minute, time.Minute, "a", 0},
		"old":       {time.Minute, time.Minute + 1, "a", 2},
		"elsewhere": {time.Minute, time.Hour, "b", 2},
		"no limit":  {-1, 1000 * time.Hour, "a", 0},
		"at once":   {0, 1, "a", 2},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			b := newBench(t, func(l *Limits) { l.IdleAge, l.OpenPerOrigin, l.Open = tt.age, 2, 2 })
			b.back(b.must("a"), b.must("a"))
			b.pass(tt.idle)
			c, list, err := b.Take(to(tt.host), b.limits, b.at)
			is.NoErr(err)
			is.True(c != nil) // what is closed makes room
			is.Equal(b.use(c), tt.closed > 0)
			is.Equal(len(list), tt.closed)
			for _, c := range list {
				is.Equal(c.Why, wire.CloseAged)
			}
			is.Equal(b.most[""], 2)
		})
	}
}

// Connections are shared by calls over one route, whatever TLS a call over http names.
func TestRoutes(t *testing.T) {
	is := is.New(t)
	b := newBench(t, nil)
	way := to("a.test")
	way.Driver, way.TLS = new(driver), new(seal)
	c, _, err := b.Take(way, b.limits, b.at)
	is.NoErr(err)
	b.use(c)
	b.back(c)
	for name, change := range map[string]func(r *line.Route){
		"host":   func(r *line.Route) { r.Origin.Host = "b.test" },
		"port":   func(r *line.Route) { r.Origin.Port = 8080 },
		"https":  func(r *line.Route) { r.Origin.HTTPS = true },
		"zone":   func(r *line.Route) { r.Origin.Zone = "eth0" },
		"driver": func(r *line.Route) { r.Driver = new(driver) },
		"TLS":    func(r *line.Route) { r.TLS = new(seal) },
	} {
		other := *way
		change(&other)
		d, _, err := b.Take(&other, b.limits, b.at)
		is.NoErr(err)
		is.True(c != d) // of another name
		_ = name
		d.Return(wire.CloseFailed, b.at)
	}
	same := *way
	same.Origin.Host, same.Named = "A.Test", new(seal)
	d, _, err := b.Take(&same, b.limits, b.at)
	is.NoErr(err)
	is.True(c == d)
	c.Return(wire.CloseFailed, b.at)
	is.Equal(len(b.routes), 0) // a route without connections and waiters is forgotten
}

type driver struct {
	netdriver.Driver
	_ int
}

type seal struct {
	netdriver.TLS
	_ int
}

type uncomparable struct {
	netdriver.Driver
	_ []byte
}

// A route that cannot be compared is an error, whether or not there are others.
func TestUncomparable(t *testing.T) {
	is := is.New(t)
	b := newBench(t, nil)
	odd := to("a")
	odd.Driver = uncomparable{}
	for range 2 {
		_, _, err := b.Take(odd, b.limits, b.at)
		is.Equal(err, line.ErrUncomparable)
		_, _, _, err = b.Enqueue(odd, b.limits, b.at)
		is.Equal(err, line.ErrUncomparable)
		b.back(b.must("b"))
	}
	is.Equal(b.sizes(), "1 open, 1 idle, 0 waiting")
}
