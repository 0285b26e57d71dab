package pool

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/wire"
)

// CloseIdle closes what no call has, and gives its places to those who wait.
func TestCloseIdle(t *testing.T) {
	is := is.New(t)
	b := newBench(t, func(l *Limits) { l.Open = 2 })
	is.Equal(len(b.Pool.CloseIdle(nil, wire.CloseByCaller, b.at)), 0) // also before the first call
	held, other := b.must("a"), b.must("b")
	w := b.wait("a")
	b.back(other)
	is.Equal(closed(b.Pool.CloseIdle(nil, wire.CloseByCaller, b.at)), []string{"b: " + wire.CloseByCaller.String()})
	is.True(b.got(w) != nil)
	b.back(held, w.conn)
	is.Equal(b.sizes(), "2 open, 2 idle, 0 waiting")
}

// Only the idle connections that are chosen are closed.
func TestCloseIdleChosen(t *testing.T) {
	is := is.New(t)
	b := newBench(t, nil)
	cable, modem := b.must("a"), b.must("b")
	cable.Path, modem.Path = &netdriver.Path{Link: "cable"}, &netdriver.Path{Link: "modem"}
	b.back(cable, modem)
	overCable := func(c *Conn) bool { return c.Path.Name() == "cable" }
	is.Equal(closed(b.Pool.CloseIdle(overCable, wire.CloseSuspect, b.at)), []string{"a: " + wire.CloseSuspect.String()})
	is.Equal(b.sizes(), "1 open, 1 idle, 0 waiting")
}

// Close ends what waits, what is under way, and what comes later.
func TestClose(t *testing.T) {
	is := is.New(t)
	b := newBench(t, func(l *Limits) { l.OpenPerOrigin = 2 })
	b.back(b.must("b"))
	done := b.Done()
	one, two := b.must("a"), b.must("a")
	w := b.wait("a")
	is.True(!b.Pool.Closed())
	select {
	case <-done:
		t.Error("the pool is not closed")
	default:
	}
	is.Equal(closed(b.Pool.Close(b.at)), []string{"b: " + wire.CloseByCaller.String()})
	is.Equal(b.now(""), 0) // no socket is left
	<-done
	<-b.Done()
	is.True(b.Pool.Closed())
	_, err := w.Await(context.Background(), time.Hour)
	is.Equal(err, line.ErrClosed)
	is.Equal(len(w.Leave(b.at)), 0)
	is.True(one.Closed() && two.Closed()) // the calls see it
	_, _, err = b.Take(to("a"), b.limits, b.at)
	is.Equal(err, line.ErrClosed)
	_, _, _, err = b.Enqueue(to("a"), b.limits, b.at)
	is.Equal(err, line.ErrClosed)
	why, _ := one.Return(wire.CloseCancelled, b.at)
	is.Equal(why, wire.CloseCancelled)
	why, _ = two.Return(wire.CloseNone, b.at)
	is.Equal(why, wire.CloseByCaller)
	is.Equal(b.sizes(), "0 open, 0 idle, 0 waiting")
	is.Equal(len(b.Pool.Close(b.at)), 0) // twice is harmless
	b = newBench(t, nil)
	b.Pool.Close(b.at)
	<-b.Done() // also if nobody has asked before
}

