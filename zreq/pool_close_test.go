package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// underWay are calls that a Close finds in the middle of something.
var underWay = map[string]struct {
	script []zreqtest.Step
	args   zreq.Args
	kept   bool
}{
	"dialling":        {script: []zreqtest.Step{zreqtest.NoAnswer()}},
	"sending":         {script: []zreqtest.Step{zreqtest.Hold()}, args: zreq.Args{Body: strings.NewReader(strings.Repeat("x", 1<<20))}},
	"awaiting":        {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()}},
	"in the head":     {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 200"), zreqtest.Hold()}},
	"in the body":     {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody"), zreqtest.Hold()}},
	"between chunks":  {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n"), zreqtest.Hold()}, args: zreq.Args{StreamCallback: func([]byte) error { return nil }}},
	"asking":          {script: []zreqtest.Step{zreqtest.Head(), zreqtest.Hold()}, args: zreq.Args{Body: strings.NewReader("x"), Expect100: true, Timeouts: zreq.Timeouts{Expect: time.Hour}}},
	"on a kept one":   {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Send(noContent), zreqtest.Request(), zreqtest.Hold()}, kept: true},
	"before a retry":  {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Send(page(503, "busy"))}, args: zreq.Args{Retry: zreq.Retry{Wait: time.Hour, MaxWait: time.Hour, Time: -1}}},
	"after a failure": {script: []zreqtest.Step{zreqtest.Refuse()}, args: zreq.Args{Retry: zreq.Retry{Wait: time.Hour, MaxWait: time.Hour, Time: -1}}},
}

// Close ends what is under way, wherever that is, and what comes later.
func testSessionClose(t *testing.T) {
	for name, tt := range underWay {
		for _, how := range []string{"Close", "Close, twice at once", "CloseIdle"} {
			t.Run(name+"/"+how, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					peer := zreqtest.NewPeer(t, tt.script, answering(noContent))
					s := &zreq.Session{Driver: peer, Timeouts: zreq.Timeouts{Dial: time.Hour, Write: time.Hour, Head: time.Hour, Body: time.Hour}}
					if tt.kept {
						_, err := s.Get(context.Background(), site, nil)
						is.NoErr(err)
					}
					over := make(chan error, 1)
					go func() {
						args := tt.args
						if again, ok := args.Body.(io.Seeker); ok {
							_, _ = again.Seek(0, io.SeekStart)
						}
						_, err := s.Put(context.Background(), site, &args)
						over <- err
					}()
					synctest.Wait()
					time.Sleep(time.Millisecond)
					synctest.Wait()
					if how == "CloseIdle" {
						s.CloseIdle()
						synctest.Wait()
						is.Equal(len(over), 0) // a call under way goes on
						is.Equal(s.Stats().Idle, 0)
					}
					began := time.Now()
					if how == "Close, twice at once" {
						go func() { _ = s.Close() }()
					}
					is.NoErr(s.Close())
					err := <-over
					is.Equal(time.Since(began), time.Duration(0)) // at once
					is.True(errors.Is(err, zreq.ErrClosed))
					is.True(!errors.Is(err, zreq.ErrOutOfRetries))
					is.True(!failure(is, err).Timeout())
					balanced(is, s, 0, 0)
					is.Equal(peer.Open(), 0) // no socket is left
					is.NoErr(s.Close())      // closing twice is harmless
					s.CloseIdle()
					dials := peer.Dials()
					resp, err := s.Get(context.Background(), site, nil)
					is.True(resp == nil)
					is.True(errors.Is(err, zreq.ErrClosed)) // closed is closed
					is.Equal(peer.Dials(), dials)
					balanced(is, s, 0, 0)
				})
			})
		}
	}
}

// Close ends all who wait, and Responses that are being read.
func TestSessionCloseWaiters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		n := echoing(t)
		s := &zreq.Session{Driver: n, Pool: zreq.PoolLimits{OpenPerOrigin: 2}}
		named(is, s, "http://idle.test", "/", nil)
		first, _ := s.Get(context.Background(), site, &zreq.Args{Stream: true})
		second := holding(t, s, site)
		var calls sync.WaitGroup
		for range 20 {
			calls.Go(func() {
				is := is.New(t)
				_, err := s.Get(context.Background(), site, nil)
				is.True(errors.Is(err, zreq.ErrClosed))
				is.Equal(failure(is, err).Phase, zreq.PhaseWait)
				is.Equal(failure(is, err).Sent, int64(0))
			})
		}
		synctest.Wait()
		is.Equal(s.Stats().Waiting, 20)
		is.NoErr(s.Close())
		calls.Wait()
		is.Equal(n.Open(), 0) // their sockets are closed
		_, err := first.Content()
		is.True(err == nil || errors.Is(err, zreq.ErrClosed)) // all of it had come, or it says so
		is.NoErr(second.Close())
		balanced(is, s, 0, 0)
	})
}

