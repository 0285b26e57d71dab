package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

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
			last := map[int]int{} // by origin
			for range 60 - len(quit) {
				i, err := strconv.Atoi(content(is, <-answers)[1:])
				is.NoErr(err)
				is.True(i%each != 0 && i >= last[i%7])
				last[i%7] = i
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

// When all places are taken, calls wait for the connections that there are, and do not dial
// in turns.
func TestPoolDoesNotThrash(t *testing.T) {
	for name, tt := range map[string]struct {
		pool    zreq.PoolLimits
		callers int
	}{
		"the defaults":       {zreq.PoolLimits{}, 64},
		"more than can go":   {zreq.PoolLimits{Open: 32, Idle: 32}, 200},
		"just as many":       {zreq.PoolLimits{Open: 40, OpenPerOrigin: 2, Idle: 40}, 200},
		"few, and few wait":  {zreq.PoolLimits{Open: 40, Idle: 40}, 45},
		"a place for each":   {zreq.PoolLimits{Open: 64, Idle: 64}, 64},
		"all may stay, idle": {zreq.PoolLimits{Open: 64, Idle: -1, IdlePerOrigin: 8}, 640},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				d := newCensus(echoing(t))
				s := &zreq.Session{Driver: d, Pool: tt.pool}
				defer s.Close()
				each := 60
				if zreqtest.RaceDetector && tt.callers > 200 {
					each = 15
				}
				var calls sync.WaitGroup
				for i := range tt.callers {
					calls.Go(func() {
						random := rand.New(rand.NewPCG(14, uint64(i)))
						for range each {
							resp, err := s.Get(context.Background(), fmt.Sprintf("http://%d.test/", random.IntN(20)), &zreq.Args{Stream: true})
							is.NoErr(err)
							time.Sleep(time.Millisecond/2 + time.Duration(random.IntN(1e6)))
							is.NoErr(resp.Close())
						}
					})
				}
				calls.Wait()
				_, _, dials := d.counts()
				t.Logf("%d of %d calls dialled", dials, each*tt.callers)
				is.True(12*dials <= each*tt.callers) // one in twelve at most, the first ones included
			})
		})
	}
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
	if zreqtest.RaceDetector {
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
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err := s.Get(ctx, "http://a.test/", nil)
	is.NoErr(err)
}
