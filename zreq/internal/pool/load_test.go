package pool

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/wire"
)

// A load is callers who make calls, one after the other, for as long as it goes on. It
// runs in virtual time, in which a dial takes as long as two calls.
type load struct {
	limits           Limits
	callers, origins int
	calls            int
	service          time.Duration                 // of a call, from half of it to one and a half
	pick             func(r *rand.Rand, k int) int // the origin of call k; nil: any
	home             func(caller int) int          // or each caller has one
}

// outcome is what came of a load. Waits are in calls that were served meanwhile.
type outcome struct {
	dialled         float64 // of all calls
	waited          float64 // likewise
	median, longest int     // wait of those who waited
	longestTime     time.Duration
	everywhere      int // the median wait of all calls
	took            time.Duration
}

func (o outcome) String() string {
	return fmt.Sprintf("%.1f %% dialled, %.0f %% waited, half of them for %d calls, one for %d (%.1f times) and for %v",
		100*o.dialled, 100*o.waited, o.median, o.longest, float64(o.longest)/float64(max(1, o.median)), o.longestTime)
}

// loadCaller is one of them.
type loadCaller struct {
	at     line.Instant // its call ends, or it looks
	index  int          // in the heap
	home   int
	conn   *Conn
	waiter *Waiter
	came   line.Instant
	served int // calls, when it came
}

type agenda []*loadCaller

func (a agenda) Len() int           { return len(a) }
func (a agenda) Less(i, j int) bool { return a[i].at.Sub(a[j].at) < 0 }
func (a agenda) Swap(i, j int) {
	a[i], a[j] = a[j], a[i]
	a[i].index, a[j].index = i, j
}

func (a *agenda) Push(x any) {
	x.(*loadCaller).index = len(*a)
	*a = append(*a, x.(*loadCaller))
}

func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

// runner is a load under way.
type runner struct {
	*bench
	load
	random  *rand.Rand
	agenda  agenda
	waiting []*loadCaller
	begun   int
	dials   int
	waits   []int
	longest time.Duration
}

func (l load) run(t *testing.T) outcome {
	r := &runner{bench: newBench(t, func(own *Limits) { *own = l.limits }), load: l, random: rand.New(rand.NewPCG(1, 14))}
	for i := range l.callers {
		c := &loadCaller{home: i}
		heap.Push(&r.agenda, c)
		r.call(c)
	}
	for r.begun < l.calls {
		c := r.agenda[0]
		r.at = c.at
		if c.conn == nil {
			c.waiter.Look(r.at)
			r.later(c, Patience)
			r.serve()
			continue
		}
		c.conn.Return(wire.CloseNone, r.at)
		c.conn = nil
		r.serve()
		r.call(c)
	}
	slices.Sort(r.waits)
	waited := r.waits[max(0, slices.IndexFunc(r.waits, func(n int) bool { return n > 0 })):]
	return outcome{
		dialled: float64(r.dials) / float64(r.begun), waited: float64(len(waited)) / float64(len(r.waits)),
		median: waited[len(waited)/2], longest: waited[len(waited)-1], longestTime: r.longest,
		everywhere: r.waits[len(r.waits)/2], took: r.at.Sub(start),
	}
}

// later puts c behind what happens until d has passed.
func (r *runner) later(c *loadCaller, d time.Duration) {
	c.at = r.at.Add(d)
	heap.Fix(&r.agenda, c.index)
}

func (r *runner) call(c *loadCaller) {
	r.begun++
	host := r.random.IntN(r.origins)
	switch {
	case r.home != nil:
		host = r.home(c.home)
	case r.pick != nil:
		host = r.pick(r.random, r.begun)
	}
	c.came, c.served = r.at, r.served
	way := to(fmt.Sprint(host))
	conn, _, _ := r.Take(way, r.bench.limits, r.at)
	if conn == nil {
		conn, c.waiter, _, _ = r.Enqueue(way, r.bench.limits, r.at)
	}
	if conn == nil {
		r.waiting = append(r.waiting, c)
		r.later(c, Patience)
		return
	}
	r.begin(c, conn)
}

// begin makes the call.
func (r *runner) begin(c *loadCaller, conn *Conn) {
	r.waits = append(r.waits, r.served-c.served-1)
	r.longest = max(r.longest, r.at.Sub(c.came))
	c.conn, c.waiter = conn, nil
	d := r.service/2 + time.Duration(r.random.Int64N(int64(r.service)))
	if r.use(conn) {
		r.dials++
		d += 2 * r.service
	}
	r.later(c, d)
}