// CloseIdle closes what no call has, and leaves the rest.
func testSessionCloseIdle(t *testing.T) {
	is := is.New(t)
	d := newCensus(echoing(t))
	told := 0
	s := &zreq.Session{Driver: d, Trace: onEvent(zreq.EventClose, func() { told++ })}
	defer s.Close()
	s.CloseIdle() // also before the first call
	for i := range 3 {
		named(is, s, fmt.Sprintf("http://%d.test", i), "/x", nil)
	}
	held := holding(t, s, "http://3.test/")
	balanced(is, s, 4, 3)
	s.CloseIdle()
	balanced(is, s, 1, 0)
	is.Equal(told, 3) // the Trace is told
	open, _, _ := d.counts()
	is.Equal(open, 1)
	is.NoErr(held.Close())
	balanced(is, s, 1, 1) // that of a call was not touched
	named(is, s, "http://0.test", "/y", nil)
	balanced(is, s, 2, 2)
}

// Whatever else goes on, Close leaves nothing, and nobody hangs. Each caller yields after
// a call. On one processor a caller and its server would else run alone for long, one
// origin after the other: two idle connections for three origins, so none is ever reused.
func TestSessionCloseInTheMiddle(t *testing.T) {
	n := echoing(t)
	for round := range 100 {
		is := is.New(t)
		d := newCensus(n)
		s := &zreq.Session{Driver: d, Retry: atOnce, Pool: zreq.PoolLimits{Open: 4, OpenPerOrigin: 2, Idle: 2}}
		reused := make(chan struct{}) // closed when a few calls have reused a connection
		var enough sync.Once
		var calls sync.WaitGroup
		for i := range 16 {
			calls.Go(func() {
				for k := 0; ; k++ {
					path := fmt.Sprintf("/%d-%d", i, k)
					resp, err := s.Get(context.Background(), fmt.Sprintf("http://%d.test", (i+k)%3)+path, &zreq.Args{Stream: k%3 == 0})
					if err == nil {
						var p []byte
						if p, err = resp.Content(); err == nil {
							is.Equal(string(p), path)
						}
					}
					if err != nil {
						is.True(errors.Is(err, zreq.ErrClosed)) // the one reason to fail
						return
					}
					if s.Stats().Reused > int64(round) {
						enough.Do(func() { close(reused) })
					}
					runtime.Gosched()
				}
			})
		}
		select {
		case <-reused:
		case <-time.After(time.Minute):
			t.Error("no connection is reused")
		}
		is.NoErr(s.Close())
		calls.Wait()
		balanced(is, s, 0, 0)
		open, _, _ := d.counts()
		is.Equal(open, 0)
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
	if zreqtest.RaceDetector || testing.Short() {
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

// With -race: the Trace is told of connections that the pool has closed while other calls
// use the same route.
func TestClosedIsToldBesideOtherCalls(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	n := memnet.New()
	serveEach(t, n, nil, func(path string) string {
		if path == "/slow" {
			time.Sleep(100 * time.Millisecond)
		}
		return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
	})
	s := &zreq.Session{Driver: hoarding(t, n), Pool: zreq.PoolLimits{IdleAge: 150 * time.Millisecond}}
	var slow atomic.Bool
	s.Trace = traceFunc(func(e zreq.Event) {
		if e.Call == 0 && slow.CompareAndSwap(true, false) {
			time.Sleep(time.Second)
		}
	})
	defer s.Close()
	// Three at once to one origin: three sockets. One is used again a little later.
	done := make(chan error, 4)
	for range 3 {
		go func() {
			_, err := s.Get(context.Background(), "http://a.test/slow", nil)
			done <- err
		}()
	}
	for range 3 {
		is.NoErr(<-done)
	}
	time.Sleep(80 * time.Millisecond)
	_, err := s.Get(context.Background(), "http://a.test/", nil)
	is.NoErr(err)
	time.Sleep(90 * time.Millisecond) // two are too old, one is not
	slow.Store(true)
	go func() {
		_, err := s.Get(context.Background(), "http://b.test/", nil) // tells of the two, slowly
		done <- err
	}()
	time.Sleep(400 * time.Millisecond) // by now the third is, too
	_, err = s.Get(context.Background(), "http://a.test/", nil)
	is.NoErr(err)
	is.NoErr(<-done)
}
