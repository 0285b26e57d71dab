package pool

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/wire"
)

// Each origin serves those who wait in the order in which they came, and a place that any
// origin may have goes to the one who has waited longest.
func TestFirstComeFirstServed(t *testing.T) {
	is := is.New(t)
	b := newBench(t, func(l *Limits) { l.Open = 2 })
	one, two := b.must("a"), b.must("b")
	a1, b1, a2, b2 := b.wait("a"), b.wait("b"), b.wait("a"), b.wait("b")
	b.back(two)
	is.Equal(b.got(b1), two) // a2 has waited longer, for another origin
	b.back(one)
	is.Equal(b.got(a1), one)
	one.Return(wire.CloseFailed, b.at)
	is.Equal(b.got(a2).Origin.Host, "a") // a place that is free
	a3 := b.wait("a")
	two.Return(wire.CloseFailed, b.at)
	is.Equal(b.got(b2).Origin.Host, "b")
	b2.conn.Return(wire.CloseFailed, b.at)
	is.Equal(b.got(a3).Origin.Host, "a")
	is.Equal(b.sizes(), "2 open, 0 idle, 0 waiting")
}

// A call that comes when there is a connection does not pass one that waits for it.
func TestNobodyOvertakes(t *testing.T) {
	is := is.New(t)
	b := newBench(t, func(l *Limits) { l.OpenPerOrigin = 1 })
	held := b.must("a")
	w := b.wait("a")
	is.True(b.take("a") == nil)
	b.back(held)
	is.True(b.take("a") == nil)
	is.Equal(b.got(w), held)
}

// Nor does it while the pool closes something, before it serves those who wait.
func TestNobodyOvertakesMeanwhile(t *testing.T) {
	is := is.New(t)
	b := newBench(t, func(l *Limits) { l.OpenPerOrigin, l.IdleAge = 1, time.Minute })
	b.back(b.must("old"))
	held := b.must("a")
	w := b.wait("a")
	b.pass(time.Hour)
	met := false
	b.onClose = func(string) {
		met = true
		is.True(b.take("a") == nil)
	}
	b.back(held)
	is.True(met)
	is.Equal(b.got(w), held)
}

// When all places are taken, a call waits for the connections of its own origin, if one of
// them may be back soon, and takes the place of an idle one of another origin if not.
func TestPlacesOfOtherOrigins(t *testing.T) {
	for name, tt := range map[string]struct {
		before func(b *bench) // there are four places
		served bool
	}{
		"it has none": {func(b *bench) { b.back(b.must("b"), b.must("b"), b.must("c"), b.must("c")) }, true},
		"it has one, that is idle": {func(b *bench) {
			b.back(b.must("a"), b.must("b"), b.must("c"), b.must("c"))
		}, true},
		"it has one, in use": {func(b *bench) {
			b.must("a")
			b.back(b.must("b"), b.must("c"), b.must("c"))
		}, false},
		"it has one, in use for long": {func(b *bench) {
			b.must("a")
			b.back(b.must("b"), b.must("c"), b.must("c"))
			b.pass(Patience)
		}, true},
		"it has one, in use for not so long": {func(b *bench) {
			b.must("a")
			b.back(b.must("b"), b.must("c"), b.must("c"))
			b.pass(Patience - 1)
		}, false},
		"it has two, one of them for long": {func(b *bench) {
			b.must("a")
			b.pass(Patience)
			b.must("a")
			b.back(b.must("b"), b.must("c"))
			b.hurried = b.at
		}, false},
		"it has none, and all are in use": {func(b *bench) {
			b.must("b")
			b.must("b")
			b.must("c")
			b.must("c")
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			b := newBench(t, func(l *Limits) { l.Open = 4 })
			tt.before(b)
			is.Equal(b.take("a") != nil, tt.served)
			if !tt.served {
				b.wait("a")
			}
			is.Equal(b.most[""], 4)
		})
	}
}

// Only once in Patience a call takes the place of another origin although a connection to
// its own may be back soon.
func TestOnceInPatience(t *testing.T) {
	is := is.New(t)
	b := newBench(t, func(l *Limits) { l.Open = 4 })
	b.back(b.must("b"), b.must("b"), b.must("b"))
	b.pass(Patience)
	own := b.must("a")
	b.must("a")
	is.True(b.take("a") == nil)
	b.pass(Patience / 2)
	b.back(own)
	is.Equal(b.must("a"), own) // it may be back soon, again
	b.pass(Patience/2 - 1)
	is.True(b.take("a") == nil)
	b.pass(1)
	is.True(b.take("a") != nil)
	is.Equal(b.sizes(), "4 open, 1 idle, 0 waiting")
}

// If more than two callers of an origin wait for each connection that may be back soon, the
// first one takes the place of an idle connection of another origin.
func TestLongQueue(t *testing.T) {
	is := is.New(t)
	b := newBench(t, func(l *Limits) { l.Open = 4 })
	b.must("a")
	b.back(b.must("b"), b.must("b"), b.must("b"))
	b.hurried = b.at
	first, second := b.wait("a"), b.wait("a")
	is.True(first.queued && second.queued)
	third := b.wait("a")
	is.Equal(b.got(first).Origin.Host, "a")
	is.True(second.queued && third.queued) // two for each, again
}

// Nobody waits beside an idle connection for longer than Patience, also if nothing else
// happens: who waits looks again.
func TestLook(t *testing.T) {
	is := is.New(t)
	b := newBench(t, func(l *Limits) { l.Open = 3 })
	b.must("a")
	b.back(b.must("b"), b.must("b"))
	w, v := b.wait("a"), b.wait("a")
	b.pass(Patience - 1)
	is.Equal(len(v.Look(b.at)), 0)
	is.True(w.queued && v.queued)
	b.pass(1)
	why := "b: " + wire.CloseEvicted.String()
	is.Equal(closed(v.Look(b.at)), []string{why, why})
	is.True(b.got(w) != nil && b.got(v) != nil) // whoever looks
}

