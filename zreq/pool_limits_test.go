package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

// Open bounds all connections, OpenPerOrigin those to one origin: who needs one more
// waits.
func testPoolOpen(t *testing.T) {
	for name, tt := range map[string]struct {
		pool    zreq.PoolLimits
		origins int
		calls   int
		most    int
	}{
		"Open":                     {zreq.PoolLimits{Open: 3}, 4, 12, 3},
		"Open, one origin":         {zreq.PoolLimits{Open: 3}, 1, 12, 3},
		"OpenPerOrigin":            {zreq.PoolLimits{OpenPerOrigin: 2}, 3, 12, 6},
		"both":                     {zreq.PoolLimits{Open: 5, OpenPerOrigin: 2}, 3, 12, 5},
		"the defaults":             {zreq.PoolLimits{}, 1, 12, 8},
		"the defaults in all":      {zreq.PoolLimits{}, 12, 120, 64},
		"no limit":                 {zreq.PoolLimits{Open: -1, OpenPerOrigin: -1}, 2, 120, 120},
		"no limit for an origin":   {zreq.PoolLimits{OpenPerOrigin: -1}, 1, 120, 64},
		"no limit for all of them": {zreq.PoolLimits{Open: -1}, 12, 120, 96},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				d := newCensus(echoing(t))
				s := &zreq.Session{Driver: d, Pool: tt.pool}
				answers := make(chan io.Closer)
				for i := range tt.calls {
					go func() {
						answers <- holding(t, s, fmt.Sprintf("http://%d.test/", i%tt.origins))
					}()
				}
				var held []io.Closer
				for range tt.most {
					held = append(held, <-answers)
				}
				synctest.Wait()
				stats := s.Stats()
				is.Equal(stats.Open, tt.most) // so many have one
				is.Equal(stats.Idle, 0)
				is.Equal(stats.Waiting, tt.calls-tt.most) // the others wait
				is.Equal(stats.Waited, int64(tt.calls-tt.most))
				for len(held) > 0 {
					is.NoErr(held[0].Close()) // who is done lets another go on
					held = held[1:]
					synctest.Wait()
					for more := true; more; {
						select {
						case h := <-answers:
							held = append(held, h)
						default:
							more = false
						}
					}
				}
				_, most, dials := d.counts()
				is.Equal(most, tt.most) // no more, ever
				stats = s.Stats()
				is.Equal(stats.Waiting, 0)
				is.Equal(stats.Open, stats.Idle)
				is.Equal(stats.Dialled, int64(dials))
				is.Equal(stats.Dialled+stats.Reused, int64(tt.calls)) // each request went over one
				is.NoErr(s.Close())
				balanced(is, s, 0, 0)
				open, _, _ := d.counts()
				is.Equal(open, 0)
			})
		})
	}
}

// Idle bounds what is kept, IdlePerOrigin what is kept of one origin; the one that
// has been idle longest goes.
func testPoolIdle(t *testing.T) {
	for name, tt := range map[string]struct {
		pool    zreq.PoolLimits
		origins int
		idle    int
	}{
		"Idle":                       {zreq.PoolLimits{Idle: 3}, 2, 3},
		"IdlePerOrigin":              {zreq.PoolLimits{IdlePerOrigin: 2}, 3, 6},
		"both":                       {zreq.PoolLimits{Idle: 5, IdlePerOrigin: 2}, 3, 5},
		"Idle, negative":             {zreq.PoolLimits{Idle: -1}, 2, 0},
		"IdlePerOrigin, negative":    {zreq.PoolLimits{IdlePerOrigin: -1}, 2, 0},
		"the defaults":               {zreq.PoolLimits{}, 3, 16},
		"the defaults of an origin":  {zreq.PoolLimits{OpenPerOrigin: -1}, 1, 8},
		"Idle above all that can be": {zreq.PoolLimits{Open: 4, Idle: 10, IdlePerOrigin: 10}, 1, 4},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			d := newCensus(echoing(t))
			s := &zreq.Session{Driver: d, Pool: tt.pool}
			defer s.Close()
			open := min(24, 8*tt.origins)
			if tt.pool.Open > 0 {
				open = tt.pool.Open
			}
			var held []io.Closer
			for i := range open {
				held = append(held, holding(t, s, fmt.Sprintf("http://%d.test/", i%tt.origins)))
			}
			balanced(is, s, open, 0)
			for _, h := range held {
				is.NoErr(h.Close())
			}
			balanced(is, s, tt.idle, tt.idle) // no more are kept
			sockets, _, _ := d.counts()
			is.Equal(sockets, tt.idle) // the others are closed
		})
	}
	t.Run("the reason", func(t *testing.T) {
		is := is.New(t)
		s := &zreq.Session{Driver: echoing(t), Pool: zreq.PoolLimits{Idle: -1}}
		resp, err := s.Get(context.Background(), site, nil)
		is.NoErr(err)
		is.Equal(resp.CloseReason(), zreq.CloseEvicted) // the response tells
	})
}