// serve begins the calls whose turn has come.
func (r *runner) serve() {
	r.waiting = slices.DeleteFunc(r.waiting, func(c *loadCaller) bool {
		if c.waiter.queued {
			return false
		}
		<-c.waiter.ready
		r.begin(c, c.waiter.conn)
		return true
	})
}

// A pool that is at its limit does not thrash: it dials for few calls, and nobody waits
// for much longer than others.
func TestDoesNotThrash(t *testing.T) {
	defaults := Limits{Open: 64, OpenPerOrigin: 8, Idle: 16, IdlePerOrigin: 8, IdleAge: 90 * time.Second, Requests: -1}
	of := func(open, each int) Limits {
		return Limits{Open: open, OpenPerOrigin: each, Idle: open, IdlePerOrigin: each, IdleAge: 90 * time.Second, Requests: -1}
	}
	halves := func(r *rand.Rand, k int) int { return k/10_000%2*10 + r.IntN(10) }
	for name, tt := range map[string]struct {
		load
		dialled float64
		longest float64 // wait, for one of the median
	}{
		"64 callers, the defaults":             {load{limits: defaults, callers: 64, origins: 20}, 0.05, 4.5},
		"64 callers, the defaults, slow calls": {load{limits: defaults, callers: 64, origins: 20, service: 300 * time.Millisecond}, 0.05, 4.5},
		"1000 callers, 100 places":             {load{limits: of(100, 8), callers: 1000, origins: 20}, 0.05, 5},
		"1000 callers, 5 for each origin":      {load{limits: of(100, 5), callers: 1000, origins: 20}, 0.05, 5},
		"100 origins":                          {load{limits: defaults, callers: 1000, origins: 100}, 0.12, 3},
		"demand that moves":                    {load{limits: of(100, 8), callers: 1000, origins: 20, pick: halves}, 0.05, 5},
		"as many places as origins":            {load{limits: of(20, 8), callers: 64, origins: 20}, 0.15, 5},
		"few places":                           {load{limits: of(4, 4), callers: 12, origins: 4}, 0.15, 6},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			tt.calls = 30_000
			if tt.service == 0 {
				tt.service = time.Millisecond
			}
			o := tt.run(t)
			t.Log(o)
			is.True(o.dialled <= tt.dialled)
			is.True(float64(o.longest) <= tt.longest*float64(o.median))
		})
	}
}

// No origin starves, however busy the others are: not one that has no connection, and not
// one that has too few.
func TestNobodyStarves(t *testing.T) {
	for name, tt := range map[string]struct {
		limits  Limits
		callers int
		few     int // callers who have an origin of their own; all others have one together
	}{
		"one place":      {Limits{Open: 1, OpenPerOrigin: 1, Idle: 1, IdlePerOrigin: 1, IdleAge: -1, Requests: -1}, 10, 1},
		"two places":     {Limits{Open: 2, OpenPerOrigin: 2, Idle: 2, IdlePerOrigin: 2, IdleAge: -1, Requests: -1}, 30, 3},
		"the defaults":   {Limits{Open: 64, OpenPerOrigin: -1, Idle: 16, IdlePerOrigin: 8, IdleAge: -1, Requests: -1}, 500, 20},
		"none is kept":   {Limits{Open: 8, OpenPerOrigin: -1, Idle: 0, IdlePerOrigin: 8, IdleAge: -1, Requests: -1}, 50, 5},
		"each is worn":   {Limits{Open: 8, OpenPerOrigin: -1, Idle: 8, IdlePerOrigin: 8, IdleAge: -1, Requests: 1}, 50, 5},
		"many are alone": {Limits{Open: 8, OpenPerOrigin: -1, Idle: 8, IdlePerOrigin: 8, IdleAge: -1, Requests: -1}, 50, 40},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			l := load{limits: tt.limits, callers: tt.callers, calls: 10_000, service: time.Millisecond}
			l.origins = tt.few + 1
			l.home = func(caller int) int { return min(caller, tt.few) }
			o := l.run(t)
			t.Log(o)
			is.True(o.longest <= 3*tt.callers) // each has its turn when all others had three
		})
	}
}
