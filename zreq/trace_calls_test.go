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

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testTraceOfFailures: however a call fails, by a verb or a Session, its last event
// has the error, and no event has a secret.
func testTraceOfFailures(t *testing.T) {
	for name, m := range mishaps() {
		for _, session := range []bool{false, true} {
			t.Run(fmt.Sprint(name, session), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					m := m
					peer := zreqtest.NewPeer(t, [][]zreqtest.Step{m.peer}[:min(1, len(m.peer))]...)
					if m.args.Driver == nil {
						m.args.Driver = peer
					}
					if m.url == "" {
						m.url = "http://user:hush@device.test:8080/a/b?hush=1#hush"
					}
					log := &tracer{}
					m.args.Trace, m.args.Params = log, form.Values{{"key", "hush"}}
					s := &zreq.Session{}
					defer s.Close()
					call := zreq.Post
					if session {
						call = s.Post
					}
					resp, err := call(context.Background(), m.url, &m.args)
					is.True(err != nil)
					truly(is, log, err)
					if session {
						matches(is, s, zreq.Stats{}, log)
					}
					if resp != nil {
						is.NoErr(resp.Connection.Close())
					}
					is.NoErr(s.Close())
					is.Equal(peer.Open(), 0)
				})
			})
		}
	}
}

// testTraceOfARedirectTellsNoSecrets: neither where a Location leads nor why it does
// not quotes more than a path.
func testTraceOfARedirectTellsNoSecrets(t *testing.T) {
	for _, location := range []string{"/y?hush=1", "//other.test/y?hush#hush", "http://hush:hush@other.test/", "ftp://hush/", "http://hush:99999/"} {
		is := is.New(t)
		log := &tracer{}
		peer := zreqtest.NewPeer(t, answering(moved(302, location), noContent), answering(noContent))
		s := &zreq.Session{Driver: peer, Trace: log}
		_, err := s.Get(context.Background(), site, nil)
		truly(is, log, err)
		is.NoErr(s.Close())
	}
}

// TestTraceOfATurn: a call that waits for a connection says so.
func TestTraceOfATurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		n := memnet.New()
		serveEach(t, n, nil, tracedAnswer)
		s := &zreq.Session{Driver: n, Pool: zreq.PoolLimits{OpenPerOrigin: 1}}
		defer s.Close()
		holder, err := s.Get(context.Background(), site, &zreq.Args{Stream: true})
		is.NoErr(err)
		before, log := s.Stats(), &tracer{}
		var waiting sync.WaitGroup
		waiting.Go(func() {
			_, err = s.Get(context.Background(), site, &zreq.Args{Trace: log})
		})
		synctest.Wait()
		is.Equal(log.kinds(), []zreq.EventKind{zreq.EventWait}) // told as it happens
		is.Equal(s.Stats().Waiting, 1)
		time.Sleep(5 * time.Second)
		is.NoErr(holder.Close())
		waiting.Wait()
		is.NoErr(err)
		is.Equal(log.kinds(), []zreq.EventKind{zreq.EventWait, zreq.EventConn, zreq.EventSentHead, zreq.EventHead, zreq.EventBody, zreq.EventDone})
		is.Equal(log.of(zreq.EventConn)[0].Elapsed, 5*time.Second)
		is.Equal(log.of(zreq.EventDone)[0].Elapsed, 5*time.Second)
		truly(is, log, nil)
		matches(is, s, before, log)
	})
}

// TestTraceOfAStream: with Stream a call is over when its body is.
func TestTraceOfAStream(t *testing.T) {
	for name, tt := range map[string]struct {
		take     func(r *zreq.Response) error
		answer   string
		received int64
		closes   bool
	}{
		"read":         {func(r *zreq.Response) error { _, err := io.ReadAll(r); return err }, byLength(numbered(9000)), 9000, false},
		"content":      {func(r *zreq.Response) error { _, err := r.Content(); return err }, byLength(numbered(9000)), 9000, false},
		"closed":       {func(r *zreq.Response) error { return r.Close() }, goodHead + tenBytes, 0, true},
		"closed twice": {func(r *zreq.Response) error { _ = r.Close(); return r.Close() }, goodHead + tenBytes, 0, true},
		"closed late":  {func(r *zreq.Response) error { _, _ = io.ReadAll(r); return r.Close() }, byLength("hello"), 5, false},
		"empty":        {func(r *zreq.Response) error { _, err := io.ReadAll(r); return err }, noContent, 0, false},
		"cut":          {func(r *zreq.Response) error { _, err := io.ReadAll(r); return err }, byLength("hello")[:40], 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				script := answering(tt.answer)
				if name == "cut" {
					script = append(script, zreqtest.Close())
				}
				peer := zreqtest.NewPeer(t, script)
				log := &tracer{}
				s := &zreq.Session{Driver: peer, Trace: log}
				defer s.Close()
				resp, err := s.Get(context.Background(), site, &zreq.Args{Stream: true})
				is.NoErr(err)
				if name != "empty" {
					is.Equal(log.count(zreq.EventDone), 0) // not yet
				}
				synctest.Wait()
				time.Sleep(time.Minute / 2)
				err = tt.take(resp)
				truly(is, log, err)
				is.Equal(log.count(zreq.EventBody), 1)
				is.Equal(log.of(zreq.EventBody)[0].Received, tt.received)
				is.Equal(log.count(zreq.EventClose) == 1, tt.closes)
				if name != "empty" {
					is.Equal(log.of(zreq.EventDone)[0].Elapsed, time.Minute/2)
				}
				is.Equal(s.Stats().Idle == 0, tt.closes)
			})
		})
	}
}

