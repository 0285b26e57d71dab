package zreq_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestTraceFieldsOfOneEvent: what an event does not have is not that of an earlier
// one.
func TestTraceFieldsOfOneEvent(t *testing.T) {
	log := &tracer{}
	informed := map[zreq.EventKind]int{}
	log.on = func(e zreq.Event) {
		for range e.All() {
			informed[e.Kind]++
		}
	}
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t,
			append(answering(byLength("first")), zreqtest.Request(), zreqtest.Send("HTTP/1.1 103 X\r\nLink: y\r\n\r\n"+page(503, "busy")), zreqtest.Close()),
			[]zreqtest.Step{zreqtest.Refuse()},
			answering(byLength("second")))
		s := &zreq.Session{Driver: peer}
		defer s.Close()
		_, err := s.Get(context.Background(), site, nil)
		is.NoErr(err)
		time.Sleep(time.Minute)
		s.Trace = log
		_, err = s.Get(context.Background(), site, nil)
		is.NoErr(err)
	})
	in := func(kind zreq.EventKind, kinds ...zreq.EventKind) bool { return slices.Contains(kinds, kind) }
	early := []zreq.EventKind{zreq.EventWait, zreq.EventStale, zreq.EventDial, zreq.EventDialled, zreq.EventConn, zreq.EventSentHead}
	for field, wrong := range map[string]func(e zreq.Event) bool{
		"Wait, but before a retry":               func(e zreq.Event) bool { return e.Wait != 0 && e.Kind != zreq.EventRetry },
		"Idle, but of what was kept":             func(e zreq.Event) bool { return e.Idle != 0 && !e.Reused },
		"All, but of a 1xx":                      func(e zreq.Event) bool { return informed[e.Kind] > 0 && e.Kind != zreq.EventInformational },
		"Reused, but nothing of it is used":      func(e zreq.Event) bool { return e.Reused && e.Attempt > 1 },
		"Status, but nothing of it was heard":    func(e zreq.Event) bool { return e.Status != 0 && e.Attempt > 1 && in(e.Kind, early...) },
		"both Err and Status of a retry":         func(e zreq.Event) bool { return e.Kind == zreq.EventRetry && (e.Err == nil) != (e.Status != 0) },
		"Conn, before there is one for this try": func(e zreq.Event) bool { return e.Conn != nil && in(e.Kind, early[:4]...) },
	} {
		t.Run(field, func(t *testing.T) {
			is := is.New(t)
			var list []string
			for _, e := range log.all() {
				if wrong(e) {
					list = append(list, e.Kind.String())
				}
			}
			is.Equal(list, []string(nil)) // which events have it
		})
	}
}

// TestTraceIdleOfASecondHop: after a redirect the connection has not been idle.
func TestTraceIdleOfASecondHop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, byLength("first"), moved(302, "/y"), byLength("second"))
		log := &tracer{}
		s := &zreq.Session{Driver: peer}
		defer s.Close()
		_, err := s.Get(context.Background(), site, nil)
		is.NoErr(err)
		time.Sleep(time.Minute)
		s.Trace = log
		_, err = s.Get(context.Background(), site, nil)
		is.NoErr(err)
		conns := log.of(zreq.EventConn)
		is.Equal(len(conns), 2)
		is.Equal(conns[0].Idle, time.Minute)
		is.Equal(conns[1].Idle, time.Duration(0)) // nobody had left it
	})
}

// TestTraceClosesWhatWasClosed: a connection that went back to the Session is not told
// as closed when another one cannot be had.
func TestTraceClosesWhatWasClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		n := memnet.New()
		serveEach(t, n, nil, func(string) string { return moved(302, "http://other.test/") })
		log := &tracer{}
		s := &zreq.Session{Driver: n, Trace: log, Retry: zreq.Retry{Attempts: -1}}
		defer s.Close()
		n.OnDial = func(_ int, address string) (memnet.Faults, error) {
			if address == "other.test:80" {
				return memnet.Faults{}, memnet.ErrRefused
			}
			return memnet.Faults{}, nil
		}
		_, err := s.Get(context.Background(), site, nil)
		is.True(errors.Is(err, zreq.ErrConnect))
		is.Equal(s.Stats().Idle, 1) // the first is kept,
		is.Equal(n.Open(), 1)
		is.Equal(log.count(zreq.EventClose), 0) // and there was no other
		is.True(log.of(zreq.EventDone)[0].Err == err)
	})
}

// TestTraceInformational: the fields of a 1xx are there while it is told, and of no
// other event.
func TestTraceInformational(t *testing.T) {
	is := is.New(t)
	var got []string
	log := &tracer{on: func(e zreq.Event) {
		for name, value := range e.All() {
			got = append(got, e.Kind.String()+" "+name+"="+value)
		}
	}}
	peer := answers(t, "HTTP/1.1 103 Early\r\nLink: </a>\r\nlink: </b>\r\n\r\nHTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 104 X\r\nA: 1\r\n\r\n"+byLength("hi"))
	_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Trace: log})
	is.NoErr(err)
	is.Equal(log.count(zreq.EventInformational), 3)
	is.Equal(got, []string{"informational Link=</a>", "informational link=</b>", "informational A=1"})
}

// TestAttemptOfAResponse: an error of a Response that is there already is of the
// attempt that brought it.
func TestAttemptOfAResponse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		s := &zreq.Session{Driver: answers(t, page(503, "busy"), page(404, "none"))}
		defer s.Close()
		resp, err := s.Get(context.Background(), site, nil)
		is.NoErr(err)
		is.Equal(failure(is, resp.Fit()).Attempt, 2)
		_, err = resp.WriteTo(writer(func([]byte) (int, error) { return 0, errCancelled }))
		is.Equal(failure(is, err).Attempt, 2)
	})
}

// TestSessionAllocatesNothing: a warm GET of a Session with a callback and a Response
// that is used again.
func TestSessionAllocatesNothing(t *testing.T) {
	is := is.New(t)
	is.Equal(warmGet(t)(nil), 0.0)
}
