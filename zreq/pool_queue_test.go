package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

// What it takes to find out whose turn it is does not depend on how many wait, for one
// origin or for many that are full.
func TestPoolTurnIsFoundAtOnce(t *testing.T) {
	for name, tt := range map[string]struct {
		pool    zreq.PoolLimits
		headers zreq.Headers
		origins int
		held    int // of each origin
	}{
		"one origin":             {zreq.PoolLimits{OpenPerOrigin: 2}, nil, 1, 2},
		"one origin, not kept":   {zreq.PoolLimits{OpenPerOrigin: 2}, zreq.Headers{{"Connection", "close"}}, 1, 2},
		"full origins":           {zreq.PoolLimits{OpenPerOrigin: 1}, nil, 50, 1},
		"full origins, not kept": {zreq.PoolLimits{OpenPerOrigin: 1}, zreq.Headers{{"Connection", "close"}}, 50, 1},
		"a full pool":            {zreq.PoolLimits{Open: 50}, nil, 50, 1},
		"a full pool, not kept":  {zreq.PoolLimits{Open: 50}, zreq.Headers{{"Connection", "close"}}, 50, 1},
		"both":                   {zreq.PoolLimits{Open: 50, OpenPerOrigin: 1}, nil, 50, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				s := &zreq.Session{Driver: echoing(t), Pool: tt.pool, Headers: tt.headers}
				defer s.Close()
				var held []io.Closer
				for i := range tt.origins * tt.held {
					held = append(held, holding(t, s, fmt.Sprintf("http://%d.test/", i%tt.origins)))
				}
				const waiting = 500
				answers := make(chan io.Closer, waiting)
				var calls sync.WaitGroup
				for i := range waiting {
					calls.Go(func() { answers <- holding(t, s, fmt.Sprintf("http://%d.test/", i%tt.origins)) })
				}
				synctest.Wait()
				is.Equal(s.Stats().Waiting, waiting)
				is.True(s.Grants() <= len(held)+2*waiting) // each asked for itself, before it waited and when it did
				for _, h := range held {
					before, waited := s.Grants(), s.Stats().Waiting
					is.NoErr(h.Close())
					synctest.Wait()
					is.Equal(s.Stats().Waiting, waited-1) // one is served,
					is.True(s.Grants()-before <= 4)       // and the others are let alone
				}
				for range waiting {
					is.NoErr((<-answers).Close())
				}
				calls.Wait()
				balanced(is, s, s.Stats().Idle, s.Stats().Idle)
			})
		})
	}
}

// Who gives up, at the front or in the middle, leaves the order of the others.
func TestPoolGivingUp(t *testing.T) {
	for _, each := range []int{1, 2, 3} { // the first of each so many gives up
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			s := &zreq.Session{Driver: echoing(t), Pool: zreq.PoolLimits{Open: 1}}
			defer s.Close()
			held := holding(t, s, "http://0.test/")
			answers := make(chan *zreq.Response)
			var quit []context.CancelFunc
			for i := range 60 {
				ctx, cancel := context.WithCancel(context.Background())
				if i%each == 0 {
					quit = append(quit, cancel)
				} else {
					defer cancel()
				}
				go func() {
					if resp, err := s.Get(ctx, fmt.Sprintf("http://%d.test/%d", i%7, i), &zreq.Args{Stream: true}); err == nil {
						answers <- resp
					}
				}()
				synctest.Wait()
			}
			for _, cancel := range quit {
				cancel()
			}
			synctest.Wait()
			is.Equal(s.Stats().Waiting, 60-len(quit))
			is.NoErr(held.Close())
			for i := range 60 {
				if i%each != 0 {
					is.Equal(content(is, <-answers), fmt.Sprintf("/%d", i))
				}
			}
			synctest.Wait()
			balanced(is, s, 1, 1)
		})
	}
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