// TestTraceOfConnect: it is told as a call of its own.
func TestTraceOfConnect(t *testing.T) {
	for name, tt := range map[string]struct {
		url  string
		peer []zreqtest.Step
		want []zreq.EventKind
	}{
		"fine":    {"http://u:hush@device.test/hush?hush", []zreqtest.Step{zreqtest.Hold()}, []zreq.EventKind{zreq.EventDial, zreq.EventDialled, zreq.EventDone}},
		"refused": {"http://device.test", []zreqtest.Step{zreqtest.Refuse()}, []zreq.EventKind{zreq.EventDial, zreq.EventDialled, zreq.EventDone}},
		"no URL":  {"hush", []zreqtest.Step{zreqtest.Refuse()}, []zreq.EventKind{zreq.EventDone}},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			log := &tracer{}
			conn, err := zreq.Connect(context.Background(), tt.url, &zreq.Args{Driver: zreqtest.NewPeer(t, tt.peer), Trace: log})
			is.Equal(err == nil, name == "fine")
			is.Equal(log.kinds(), tt.want)
			is.True(log.of(zreq.EventDone)[0].Err == err)
			is.Equal(log.of(zreq.EventDone)[0].Method, "connect")
			for _, e := range log.all() {
				is.True(!strings.Contains(e.Address, "hush") && !strings.Contains(e.URL, "u:"))
			}
			is.NoErr(conn.Close())
		})
	}
}

// TestTraceOfTLS: the handshake is told apart from the dial.
func TestTraceOfTLS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		n := memnet.New()
		setting, over := newTLS(t, "device.test")
		serveEach(t, n, over, tracedAnswer)
		for _, host := range []string{"device.test", "other.test"} {
			log := &tracer{}
			s := &zreq.Session{Driver: n, TLS: setting, Trace: log, Retry: zreq.Retry{Attempts: -1}}
			_, err := s.Get(context.Background(), "https://"+host+"/", nil)
			truly(is, log, err)
			is.Equal(log.kinds()[:4], []zreq.EventKind{zreq.EventDial, zreq.EventDialled, zreq.EventTLS, zreq.EventSecured})
			secured := log.of(zreq.EventSecured)[0]
			is.Equal(secured.Err == nil, host == "device.test")
			is.Equal(secured.Address, host+":443")
			is.Equal(log.count(zreq.EventConn) == 1, host == "device.test")
			is.NoErr(s.Close())
		}
	})
}

// TestTraceOfIdleConnections: what the pool closes is told as of no call, once for
// each.
func TestTraceOfIdleConnections(t *testing.T) {
	for name, tt := range map[string]struct {
		do   func(s *zreq.Session) error
		want zreq.CloseReason
	}{
		"aged": {func(s *zreq.Session) error {
			time.Sleep(time.Hour)
			_, err := s.Get(context.Background(), site, &zreq.Args{Trace: &tracer{}})
			return err
		}, zreq.CloseAged},
		"evicted": {func(s *zreq.Session) error {
			_, err := s.Get(context.Background(), "http://other.test/", &zreq.Args{Trace: &tracer{}})
			return err
		}, zreq.CloseEvicted},
		"close idle": {func(s *zreq.Session) error { s.CloseIdle(); return nil }, zreq.CloseByCaller},
		"close":      {func(s *zreq.Session) error { return errors.Join(s.Close(), s.Close()) }, zreq.CloseByCaller},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				n := memnet.New()
				serveEach(t, n, nil, tracedAnswer)
				log := &tracer{}
				s := &zreq.Session{Driver: n, Pool: zreq.PoolLimits{Open: 1}}
				defer s.Close()
				_, err := s.Get(context.Background(), site, nil)
				is.NoErr(err)
				s.Trace = log
				is.NoErr(tt.do(s))
				is.Equal(len(log.all()), 1)
				e := log.all()[0]
				is.Equal(e.Kind, zreq.EventClose)
				is.Equal(e.Call, uint64(0))
				is.Equal(e.Reason, tt.want)
				is.Equal(e.Address, "device.test:80")
				is.Equal(e.URL, "http://device.test")
			})
		})
	}
}

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
