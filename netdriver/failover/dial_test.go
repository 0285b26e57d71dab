package failover_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/failover"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/proxy"
)

// A dial goes on after every error. What the error says decides whether the next dial
// still prefers the link.
func TestDialContinues(t *testing.T) {
	for name, tt := range map[string]struct {
		fault error
		next  string // the link of the next dial when the fault is over
	}{
		"none":            {nil, "cable"},
		"dead":            {errDead, "modem"},
		"hangs":           {errHangs, "modem"},
		"unreachable":     {syscall.ENETUNREACH, "modem"},
		"no nameserver":   {&net.DNSError{Err: "i/o timeout", IsTimeout: true}, "modem"},
		"refused":         {&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, "cable"},
		"refused, memory": {memnet.ErrRefused, "cable"},
		"no such name":    {&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}, "cable"},
		"not started":     {netdriver.ErrNotStarted, "cable"},
		"out of sockets":  {netdriver.ErrNoSocket, "cable"},
		"out of files":    {&net.OpError{Op: "dial", Err: syscall.EMFILE}, "cable"},
		"wrong address":   {&net.OpError{Op: "dial", Err: &net.AddrError{Err: "missing port"}}, "cable"},
		"a proxy refuses": {&proxy.Error{Reason: proxy.ErrRefused, Status: 403}, "cable"},
		"a proxy is cut":  {&proxy.Error{Reason: proxy.ErrRefused, Status: 502}, "modem"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.cable.fault = tt.fault
				want := "modem"
				if tt.fault == nil {
					want = "cable"
				}
				w.goes(want)
				w.cable.fault = nil
				w.goes(tt.next)
			})
		})
	}
}

// Every link has its share of the time: those that hang leave the others theirs.
func TestDialShares(t *testing.T) {
	for name, tt := range map[string]struct {
		limit  time.Duration
		faults [3]error
		began  [3]float64 // seconds
		ended  float64
	}{
		"all hang":            {9 * time.Second, [3]error{errHangs, errHangs, errHangs}, [3]float64{0, 3, 6}, 9},
		"the second hangs":    {9 * time.Second, [3]error{errDead, errHangs, errHangs}, [3]float64{0, 0, 4.5}, 9},
		"the last has it all": {9 * time.Second, [3]error{errDead, errDead, errHangs}, [3]float64{0, 0, 0}, 9},
		"a long limit":        {time.Hour, [3]error{errHangs, errHangs, errHangs}, [3]float64{0, 30, 60}, 3600},
		"no limit":            {0, [3]error{errHangs, errHangs, errDead}, [3]float64{0, 30, 60}, 60},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				ways := []*way{w.newWay(), w.newWay(), w.newWay()}
				var links []failover.Link
				for i, l := range ways {
					l.fault = tt.faults[i]
					links = append(links, failover.Link{Name: fmt.Sprint("link", i), Driver: l})
				}
				ctx := t.Context()
				if tt.limit > 0 {
					limited, cancel := context.WithTimeout(ctx, tt.limit)
					defer cancel()
					ctx = limited
				}
				_, err := dialOver(ctx, failoverOf(t, links...))
				w.is.True(err != nil)
				for i, l := range ways {
					w.is.Equal(l.began, []float64{tt.began[i]}) // each is tried once, in its time
				}
				w.is.Equal(time.Since(epoch).Seconds(), tt.ended)
			})
		})
	}
}

// A link that failed is tried first again after its backoff, by one dial, and less and
// less often.
func TestDialBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.cable.fault = errHangs
		for time.Since(epoch) < time.Hour {
			w.goes("modem")
			time.Sleep(time.Second)
		}
		began := w.cable.began
		longest := 10.0
		for i := range len(began) - 1 {
			gap := began[i+1] - began[i] - 5 // it takes five seconds to hang
			w.is.True(gap >= longest/2)      // at least half of the backoff
			w.is.True(gap <= longest+2)      // and at most all, as the dials come
			longest = min(2*longest, 300)
		}
		w.is.True(len(began) >= 14) // it is not given up

		w.cable.fault = nil
		time.Sleep(5 * time.Minute)
		w.goes("cable") // back, it is preferred again
		time.Sleep(10 * time.Minute)
		w.cable.fault = errHangs
		w.goes("modem")
		w.cable.fault = nil
		time.Sleep(10 * time.Second)
		w.goes("cable") // what was long ago does not count
	})
}