// IdleAge is how long a connection may have been idle and be used again.
func testPoolIdleAge(t *testing.T) {
	for name, tt := range map[string]struct {
		age   time.Duration
		idle  time.Duration
		dials int
	}{
		"young":              {time.Minute, time.Minute, 1},
		"old":                {time.Minute, time.Minute + 1, 2},
		"young, the default": {0, 90 * time.Second, 1},
		"old, the default":   {0, 91 * time.Second, 2},
		"no limit":           {-1, 1000 * time.Hour, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				d := newCensus(echoing(t))
				var closed []zreq.CloseReason
				s := &zreq.Session{Driver: d, Pool: zreq.PoolLimits{IdleAge: tt.age}, Trace: traceFunc(func(e zreq.Event) {
					if e.Kind == zreq.EventClose {
						closed = append(closed, e.Reason)
					}
				})}
				defer s.Close()
				held := []io.Closer{holding(t, s, site), holding(t, s, site)}
				is.NoErr(held[0].Close())
				is.NoErr(held[1].Close())
				time.Sleep(tt.idle)
				named(is, s, "http://device.test", "/x", nil)
				_, most, dials := d.counts()
				is.Equal(dials, tt.dials+1) // a fresh one in place of an old one
				is.Equal(most, 2)
				if tt.dials == 2 {
					is.True(slices.Equal(closed, []zreq.CloseReason{zreq.CloseAged, zreq.CloseAged})) // and all that are old are closed
					balanced(is, s, 1, 1)
				} else {
					is.Equal(len(closed), 0)
					balanced(is, s, 2, 2)
				}
			})
		})
	}
}

// Requests is how many a connection carries.
func testPoolRequests(t *testing.T) {
	for limit, want := range map[int]int{1: 10, 3: 4, 10: 1, -1: 1, 0: 1} {
		is := is.New(t)
		d := newCensus(echoing(t))
		s := &zreq.Session{Driver: d, Pool: zreq.PoolLimits{Requests: limit}}
		for i := range 10 {
			resp, err := s.Get(context.Background(), site, nil)
			is.NoErr(err)
			is.Equal(resp.CloseReason() == zreq.CloseWorn, limit > 0 && (i+1)%limit == 0) // it says so
		}
		_, most, dials := d.counts()
		is.Equal(dials, want)
		is.Equal(most, 1)
		is.NoErr(s.Close())
	}
}

// A scarce driver has few sockets.
type scarce struct {
	*census
	sockets int
}

func (d *scarce) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	if open, _, _ := d.counts(); open >= d.sockets {
		return nil, fmt.Errorf("socket: %w", netdriver.ErrNoSocket)
	}
	return d.census.Dial(ctx, network, address)
}

// A frank driver says how many there are.
type frank struct{ scarce }

func (d *frank) Sockets() int { return d.sockets }