// A connection whose place another has may be closed when that one is gone, too, and with
// it all that is to its origin.
func TestPoolPlaceOfThePlace(t *testing.T) {
	is := is.New(t)
	good := echoing(t)
	d := &sometimes{Driver: good}
	s := &zreq.Session{Driver: d, Pool: zreq.PoolLimits{OpenPerOrigin: 1}, Headers: zreq.Headers{{"Connection", "close"}}, Retry: zreq.Retry{Attempts: -1}}
	var others sync.WaitGroup
	var crowd, over atomic.Bool
	for range 4 {
		others.Go(func() {
			for !over.Load() {
				if crowd.Load() {
					s.Stats() // so that who wants the lock waits for it
				} else {
					runtime.Gosched()
				}
			}
		})
	}
	rounds := 1500
	if underRace {
		rounds = 150 // the crowd is slow there, and makes the others wait
	}
	for range rounds {
		d.refuses.Store(false)
		held := holding(t, s, site)
		d.refuses.Store(true)
		var calls sync.WaitGroup
		calls.Go(func() {
			_, err := s.Get(context.Background(), site, nil)
			is.True(errors.Is(err, errRefused))
		})
		waitFor(t, "one who waits", func() bool { return s.Stats().Waiting == 1 })
		crowd.Store(true)
		is.NoErr(held.Close())
		calls.Wait()
		crowd.Store(false)
		balanced(is, s, 0, 0)
	}
	over.Store(true)
	others.Wait()
	is.NoErr(s.Close())
}

// Origins of one host are told apart, and one is forgotten without the others.
func TestPoolPortsOfAHost(t *testing.T) {
	const ports = 4
	for gone := range ports {
		for then := range ports {
			is := is.New(t)
			s := &zreq.Session{Driver: echoing(t)}
			dialled := int64(0)
			call := func(port int, anew bool, headers zreq.Headers) {
				_, err := s.Get(context.Background(), fmt.Sprintf("http://device.test:%d/", port+1), &zreq.Args{Headers: headers})
				is.NoErr(err)
				if anew {
					dialled++
				}
				is.Equal(s.Stats().Dialled, dialled)
			}
			for port := range ports {
				call(port, true, nil)
			}
			call(gone, false, zreq.Headers{{"Connection", "close"}})
			call(then, then == gone, zreq.Headers{{"Connection", "close"}})
			for port := range ports {
				call(port, port == gone || port == then, nil)
			}
			balanced(is, s, ports, ports)
			is.NoErr(s.Close())
		}
	}
}

var errRefused = errors.New("refused")

// sometimes refuses.
type sometimes struct {
	netdriver.Driver
	refuses atomic.Bool
}

func (d *sometimes) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	if d.refuses.Load() {
		return nil, errRefused
	}
	return d.Driver.Dial(ctx, network, address)
}

// An origin that a call asked for in vain is forgotten.
func TestPoolForgetsOrigins(t *testing.T) {
	is := is.New(t)
	s := &zreq.Session{Driver: echoing(t), Pool: zreq.PoolLimits{Open: 1}, Trace: onEvent(zreq.EventWait, func() { panic("no patience") })}
	defer s.Close()
	held := holding(t, s, site)
	for i := range 10 {
		func() {
			defer func() { is.Equal(recover(), "no patience") }()
			_, _ = s.Get(context.Background(), fmt.Sprintf("http://%d.test/", i), nil)
		}()
	}
	is.Equal(s.Hosts(), 1)
	is.NoErr(held.Close())
}

// A Trace that panics when it is told of what the pool gave up leaves nobody in the queue
// who has gone.
func TestPoolTracePanicsInTheQueue(t *testing.T) {
	is := is.New(t)
	n := echoing(t)
	var told atomic.Bool
	s := &zreq.Session{Driver: n, Pool: zreq.PoolLimits{OpenPerOrigin: 1, IdleAge: 50 * time.Millisecond}}
	s.Trace = traceFunc(func(e zreq.Event) {
		switch {
		case e.Kind == zreq.EventWait:
			time.Sleep(100 * time.Millisecond) // that of b.test grows old between the look and the queue
		case e.Kind == zreq.EventClose && e.Reason == zreq.CloseAged && !told.Swap(true):
			panic("told")
		}
	})
	defer s.Close()
	held := holding(t, s, "http://a.test/")
	is.NoErr(holding(t, s, "http://b.test/").Close())
	func() {
		defer func() { is.Equal(recover(), "told") }()
		_, _ = s.Get(context.Background(), "http://a.test/", nil)
	}()
	is.Equal(s.Stats().Waiting, 0)
	is.NoErr(held.Close())
	is.Equal(s.Stats().Open, s.Stats().Idle) // none went to who is not there
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, err := s.Get(ctx, "http://a.test/", nil)
	is.NoErr(err)
}