// While one dial finds out whether a link is back, the others do not wait for it.
func TestDialProbesOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.cable.fault = errHangs
		w.goes("modem")
		time.Sleep(10 * time.Second)
		done := make(chan string)
		go func() {
			link, _ := w.dial()
			done <- link
		}()
		synctest.Wait()
		probed := len(w.cable.began)
		w.is.Equal(probed, 2)
		for range 5 {
			w.goes("modem")
		}
		w.is.Equal(len(w.cable.began), probed)
		w.is.Equal(<-done, "modem")
	})
}

// A dial after the backoff that is answered, or that says nothing about the link, does not
// keep the next ones from it. One that its caller gave up may have hung: others try the link
// when it would have ended, since callers who never wait that long would all go to a dead link.
func TestDialProbesAgain(t *testing.T) {
	for name, fault := range map[string]error{"refused": syscall.ECONNREFUSED, "no socket": netdriver.ErrNoSocket, "given up": errHangs} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.d.Suspect("cable")
				time.Sleep(10 * time.Second)
				w.cable.fault = fault
				ctx, cancel := context.WithCancel(t.Context())
				if fault == errHangs {
					time.AfterFunc(time.Second, cancel)
				}
				_, err := dialOver(ctx, w.d)
				cancel()
				w.is.Equal(err != nil, fault == errHangs) // else the modem connects
				w.is.Equal(len(w.cable.began), 1)
				w.cable.fault = nil
				if fault == errHangs {
					w.goes("modem")
					time.Sleep(30 * time.Second)
				}
				w.goes("cable")
			})
		})
	}
}

// A link that is down is not dialled. Once it is up it is as good as new.
func TestDialLinker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.cable.fault = errDead
		w.goes("modem")
		w.cable.setUp(false)
		w.goes("modem")
		w.is.Equal(len(w.cable.began), 1) // in the first dial only
		w.cable.fault = nil
		w.cable.setUp(true)
		w.goes("cable") // no backoff is left
		w.cable.fault, w.cable.falls = errDead, true
		w.goes("modem") // it goes down while it is dialled
		w.cable.fault = nil
		w.cable.setUp(true)
		w.goes("cable") // and comes back before another dial
		w.modem.began = nil

		w.cable.setUp(false)
		w.modem.setUp(false)
		_, err := w.dial()
		w.is.True(errors.Is(err, failover.ErrNoLink))
		w.is.Equal(len(w.modem.began), 0) // nothing is dialled
		w.modem.setUp(true)
		w.modem.fault = errDead
		_, err = w.dial()
		w.is.True(errors.Is(err, errDead)) // a link that is up is dialled, whatever it did before
		w.is.True(!errors.Is(err, failover.ErrNoLink))
	})
}

// The origin may be at fault if no link can connect, and the caller if it gives up.
func TestDialBlamesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.cable.fault, w.modem.fault = errHangs, errDead
		_, err := w.dial()
		w.is.True(err != nil)
		w.cable.fault = nil
		w.goes("cable")

		w.cable.fault = errHangs
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(errors.New("stop")) })
		w.modem.fault = nil
		_, err = dialOver(ctx, w.d)
		w.is.True(errors.Is(err, context.Canceled))
		w.is.Equal(err.Error(), "no link can connect: cable: context canceled")
		w.is.Equal(len(w.modem.began), 1)            // it dials nothing more
		w.is.Equal(time.Since(epoch), 6*time.Second) // it ends at once: 5 s were those of the first dial
		w.cable.fault = nil
		w.goes("cable")
	})
}

// Links that all failed lately are tried all the same, the one whose backoff ends first
// before the others.
func TestDialAllInBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.d.Suspect("modem")
		time.Sleep(5 * time.Second) // the backoff of the modem ends before that of the cable
		w.d.Suspect("cable")
		w.cable.fault = errDead
		w.goes("modem")
		w.goes("modem")
		w.is.Equal(len(w.cable.began), 0) // the modem connects, and is preferred
		w.is.Equal(len(w.modem.began), 2)
		w.modem.fault = errDead
		_, err := w.dial()
		w.is.True(err != nil)
		w.is.Equal(len(w.cable.began), 1) // no link is left out
	})
}

// A driver that returns nothing does not end in a nil connection.
func TestDialNothing(t *testing.T) {
	is := is.New(t)
	d := failoverOf(t, failover.Link{Name: "a", Driver: nothing{}}, failover.Link{Name: "b", Driver: nothing{}})
	c, err := d.Dial(t.Context(), "tcp", site)
	is.True(c == nil)
	is.True(err != nil)
}

type nothing struct{}

func (nothing) Dial(context.Context, string, string) (netdriver.Conn, error) { return nil, nil }
