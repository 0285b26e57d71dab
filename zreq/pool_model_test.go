package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
)

// A poolModel says whom the pool of a Session serves, and when, in the plainest way: one
// list of connections and one queue, which is gone through from its front after all that
// happens. All of that happens at whole seconds.
type poolModel struct {
	limits  zreq.PoolLimits
	conns   []*connModel // of those that are idle, the one that has been so for longest is the first
	waiting []callModel
	served  int
	moved   int       // served, when a call last took a place because it was overdue
	hurried time.Time // when one last did although a connection to its origin might be back soon
}

type connModel struct {
	origin int
	idle   bool
	at     time.Time // it became idle, or was taken
}

type callModel struct {
	id, origin int
	came       int // served, when it came
}

// count counts the connections of which is is true.
func (m *poolModel) count(is func(c *connModel) bool) (n int) {
	for _, c := range m.conns {
		if is(c) {
			n++
		}
	}
	return n
}

func (m *poolModel) to(origin int) int {
	return m.count(func(c *connModel) bool { return c.origin == origin })
}

func (m *poolModel) idle() int { return m.count(func(c *connModel) bool { return c.idle }) }

// oldest is the place of the connection that has been idle longest; -1 if none is.
func (m *poolModel) oldest() int {
	return slices.IndexFunc(m.conns, func(c *connModel) bool { return c.idle })
}

func (m *poolModel) close(i int) { m.conns = slices.Delete(m.conns, i, i+1) }

// grant returns what a call gets; nil if it has to wait.
func (m *poolModel) grant(call callModel) *connModel {
	c := &connModel{origin: call.origin}
	for i, own := range slices.Backward(m.conns) {
		if own.idle && own.origin == call.origin {
			m.close(i)
			return m.give(own)
		}
	}
	switch {
	case m.to(call.origin) >= m.limits.OpenPerOrigin:
		return nil
	case len(m.conns) < m.limits.Open:
	case m.idle() > 0 && m.mayEvict(call):
		m.close(m.oldest())
	default:
		return nil
	}
	return m.give(c)
}

func (m *poolModel) give(c *connModel) *connModel {
	c.idle, c.at = false, time.Now()
	m.conns = append(m.conns, c)
	m.served++
	return c
}

// mayEvict reports whether a call gets the place of the connection that has been idle
// longest.
func (m *poolModel) mayEvict(call callModel) bool {
	origin := m.conns[m.oldest()].origin
	wanted := m.waitFor(origin) > 0
	soon := m.count(func(c *connModel) bool {
		return c.origin == call.origin && !c.idle && time.Since(c.at) < time.Second
	})
	if wanted || soon > 0 && time.Since(m.hurried) < time.Second {
		callers := len(m.conns) - m.idle() + len(m.waiting)
		patience := callers
		if soon > 0 {
			patience += callers / 2
		}
		if !wanted && m.waitFor(call.origin) > 2*soon {
			patience = -1
		}
		if m.served-call.came <= patience || m.served-m.moved < min(callers, 10) {
			return false
		}
		m.moved = m.served + 1
	}
	if soon > 0 {
		m.hurried = time.Now()
	}
	return true
}

// waitFor returns how many calls wait for an origin.
func (m *poolModel) waitFor(origin int) (n int) {
	for _, c := range m.waiting {
		if c.origin == origin {
			n++
		}
	}
	return n
}

func (m *poolModel) expire() {
	for m.idle() > 0 && time.Since(m.conns[m.oldest()].at) > m.limits.IdleAge {
		m.close(m.oldest())
	}
}

// settle serves who can be served, and closes what is idle beyond the limits.
func (m *poolModel) settle() (served []int) {
	for again := true; again; {
		for i := 0; i < len(m.waiting); i++ {
			if c := m.waiting[i]; m.grant(c) != nil {
				served = append(served, c.id)
				m.waiting = slices.Delete(m.waiting, i, i+1)
				i = -1 // from the front again
			}
		}
		again = m.trim()
	}
	return served
}

func (m *poolModel) trim() (trimmed bool) {
	for i := 0; i < len(m.conns); i++ {
		origin := m.conns[i].origin
		idle := m.count(func(c *connModel) bool { return c.idle && c.origin == origin })
		if m.conns[i].idle && idle > m.limits.IdlePerOrigin {
			m.close(i)
			i, trimmed = -1, true
		}
	}
	crowded := slices.ContainsFunc(m.waiting, func(c callModel) bool { return m.to(c.origin) < m.limits.OpenPerOrigin })
	for m.idle() > m.limits.Idle && !crowded {
		m.close(m.oldest())
		trimmed = true
	}
	return trimmed
}

func (m *poolModel) come(c callModel) (served []int) {
	m.expire()
	served = m.settle()
	c.came = m.served
	m.waiting = append(m.waiting, c)
	return append(served, m.settle()...)
}

