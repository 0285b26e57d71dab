package spool_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/spool"
)

// watched is a driver whose link comes and goes.
type watched struct {
	netdriver.Driver
	up      bool
	changed chan bool
}

func (w *watched) Link() netdriver.Link { return netdriver.Link{Up: w.up} }

func (w *watched) Watch(ctx context.Context) func(yield func(netdriver.Link, error) bool) {
	return func(yield func(netdriver.Link, error) bool) {
		for yield(w.Link(), nil) {
			select {
			case w.up = <-w.changed:
			case <-ctx.Done():
				yield(netdriver.Link{}, context.Cause(ctx))
				return
			}
		}
	}
}

// testNoLink: without a connection nothing is passed over, and no try is used up. A link
// that comes up ends the wait.
func testNoLink(t *testing.T) {
	on(t, spool.Args{Tries: 1}, taken, func(b *bench) {
		b.server.refuse = 7
		b.record("1", "2")
		b.is.NoErr(b.Drain(b.t.Context()))
		b.is.Equal(b.paths(), strings.Fields("1 2"))
		b.is.Equal(len(b.events), 7+2)
		b.is.True(b.elapsed() > time.Second && b.elapsed() < 127*time.Second) // 1 + 2 + 4 … + 60
	})
	w := &watched{up: true} // as it was, so that it is not to blame
	on(t, spool.Args{Link: w, Wait: time.Hour, MaxWait: time.Hour}, taken, func(b *bench) {
		w.changed = make(chan bool)
		b.server.refuse = 1
		b.record("clip")
		b.is.NoErr(b.Drain(b.t.Context()))
		b.is.True(b.elapsed() > 0)
	})
	w = &watched{}
	never := &watched{}
	on(t, spool.Args{Link: w, Upload: upload.Args{Driver: never}, Wait: time.Hour, MaxWait: time.Hour}, taken, func(b *bench) {
		w.changed, never.Driver = make(chan bool), b.server
		b.server.refuse = 1
		b.record("clip")
		ended := make(chan error, 1)
		go func() { ended <- b.Drain(b.t.Context()) }()
		synctest.Wait()
		b.is.Equal(b.events, []string{"clip no link"})
		w.changed <- true
		b.is.NoErr(<-ended)
		b.is.Equal(b.elapsed(), time.Duration(0))
	})
	w = &watched{up: true}
	on(t, spool.Args{Link: w, Wait: time.Hour, MaxWait: time.Hour}, taken, func(b *bench) {
		w.changed = make(chan bool)
		b.server.refuse = 1
		b.record("clip")
		ended := make(chan error, 1)
		go func() { ended <- b.Drain(b.t.Context()) }()
		synctest.Wait()
		w.changed <- false
		synctest.Wait()
		b.is.Equal(len(b.paths()), 0) // it goes down, which ends no wait
		w.changed <- true
		b.is.NoErr(<-ended)
		b.is.Equal(b.elapsed(), time.Duration(0))
	})
	w = &watched{} // the link of the driver, if no other is given
	on(t, spool.Args{Upload: upload.Args{Driver: w}, Wait: time.Hour, MaxWait: time.Hour}, taken, func(b *bench) {
		w.changed, w.Driver = make(chan bool), b.server
		b.server.refuse = 1
		b.record("clip")
		ended := make(chan error, 1)
		go func() { ended <- b.Drain(b.t.Context()) }()
		synctest.Wait()
		w.changed <- true
		b.is.NoErr(<-ended)
		b.is.Equal(b.elapsed(), time.Duration(0))
	})
}

// TestStopsInAWait: the end of the context ends a wait, and nothing is sent after it.
func TestStopsInAWait(t *testing.T) {
	for name, refuse := range map[string]int{"for a link": 1, "for another try": 0} {
		t.Run(name, func(t *testing.T) {
			attempts := 0
			args := spool.Args{Wait: time.Hour, MaxWait: time.Hour, URL: func(spool.File, *upload.Args) string {
				attempts++
				return site
			}}
			on(t, args, func(arrival) string { return status(503) }, func(b *bench) {
				b.server.refuse = refuse
				b.record("clip", "another")
				ctx, stop := context.WithTimeout(b.t.Context(), time.Second)
				defer stop()
				b.is.Equal(b.Drain(ctx), context.DeadlineExceeded)
				b.is.Equal(attempts, 1)
			})
		})
	}
}