// testSockets: where a driver has no socket left, the connection that has been idle longest
// makes room. If the driver says how many it has, no dial fails.
func testSockets(t *testing.T) {
	for name, over := range map[string]func(d *scarce) netdriver.Driver{
		"silent": func(d *scarce) netdriver.Driver { return d },
		"frank":  func(d *scarce) netdriver.Driver { return &frank{*d} },
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			d := &scarce{newCensus(echoing(t)), 2}
			refused := 0
			s := &zreq.Session{Driver: over(d), Trace: traceFunc(func(e zreq.Event) {
				if e.Kind == zreq.EventDialled && e.Err != nil {
					refused++
				}
			})}
			defer s.Close()
			for i := range 9 {
				named(is, s, fmt.Sprintf("http://%d.test", i%3), "/x", nil)
			}
			is.Equal(d.log()[:len("[dial 0.test:80 dial 1.test:80 close 0.test:80 dial 2.test:80")], "[dial 0.test:80 dial 1.test:80 close 0.test:80 dial 2.test:80")
			balanced(is, s, 2, 2)
			is.Equal(refused == 0, name == "frank")
		})
	}
	t.Run("none is idle", func(t *testing.T) {
		is := is.New(t)
		d := &scarce{newCensus(echoing(t)), 1}
		s := &zreq.Session{Driver: d, RetryBudget: -1}
		defer s.Close()
		held := holding(t, s, "http://0.test/")
		_, err := s.Get(t.Context(), "http://1.test/", nil)
		is.True(errors.Is(err, netdriver.ErrNoSocket) && errors.Is(err, zreq.ErrConnect))
		is.True(zreq.SafeToRetry(err) && zreq.Transient(err))
		is.NoErr(held.Close())
		named(is, s, "http://1.test", "/x", nil) // now there is one
	})
	t.Run("its own goes first", func(t *testing.T) {
		is := is.New(t)
		d, other := &scarce{newCensus(echoing(t)), 1}, newCensus(echoing(t))
		s := &zreq.Session{Driver: d}
		defer s.Close()
		named(is, s, "http://0.test", "/x", &zreq.Args{Driver: other}) // has been idle longest
		named(is, s, "http://0.test", "/x", nil)
		named(is, s, "http://1.test", "/x", nil)
		is.Equal(other.log(), "[dial 0.test:80]")
		is.Equal(d.log(), "[dial 0.test:80 close 0.test:80 dial 1.test:80]")
	})
	t.Run("all wait for two", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			d := &frank{scarce{newCensus(echoing(t)), 2}}
			s := &zreq.Session{Driver: d}
			defer s.Close()
			var all sync.WaitGroup
			for i := range 60 {
				all.Go(func() {
					_, err := s.Get(t.Context(), fmt.Sprintf("http://%d.test/", i%5), nil)
					is.NoErr(err)
				})
			}
			all.Wait()
			held := []io.Closer{holding(t, s, "http://0.test/"), holding(t, s, "http://1.test/")}
			named(is, s, "http://1.test", "/x", &zreq.Args{Driver: newCensus(echoing(t))}) // whose connections do not count
			_, err := s.Get(t.Context(), site, &zreq.Args{Timeouts: zreq.Timeouts{Wait: time.Second}})
			is.True(strings.HasSuffix(err.Error(), "of 2 that the driver has sockets for, 2 are in use, 2 of them by open Streams, "+
				"and 0 are idle: close each Response of Args.Stream or read it to its end")) // nobody can raise this limit
			is.NoErr(held[0].Close())
			is.NoErr(held[1].Close())
		})
	})
	t.Run("another driver", func(t *testing.T) {
		is := is.New(t)
		d, other := &frank{scarce{newCensus(echoing(t)), 1}}, newCensus(echoing(t))
		s := &zreq.Session{Driver: d}
		defer s.Close()
		for i := range 3 {
			url := fmt.Sprintf("http://%d.test", i)
			named(is, s, url, "/x", &zreq.Args{Driver: other})
			named(is, s, url, "/x", nil)
		}
		is.True(!strings.Contains(other.log(), "close")) // has sockets of its own
		balanced(is, s, 4, 4)
	})
}

// A connection that is given up for who waits to another origin is closed once, and it
// is the call that had it last that tells.
func TestPoolMakesRoomForAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		var closed []zreq.CloseReason
		s := &zreq.Session{Driver: echoing(t), Pool: zreq.PoolLimits{Open: 1}, Trace: traceFunc(func(e zreq.Event) {
			if e.Kind == zreq.EventClose {
				closed = append(closed, e.Reason)
			}
		})}
		defer s.Close()
		held, err := s.Get(context.Background(), "http://a.test/", &zreq.Args{Stream: true})
		is.NoErr(err)
		over := make(chan io.Closer)
		go func() { over <- holding(t, s, "http://b.test/") }()
		synctest.Wait()
		is.NoErr(held.Close())
		other := <-over
		is.Equal(held.CloseReason(), zreq.CloseEvicted)
		is.Equal(closed, []zreq.CloseReason{zreq.CloseEvicted})
		is.NoErr(other.Close())
		balanced(is, s, 1, 1)
	})
}
