package pool

import (
	"testing"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/wire"
)

// A connection that comes back is kept, unless the call or a limit says otherwise, and the
// call is told why it is not.
func TestReturn(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(l *Limits)
		why    wire.CloseReason
		before func(b *bench, c *Conn)
		want   wire.CloseReason
		open   int
	}{
		"kept":          {nil, wire.CloseNone, nil, wire.CloseNone, 1},
		"failed":        {nil, wire.CloseFailed, nil, wire.CloseFailed, 0},
		"without one":   {nil, wire.CloseNone, func(_ *bench, c *Conn) { c.Drop() }, wire.CloseNone, 0},
		"worn":          {func(l *Limits) { l.Requests = 1 }, wire.CloseNone, nil, wire.CloseWorn, 0},
		"failed, worn":  {func(l *Limits) { l.Requests = 1 }, wire.CloseFailed, nil, wire.CloseFailed, 0},
		"not worn":      {func(l *Limits) { l.Requests = 2 }, wire.CloseNone, nil, wire.CloseNone, 1},
		"worn by two":   {func(l *Limits) { l.Requests = 2 }, wire.CloseNone, func(b *bench, c *Conn) { b.use(c) }, wire.CloseWorn, 0},
		"closed":        {nil, wire.CloseNone, func(b *bench, _ *Conn) { b.Pool.Close(b.at) }, wire.CloseByCaller, 0},
		"none kept":     {func(l *Limits) { l.Idle = 0 }, wire.CloseNone, nil, wire.CloseEvicted, 0},
		"none kept, it": {func(l *Limits) { l.IdlePerOrigin = 0 }, wire.CloseNone, nil, wire.CloseEvicted, 0},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			b := newBench(t, tt.change)
			c := b.must("a")
			if tt.before != nil {
				tt.before(b, c)
			}
			why, list := c.Return(tt.why, b.at)
			is.Equal(why, tt.want)
			is.Equal(len(list), 0) // the call tells
			open, idle, _ := b.Size()
			is.Equal(open, tt.open)
			is.Equal(idle, tt.open)
			is.Equal(b.now(""), tt.open)
		})
	}
}

// A connection that is returned twice is not given to two calls.
func TestReturnTwice(t *testing.T) {
	is := is.New(t)
	b := newBench(t, nil)
	c := b.must("a")
	b.back(c, c)
	is.Equal(b.sizes(), "1 open, 1 idle, 0 waiting")
	is.Equal(b.must("a"), c)
	is.True(b.must("a") != c)
}

// A connection that died while it was idle is replaced by another idle one, if there is
// one; else the call dials it again. The place of the dead one is for those who wait.
func TestReplace(t *testing.T) {
	is := is.New(t)
	b := newBench(t, func(l *Limits) { l.Open = 3 })
	older, dead := b.must("a"), b.must("a")
	b.must("b")
	b.back(older, dead)
	is.Equal(b.must("a"), dead)
	w := b.wait("b")
	dead.Drop()
	other, list := dead.Replace(b.at)
	is.Equal(other, older)
	is.Equal(len(list), 0) // the call tells of the dead one
	is.True(b.got(w) != nil)
	is.Equal(b.sizes(), "3 open, 0 idle, 0 waiting")
	other.Drop()
	again, _ := other.Replace(b.at)
	is.Equal(again, other)
	is.True(b.use(other))
	b.back(other)
	is.Equal(b.sizes(), "3 open, 1 idle, 0 waiting")
	why, _ := dead.Return(wire.CloseNone, b.at)
	is.Equal(why, wire.CloseNone) // it is not the pool's any more
	is.Equal(b.sizes(), "3 open, 1 idle, 0 waiting")
	is.Equal(b.most[""], 3)
}

// Idle is for how long a connection was, and is told once.
func TestIdleTime(t *testing.T) {
	is := is.New(t)
	b := newBench(t, nil)
	c := b.must("a")
	is.Equal(c.Idle(b.at), time.Duration(0)) // it is new
	b.back(c)
	b.pass(time.Minute)
	b.must("a")
	b.pass(time.Second)
	is.Equal(c.Idle(b.at), time.Minute+time.Second) // until the call has it in use
	is.Equal(c.Idle(b.at), time.Duration(0))
}

// The clock that nobody sets stands still while the machine is suspended, and the peer
// does not wait.
func TestIdleAgeCountsSuspension(t *testing.T) {
	is := is.New(t)
	b := newBench(t, func(l *Limits) { l.IdleAge = time.Minute })
	b.at = line.At(0, 0)
	b.back(b.must("a"))
	b.at = line.At(time.Second, int64(time.Hour))
	c, list, err := b.Take(to("a"), b.limits, b.at)
	is.NoErr(err)
	is.True(b.use(c)) // it is dialled
	is.Equal(len(list), 1)
	is.Equal(list[0].Why, wire.CloseAged)
}
