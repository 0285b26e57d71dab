package pool

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/wire"
)

// A model says whom a pool serves, and when, in the plainest way: one list of connections
// and one queue, which is gone through from its front after all that happens.
type model struct {
	limits  Limits
	at      line.Instant
	conns   []*modelConn // the one that has been idle longest is the first of the idle ones
	waiting []modelCall
	served  int
	moved   int
	hurried line.Instant
}

type modelConn struct {
	host     int
	idle     bool
	at       line.Instant // it became idle, or was taken
	requests int
}

type modelCall struct{ id, host, served int }

// those are the connections of which is is true.
func (m *model) those(is func(c *modelConn) bool) (list []*modelConn) {
	for _, c := range m.conns {
		if is(c) {
			list = append(list, c)
		}
	}
	return list
}

func (m *model) idle() []*modelConn { return m.those(func(c *modelConn) bool { return c.idle }) }

func (m *model) idleTo(host int) []*modelConn {
	return m.those(func(c *modelConn) bool { return c.idle && c.host == host })
}

func (m *model) to(host int) []*modelConn {
	return m.those(func(c *modelConn) bool { return c.host == host })
}

func (m *model) remove(c *modelConn) {
	m.conns = slices.DeleteFunc(m.conns, func(d *modelConn) bool { return c == d })
}

// soon returns how many connections to host may be back soon.
func (m *model) soon(host int) int {
	return len(m.those(func(c *modelConn) bool { return c.host == host && !c.idle && m.at.Sub(c.at) < time.Second }))
}

// waitFor returns how many calls wait for host.
func (m *model) waitFor(host int) int {
	others := func(c modelCall) bool { return c.host != host }
	return len(slices.DeleteFunc(slices.Clone(m.waiting), others))
}

// grant gives a call what it may have; nil if it has to wait.
func (m *model) grant(call modelCall) *modelConn {
	if own := m.idleTo(call.host); len(own) > 0 {
		c := own[len(own)-1]
		m.remove(c)
		return m.give(c)
	}
	if m.limits.OpenPerOrigin >= 0 && len(m.to(call.host)) >= m.limits.OpenPerOrigin {
		return nil
	}
	if m.limits.Open >= 0 && len(m.conns) >= m.limits.Open {
		victim := m.victim(call)
		if victim == nil {
			return nil
		}
		m.remove(victim)
	}
	return m.give(&modelConn{host: call.host})
}

func (m *model) give(c *modelConn) *modelConn {
	m.served++
	c.idle, c.at = false, m.at
	c.requests++
	m.conns = append(m.conns, c)
	return c
}

// victim is the connection whose place a call may have when there is no other.
func (m *model) victim(call modelCall) *modelConn {
	idle := m.idle()
	if len(idle) == 0 {
		return nil
	}
	soon := m.soon(call.host)
	wanted := m.waitFor(idle[0].host) > 0
	if wanted || soon > 0 && m.at.Sub(m.hurried) < time.Second {
		callers := len(m.conns) - len(idle) + len(m.waiting)
		overdue := m.served-call.served > callers+min(1, soon)*(callers/2)
		short := !wanted && m.waitFor(call.host) > 2*soon
		if !overdue && !short || m.served-m.moved < min(10, callers) {
			return nil
		}
		m.moved = m.served + 1 // this call included
	}
	if soon > 0 {
		m.hurried = m.at
	}
	return idle[0]
}

// settle is what follows all that happens.
func (m *model) settle() (served []int) {
	for again := true; again; {
		for i := 0; i < len(m.waiting); i++ {
			if call := m.waiting[i]; m.grant(call) != nil {
				served = append(served, call.id)
				m.waiting = slices.Delete(m.waiting, i, i+1)
				i = -1 // from the front again
			}
		}
		again = m.trim()
	}
	return served
}

// trim closes what is idle beyond the limits, and reports whether there was any.
func (m *model) trim() (trimmed bool) {
	for _, c := range m.idle() {
		if len(m.idleTo(c.host)) > m.limits.IdlePerOrigin {
			m.remove(c)
			trimmed = true
		}
	}
	crowded := slices.ContainsFunc(m.waiting, func(c modelCall) bool {
		return m.limits.OpenPerOrigin < 0 || len(m.to(c.host)) < m.limits.OpenPerOrigin
	})
	for idle := m.idle(); len(idle) > m.limits.Idle && (!crowded || m.limits.Idle == 0); idle = m.idle() {
		m.remove(idle[0])
		trimmed = true
	}
	return trimmed
}