// A connection that the pool gives up counts until it is closed, for the pool and for its
// origin, and whoever gets its place dials after that.
func TestClosingCounts(t *testing.T) {
	is := is.New(t)
	b := newBench(t, func(l *Limits) { l.Open, l.OpenPerOrigin = 2, 1 })
	b.back(b.must("a"))
	other := b.must("c")
	closing, closed := make(chan bool), make(chan bool)
	b.onClose = func(host string) {
		if host == "a" {
			closing <- true
			<-closed
		}
	}
	got := make(chan *Conn)
	go func() {
		c, _, _ := b.Take(to("b"), b.limits, b.at) // a makes room
		got <- c
	}()
	<-closing
	is.Equal(b.sizes(), "2 open, 0 idle, 0 waiting")
	w := b.wait("a")
	is.True(w.Shortage().Origin != "") // that which is being closed counts for its origin
	b.back(other)
	is.True(b.got(w) == nil)
	select {
	case <-got:
		t.Error("a place of what is not closed yet")
	default:
	}
	close(closed)
	b.use(<-got)
	is.True(b.got(w) != nil) // c has made room
	is.Equal(b.most["a"], 1)
	is.Equal(b.most[""], 2)
	is.Equal(b.sizes(), "2 open, 0 idle, 0 waiting")
}

// Whatever calls do at once, the pool has no more sockets than it may, gives a connection
// to one of them, and loses none.
func TestManyCallsAtOnce(t *testing.T) {
	for _, limits := range []Limits{
		{Open: 4, OpenPerOrigin: 2, Idle: 3, IdlePerOrigin: 2, IdleAge: time.Millisecond, Requests: 10},
		{Open: 1, OpenPerOrigin: 1, Idle: 1, IdlePerOrigin: 1, IdleAge: -1, Requests: -1},
		{Open: 6, OpenPerOrigin: 8, Idle: 0, IdlePerOrigin: 8, IdleAge: -1, Requests: -1},
	} {
		is := is.New(t)
		b := newBench(t, func(l *Limits) { *l = limits })
		b.onClose = func(string) { runtime.Gosched() }
		var inUse sync.Map
		rounds := 500
		if testing.Short() {
			rounds = 100
		}
		var calls sync.WaitGroup
		for i := range 16 {
			calls.Go(func() {
				for k := range rounds {
					c, err := call(b.Pool, to(fmt.Sprint((i+k)%5)), limits, k%7 == 0)
					if err != nil {
						continue // it was impatient
					}
					if _, twice := inUse.LoadOrStore(c, true); twice {
						t.Error("two calls have one connection")
					}
					b.use(c)
					why := wire.CloseNone
					switch k % 11 {
					case 0:
						why = wire.CloseFailed
					case 1:
						inUse.Delete(c)
						c.Drop()
						c, _ = c.Replace(line.Clock())
						inUse.Store(c, true)
						b.use(c)
					case 2:
						c.Streaming()
					case 3:
						b.Pool.CloseIdle(nil, wire.CloseByCaller, line.Clock())
					}
					inUse.Delete(c)
					c.Return(why, line.Clock())
				}
			})
		}
		calls.Wait()
		open, idle, waiting := b.Size()
		is.Equal(open, idle)
		is.Equal(waiting, 0)
		is.Equal(b.now(""), open)
		is.True(b.most[""] <= limits.Open)
		for host, most := range b.most {
			is.True(host == "" || most <= limits.OpenPerOrigin)
		}
		b.Pool.Close(line.Clock())
		is.Equal(b.sizes(), "0 open, 0 idle, 0 waiting")
		is.Equal(b.now(""), 0)
		is.Equal(len(b.routes), 0)
	}
}

var errImpatient = errors.New("impatient")

// call takes a connection, as a call of a Session does.
func call(p *Pool, r *line.Route, limits Limits, impatient bool) (*Conn, error) {
	c, _, err := p.Take(r, limits, line.Clock())
	if c != nil || err != nil {
		return c, err
	}
	c, w, _, err := p.Enqueue(r, limits, line.Clock())
	if w == nil {
		return c, err
	}
	ctx := context.Background()
	if impatient {
		late, cancel := context.WithTimeoutCause(ctx, 20*time.Microsecond, errImpatient)
		defer cancel()
		ctx = late
	}
	for {
		c, err := w.Await(ctx, 10*time.Millisecond)
		switch {
		case err != nil:
			w.Leave(line.Clock())
			return nil, err
		case c != nil:
			return c, nil
		}
		w.Look(line.Clock())
	}
}