// A wait ends with the context, or when the caller has waited long enough. Then the place
// in the queue is given up, and with it a connection that came at the same time.
func TestLeave(t *testing.T) {
	is := is.New(t)
	b := newBench(t, func(l *Limits) { l.OpenPerOrigin = 1 })
	held := b.must("a")
	w, v, u := b.wait("a"), b.wait("a"), b.wait("a")
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errImpatient)
	c, err := v.Await(ctx, time.Hour)
	is.True(c == nil && errors.Is(err, errImpatient))
	v.Leave(b.at)
	c, err = w.Await(context.Background(), 1)
	is.True(c == nil && err == nil) // neither: it may look, or leave
	is.Equal(b.sizes(), "1 open, 0 idle, 2 waiting")
	b.back(held)
	w.Leave(b.at) // just when its turn has come
	is.Equal(b.got(u), held)
	b.back(held)
	is.Equal(b.sizes(), "1 open, 1 idle, 0 waiting")
	held.Return(wire.CloseFailed, b.at)
}

// A route that somebody asked for in vain is forgotten.
func TestForgetsRoutes(t *testing.T) {
	is := is.New(t)
	b := newBench(t, func(l *Limits) { l.Open = 1 })
	held := b.must("a")
	is.True(b.take("b") == nil)
	b.wait("c").Leave(b.at)
	is.Equal(len(b.routes), 1)
	b.wait("c")
	b.Pool.Close(b.at)
	is.Equal(len(b.routes), 1)
	held.Return(wire.CloseFailed, b.at)
	is.Equal(len(b.routes), 0)
}

// The connections that keep a caller waiting are counted.
func TestShortage(t *testing.T) {
	is := is.New(t)
	b := newBench(t, func(l *Limits) { l.Open, l.OpenPerOrigin = 4, 2 })
	b.must("a").Streaming()
	b.must("a")
	is.Equal(b.wait("a").Shortage(), Shortage{Origin: "http://a", Limit: 2, Used: 2, Lent: 1})
	idle := b.must("b")
	b.must("c")
	b.back(idle)
	is.Equal(b.wait("c").Shortage(), Shortage{Limit: 4, Used: 3, Lent: 1, Idle: 1})
}

// What a Stream was is no Stream any more in the hands of the next call.
func TestStreamEnds(t *testing.T) {
	is := is.New(t)
	b := newBench(t, func(l *Limits) { l.OpenPerOrigin = 1 })
	c := b.must("a")
	c.Streaming()
	b.back(c)
	b.must("a")
	is.Equal(b.wait("a").Shortage().Lent, 0)
}

// TestWaitAllocatesNothing: a call that waits uses the Waiter of one that is over.
func TestWaitAllocatesNothing(t *testing.T) {
	is := is.New(t)
	b := newBench(t, func(l *Limits) { l.OpenPerOrigin = 1 })
	held, route := b.must("a"), to("a")
	is.Equal(testing.AllocsPerRun(100, func() {
		_, w, _, _ := b.Enqueue(route, b.limits, b.at)
		b.back(held)
		held, _ = w.Await(context.Background(), time.Hour)
	}), 0.0)
	b.back(held)
}

// TestWaitBesideSlowCloses: whoever waits while sockets are closed gets a connection, or
// gives up, and a connection has one call at a time.
func TestWaitBesideSlowCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(l *Limits) { l.Open, l.OpenPerOrigin, l.Idle, l.IdlePerOrigin = 6, 3, 3, 2 })
		b.onClose = func(string) { time.Sleep(time.Duration(rand.IntN(2000)) * time.Microsecond) }
		began, used := time.Now(), sync.Map{}
		now := func() line.Instant { return start.Add(time.Since(began)) }
		call := func(random *rand.Rand) error {
			c, w, _, err := b.Enqueue(to(string('a'+rune(random.IntN(5)))), b.limits, now())
			for left := 3; w != nil && c == nil && err == nil; left-- {
				if left == 0 {
					w.Leave(now())
					return nil
				}
				if c, err = w.Await(t.Context(), time.Duration(random.IntN(20_000))*time.Microsecond); c == nil && err == nil {
					w.Look(now())
				}
			}
			if err != nil {
				return err
			}
			if _, twice := used.LoadOrStore(c, true); twice {
				return errors.New("two calls have the same connection")
			}
			b.use(c)
			time.Sleep(time.Duration(random.IntN(3000)) * time.Microsecond)
			used.Delete(c)
			c.Return(wire.CloseNone, now())
			return nil
		}
		var callers sync.WaitGroup
		for caller := range uint64(30) {
			callers.Go(func() {
				random := rand.New(rand.NewPCG(14, caller))
				for range 200 {
					if err := call(random); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		callers.Wait()
	})
}

// TestWaiterOfAnEarlierCall: a call that waits by the Waiter of an earlier one has nothing of
// that.
func TestWaiterOfAnEarlierCall(t *testing.T) {
	is := is.New(t)
	b := newBench(t, func(l *Limits) { l.OpenPerOrigin = 1 })
	held, first := b.must("a"), b.wait("a")
	b.back(held)
	held, err := first.Await(t.Context(), time.Hour)
	is.NoErr(err)
	b.back(held)
	b.must("a")
	second := b.wait("a")
	is.True(second == first)
	b.Close(b.at)
	c, err := second.Await(t.Context(), time.Hour)
	is.Equal(err, line.ErrClosed)
	is.True(c == nil)
}