func (m *model) expire() {
	for _, c := range m.idle() {
		if m.limits.IdleAge >= 0 && m.at.Sub(c.at) > m.limits.IdleAge {
			m.remove(c)
		}
	}
}

// come is a call that comes; it waits if there is nothing for it and it is patient.
func (m *model) come(call modelCall, patient bool) (served []int) {
	m.expire()
	served = m.settle()
	call.served = m.served
	if m.waitFor(call.host) == 0 && m.grant(call) != nil {
		return append(served, call.id)
	}
	if patient {
		m.waiting = append(m.waiting, call)
		served = append(served, m.settle()...)
	}
	return served
}

func (m *model) back(c *modelConn, kept bool) []int {
	m.expire()
	m.remove(c)
	if kept && (m.limits.Requests < 0 || c.requests < m.limits.Requests) {
		c.idle, c.at = true, m.at
		m.conns = append(m.conns, c)
	}
	return m.settle()
}

func (m *model) leave(id int) []int {
	m.waiting = slices.DeleteFunc(m.waiting, func(c modelCall) bool { return c.id == id })
	return m.settle()
}

// held is what a call has, in the pool and in the model.
type held struct {
	*Conn
	model *modelConn
}

// player plays random operations on both.
type player struct {
	*bench
	random *rand.Rand
	m      *model
	held   []held
	queue  map[int]*Waiter // by the id of the call
	last   map[string]uint64
}

// Whom a pool serves, and when, is what the model says, whatever happens; and the pool
// keeps its promises.
func TestServesAsTheModel(t *testing.T) {
	rounds := uint64(1500)
	if testing.Short() {
		rounds = 200
	}
	waited, moves := 0, 0
	for seed := range rounds {
		random := rand.New(rand.NewPCG(seed, 14))
		limit := func(n int) int { // none at times
			if random.IntN(6) == 0 {
				return -1
			}
			return 1 + random.IntN(n)
		}
		limits := Limits{
			Open: limit(7), OpenPerOrigin: limit(4), Idle: random.IntN(7), IdlePerOrigin: random.IntN(5),
			IdleAge: time.Minute, Requests: limit(12),
		}
		p := &player{
			bench: newBench(t, func(l *Limits) { *l = limits }), random: random, m: &model{limits: limits, at: start, hurried: start},
			queue: map[int]*Waiter{}, last: map[string]uint64{},
		}
		for id := range 250 {
			if err := p.step(id); err != nil {
				t.Fatalf("seed %d, %+v, step %d: %v", seed, limits, id, err)
			}
		}
		waited += int(p.arrivals)
		moves += min(1, p.moved)
		p.end()
	}
	is.New(t).True(waited > int(rounds)*10 && moves > int(rounds)/20) // calls have waited, and some were overdue
}

// step is one operation, and compares.
func (p *player) step(id int) error {
	host := p.random.IntN(4)
	if p.random.IntN(3) == 0 {
		host = 0 // more than the others
	}
	var want []int
	switch what := p.random.IntN(20); {
	case what < 9:
		want = p.m.come(modelCall{id: id, host: host}, what > 0)
		c, _, _ := p.Take(to(fmt.Sprint(host)), p.limits, p.at)
		if c == nil && what > 0 {
			c, p.queue[id], _, _ = p.Enqueue(to(fmt.Sprint(host)), p.limits, p.at)
		}
		if c != nil {
			delete(p.queue, id)
			p.hold(c)
			if !slices.Contains(want, id) {
				return fmt.Errorf("call %d to %d has a connection", id, host)
			}
			want = slices.DeleteFunc(want, func(of int) bool { return of == id })
		}
	case what < 16 && len(p.held) > 0:
		want = p.back()
	case what < 17 && len(p.m.waiting) > 0:
		call := p.m.waiting[p.random.IntN(len(p.m.waiting))]
		want = p.m.leave(call.id)
		p.queue[call.id].Leave(p.at)
		delete(p.queue, call.id)
	case what < 18 && len(p.held) > 0:
		p.held[p.random.IntN(len(p.held))].Streaming() // which changes nothing
	case what < 19 && len(p.queue) > 0:
		want = p.m.settle()
		for _, w := range p.queue {
			w.Look(p.at)
			break
		}
	default:
		times := []int{1, 1, 1, 1, 60}[p.random.IntN(5)]
		p.pass(time.Duration(p.random.IntN(1500)*times) * time.Millisecond)
		p.m.at = p.at
	}
	return p.compare(want)
}

