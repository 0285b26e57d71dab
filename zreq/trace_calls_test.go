package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
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
