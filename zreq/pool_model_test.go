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

// A poolModel says whom a pool serves, and when, in the plainest way: one queue, which
// is gone through from its front after all that happens.
type poolModel struct {
	limits  zreq.PoolLimits
	used    [3]int
	idle    []idleModel // the one that has been so for longest is the first
	waiting []callModel
}

type idleModel struct {
	origin int
	since  time.Time
}

type callModel struct{ id, origin int }

// idleTo counts those that are idle to an origin.
func (m *poolModel) idleTo(origin int) (n int) {
	for _, c := range m.idle {
		if c.origin == origin {
			n++
		}
	}
	return n
}

func (m *poolModel) open() int { return m.used[0] + m.used[1] + m.used[2] + len(m.idle) }

// grant reports whether a call to an origin gets a connection.
func (m *poolModel) grant(origin int) bool {
	for i, c := range slices.Backward(m.idle) {
		if c.origin == origin {
			m.idle = slices.Delete(m.idle, i, i+1)
			m.used[origin]++
			return true
		}
	}
	switch {
	case m.used[origin] >= m.limits.OpenPerOrigin:
		return false
	case m.open() < m.limits.Open:
	case len(m.idle) > 0:
		m.idle = m.idle[1:]
	default:
		return false
	}
	m.used[origin]++
	return true
}

func (m *poolModel) expire() {
	for len(m.idle) > 0 && time.Since(m.idle[0].since) > m.limits.IdleAge {
		m.idle = m.idle[1:]
	}
}

func (m *poolModel) come(c callModel) (served []int) {
	m.expire()
	if m.grant(c.origin) {
		return []int{c.id}
	}
	m.waiting = append(m.waiting, c)
	return nil
}

func (m *poolModel) release(origin int, kept bool) (served []int) {
	m.expire()
	m.used[origin]--
	if kept {
		m.idle = append(m.idle, idleModel{origin, time.Now()})
	}
	for i := 0; i < len(m.waiting); i++ {
		if c := m.waiting[i]; m.grant(c.origin) {
			served = append(served, c.id)
			m.waiting = slices.Delete(m.waiting, i, i+1)
			i = -1 // from the front again
		}
	}
	switch {
	case !kept || served != nil:
	case m.idleTo(origin) > m.limits.IdlePerOrigin:
		i := slices.IndexFunc(m.idle, func(c idleModel) bool { return c.origin == origin })
		m.idle = slices.Delete(m.idle, i, i+1)
	case len(m.idle) > m.limits.Idle:
		m.idle = m.idle[1:]
	}
	return served
}

func (m *poolModel) giveUp(id int) {
	m.waiting = slices.DeleteFunc(m.waiting, func(c callModel) bool { return c.id == id })
}

// modelled is a call, beside the model.
type modelled struct {
	callModel
	cancel context.CancelCauseFunc
	kept   bool // its connection will be
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
		switch what := random.IntN(10); {
		case what < 5:
			ctx, cancel := context.WithCancelCause(context.Background())
			c := &modelled{callModel: callModel{id, random.IntN(3)}, cancel: cancel, kept: random.IntN(3) > 0}
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
			want = m.release(c.origin, c.kept)
			is.NoErr(c.resp.Close())
			c.cancel(nil)
		case what < 9 && len(m.waiting) > 0:
			c := waiting[m.waiting[random.IntN(len(m.waiting))].id]
			m.giveUp(c.id)
			c.cancel(errCancelled)
			is.True(errors.Is((<-over).err, errCancelled)) // and nobody else is over
			delete(waiting, c.id)
		default:
			time.Sleep(20 * time.Second)
		}
		synctest.Wait()
		var got []int
		for len(over) > 0 {
			c := <-over
			is.NoErr(c.err)
			got = append(got, c.id)
			held = append(held, c)
			delete(waiting, c.id)
		}
		slices.Sort(got)
		slices.Sort(want)
		is.Equal(got, want) // who is served now
		stats := s.Stats()
		is.Equal(stats.Waiting, len(m.waiting))
		is.Equal(stats.Open, m.open())
		is.Equal(stats.Idle, len(m.idle))
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