// hold notes what a call has: the connection of the model that nobody has yet.
func (p *player) hold(c *Conn) {
	p.use(c)
	own := held{Conn: c} // nil, if there is none, is what compare finds
	for _, of := range p.m.to(int(c.Origin.Host[0] - '0')) {
		had := of.idle || slices.ContainsFunc(p.held, func(h held) bool { return h.model == of })
		if n, _ := c.Carried(); !had && n == of.requests {
			own.model = of
		}
	}
	p.held = append(p.held, own)
}

// back ends a call. Some connections fail.
func (p *player) back() []int {
	i := p.random.IntN(len(p.held))
	h := p.held[i]
	p.held = slices.Delete(p.held, i, i+1)
	why := wire.CloseNone
	if p.random.IntN(5) == 0 {
		why = wire.CloseFailed
	}
	want := p.m.back(h.model, why == wire.CloseNone)
	h.Return(why, p.at)
	return want
}

// compare looks for who was served, and whether all is as it has to be.
func (p *player) compare(want []int) error {
	var got []int
	for id, w := range p.queue {
		if !w.queued {
			got = append(got, id)
		}
	}
	slices.Sort(got)
	for _, id := range got {
		w := p.queue[id]
		delete(p.queue, id)
		if p.last[w.conn.Origin.Host] > w.number {
			return fmt.Errorf("call %d was overtaken by another to %s", id, w.conn.Origin.Host)
		}
		p.last[w.conn.Origin.Host] = w.number
		<-w.ready
		p.hold(w.conn)
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		return fmt.Errorf("served are %v, and not %v", got, want)
	}
	return p.promises()
}

// promises are what holds whatever the policy is.
func (p *player) promises() error {
	m := p.m
	open, idle, waiting := p.Size()
	if open != len(m.conns) || idle != len(m.idle()) || waiting != len(m.waiting) || open-idle != len(p.held) || waiting != len(p.queue) {
		return fmt.Errorf("%s; the model has %d, %d, %d; calls have %d and %d wait", p.sizes(), len(m.conns), len(m.idle()), len(m.waiting), len(p.held), len(p.queue))
	}
	if p.now("") != open || p.limits.Open >= 0 && p.most[""] > p.limits.Open {
		return fmt.Errorf("%d sockets for %d connections, at most %d", p.now(""), open, p.most[""])
	}
	seen := map[*Conn]bool{}
	for _, h := range p.held {
		if h.model == nil || seen[h.Conn] || slices.Contains(p.idle, h.Conn) {
			return fmt.Errorf("a connection to %s has two owners", h.Origin.Host)
		}
		seen[h.Conn] = true
	}
	for _, r := range p.routes {
		if most := p.limits.OpenPerOrigin; most >= 0 && p.most[r.Origin.Host] > most || r.idle > p.limits.IdlePerOrigin {
			return fmt.Errorf("%d sockets to %s, %d are idle", p.most[r.Origin.Host], r.Origin.Host, r.idle)
		}
		if len(r.waiters) == 0 {
			continue
		}
		free := p.limits.Open < 0 || open < p.limits.Open
		full := p.limits.OpenPerOrigin >= 0 && len(r.conns) >= p.limits.OpenPerOrigin
		switch {
		case r.idle > 0:
			return fmt.Errorf("a call waits beside an idle connection to %s", r.Origin.Host)
		case free && !full:
			return fmt.Errorf("a call to %s waits beside a free place", r.Origin.Host)
		case len(r.conns) == 0 && idle > 0:
			return fmt.Errorf("a call to %s waits, which has no connection, and others are idle", r.Origin.Host)
		}
	}
	return nil
}

// end returns all, and looks for what is left.
func (p *player) end() {
	is := is.New(p.T)
	for len(p.queue) > 0 {
		for id, w := range p.queue {
			w.Leave(p.at)
			delete(p.queue, id)
			is.NoErr(p.compare(p.m.leave(id)))
			break
		}
	}
	for _, h := range p.held {
		h.Return(wire.CloseNone, p.at)
	}
	p.Pool.Close(p.at)
	is.Equal(p.sizes(), "0 open, 0 idle, 0 waiting")
	is.True(p.now("") == 0 && len(p.routes) == 0)
}