// release gives a connection to an origin back, of those that are as old as any.
func (m *poolModel) release(origin int, taken time.Time, kept bool) (served []int) {
	m.expire()
	i := slices.IndexFunc(m.conns, func(c *connModel) bool { return c.origin == origin && !c.idle && c.at.Equal(taken) })
	c := m.conns[i]
	m.close(i)
	if kept {
		c.idle, c.at = true, time.Now()
		m.conns = append(m.conns, c)
	}
	return m.settle()
}

func (m *poolModel) giveUp(id int) (served []int) {
	m.waiting = slices.DeleteFunc(m.waiting, func(c callModel) bool { return c.id == id })
	return m.settle()
}

// modelled is a call, beside the model.
type modelled struct {
	callModel
	cancel context.CancelCauseFunc
	kept   bool      // its connection will be
	taken  time.Time // when it was
	resp   *zreq.Response
	err    error
}

// Whom a pool serves, and when, is what the model says, whatever happens.
func TestPoolServesAsTheModel(t *testing.T) {
	rounds := uint64(150)
	if testing.Short() {
		rounds = 30
	}
	for seed := range rounds {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 3))
			m := &poolModel{limits: zreq.PoolLimits{
				Open: 1 + random.IntN(6), OpenPerOrigin: 1 + random.IntN(4),
				Idle: 1 + random.IntN(6), IdlePerOrigin: 1 + random.IntN(4), IdleAge: time.Minute,
			}}
			d := newCensus(echoing(t))
			s := &zreq.Session{Driver: d, Pool: m.limits, Timeouts: zreq.Timeouts{Wait: -1}}
			playModel(t, random, m, s)
			if _, most, _ := d.counts(); most > m.limits.Open {
				t.Errorf("seed %d: %d connections at once, with %+v", seed, most, m.limits)
			}
			if t.Failed() {
				t.Fatalf("seed %d, %+v", seed, m.limits)
			}
		})
	}
}

func playModel(t *testing.T, random *rand.Rand, m *poolModel, s *zreq.Session) {
	is := is.New(t)
	over := make(chan *modelled, 1000)
	waiting, held := map[int]*modelled{}, []*modelled(nil)
	const steps = 150
	for id := range steps {
		var want []int
		var quits *modelled
		switch what := random.IntN(10); {
		case what < 5:
			ctx, cancel := context.WithCancelCause(context.Background())
			c := &modelled{callModel: callModel{id: id, origin: random.IntN(3)}, cancel: cancel, kept: random.IntN(3) > 0}
			args := &zreq.Args{Stream: true}
			if !c.kept {
				args.Headers = zreq.Headers{{"Connection", "close"}}
			}
			waiting[id] = c
			want = m.come(c.callModel)
			go func() {
				c.resp, c.err = s.Get(ctx, fmt.Sprintf("http://%d.test/", c.origin), args)
				over <- c
			}()
		case what < 8 && len(held) > 0:
			i := random.IntN(len(held))
			c := held[i]
			held = slices.Delete(held, i, i+1)
			want = m.release(c.origin, c.taken, c.kept)
			is.NoErr(c.resp.Close())
			c.cancel(nil)
		case what < 9 && len(m.waiting) > 0:
			c := waiting[m.waiting[random.IntN(len(m.waiting))].id]
			want = m.giveUp(c.id)
			c.cancel(errCancelled)
			quits = c
		default:
			for range 1 + random.IntN(30) { // who waits looks again each second
				time.Sleep(time.Second)
				synctest.Wait()
				want = append(want, m.settle()...)
				for _, c := range waiting {
					if c.taken.IsZero() && slices.Contains(want, c.id) {
						c.taken = time.Now()
					}
				}
			}
		}
		synctest.Wait()
		var got []int
		for len(over) > 0 {
			c := <-over
			if c == quits {
				is.True(errors.Is(c.err, errCancelled))
				delete(waiting, c.id)
				continue
			}
			is.NoErr(c.err)
			if got = append(got, c.id); c.taken.IsZero() {
				c.taken = time.Now()
			}
			held = append(held, c)
			delete(waiting, c.id)
		}
		slices.Sort(got)
		slices.Sort(want)
		is.Equal(got, want) // who is served now
		stats := s.Stats()
		is.Equal(stats.Waiting, len(m.waiting))
		is.Equal(stats.Open, len(m.conns))
		is.Equal(stats.Idle, m.idle())
		if t.Failed() {
			break
		}
	}
	is.NoErr(s.Close())
	for range waiting {
		is.True(errors.Is((<-over).err, zreq.ErrClosed))
	}
	for _, c := range held {
		_ = c.resp.Close()
		c.cancel(nil)
	}
	balanced(is, s, 0, 0)
}
