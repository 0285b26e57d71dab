package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
)

// exits are how a Trace, or another callback, can leave a call.
var exits = map[string]func(){"panic": func() { panic("!") }, "Goexit": runtime.Goexit}

// A Trace that panics, or calls Goexit, costs the Session no slot and nobody his turn.
func TestSessionTraceFails(t *testing.T) {
	const a, b = "http://a.test", "http://b.test"
	for how, fail := range exits {
		t.Run(how+"/waiting", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				s := &zreq.Session{Driver: echoing(t), Pool: zreq.PoolLimits{Open: 1}}
				defer s.Close()
				held := holding(t, s, a+"/1")
				perishes(func() { _, _ = s.Get(context.Background(), a+"/2", &zreq.Args{Trace: onEvent(zreq.EventWait, fail)}) })
				is.Equal(s.Stats().Waiting, 0) // who is gone waits no more
				is.NoErr(held.Close())
				ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
				defer cancel()
				_, err := s.Get(ctx, a+"/3", nil)
				is.NoErr(err) // and holds no slot
				balanced(is, s, 1, 1)
			})
		})
		t.Run(how+"/evicting for a call", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				armed := false
				s := &zreq.Session{Driver: echoing(t), Pool: zreq.PoolLimits{Open: 1}}
				s.Trace = traceFunc(func(e zreq.Event) {
					if armed && e.Kind == zreq.EventClose {
						armed = false
						fail()
					}
				})
				defer s.Close()
				named(is, s, a, "/1", nil)
				armed = true
				perishes(func() { _, _ = s.Get(context.Background(), b+"/2", nil) })
				is.True(!armed)       // it was told of the eviction
				balanced(is, s, 0, 0) // the slot of the call that failed is free
				ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
				defer cancel()
				_, err := s.Get(ctx, b+"/3", nil)
				is.NoErr(err)
			})
		})
		t.Run(how+"/closing the Session", func(t *testing.T) {
			is := is.New(t)
			var armed atomic.Bool
			s := &zreq.Session{Driver: echoing(t), Pool: zreq.PoolLimits{OpenPerOrigin: 1}}
			s.Trace = traceFunc(func(e zreq.Event) {
				if e.Kind == zreq.EventClose && e.Call == 0 && armed.CompareAndSwap(true, false) {
					fail()
				}
			})
			named(is, s, a, "/1", nil)
			held := holding(t, s, b+"/2")
			waited := make(chan error, 1)
			go func() {
				_, err := s.Get(context.Background(), b+"/3", nil)
				waited <- err
			}()
			waitFor(t, "a call that waits", func() bool { return s.Stats().Waiting == 1 })
			armed.Store(true)
			perishes(func() { _ = s.Close() })
			is.True(!armed.Load()) // it was told of the idle one
			select {
			case err := <-waited:
				is.True(errors.Is(err, zreq.ErrClosed)) // who waits is told
			case <-time.After(5 * time.Second):
				t.Error("who waits is told nothing")
			}
			_ = held.Close()
		})
		for _, kind := range []zreq.EventKind{zreq.EventDial, zreq.EventDialled, zreq.EventTLS, zreq.EventSecured, zreq.EventConn, zreq.EventSentHead, zreq.EventHead, zreq.EventBody, zreq.EventDone} {
			t.Run(fmt.Sprint(how, "/", kind), func(t *testing.T) {
				is := is.New(t)
				d := newCensus(echoing(t))
				t.Cleanup(d.closeAll)
				s := &zreq.Session{Driver: d, TLS: &seal{}, Pool: zreq.PoolLimits{Open: 1}}
				defer s.Close()
				perishes(func() {
					_, _ = s.Get(context.Background(), "https://a.test/1", &zreq.Args{Trace: onEvent(kind, fail)})
				})
				stats := s.Stats()
				open, _, _ := d.counts()
				is.Equal(open, stats.Open)       // no socket is forgotten
				is.Equal(stats.Open, stats.Idle) // and no slot
				named(is, s, "https://a.test", "/2", nil)
			})
		}
	}
}

// onEvent is a Trace that does something at the first event of a kind.
func onEvent(kind zreq.EventKind, do func()) zreq.Trace {
	return traceFunc(func(e zreq.Event) {
		if e.Kind == kind {
			do()
		}
	})
}
