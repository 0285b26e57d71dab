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

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// told is what an event has to say beside its kind.
func told(e zreq.Event) string {
	s := e.Kind.String()
	add := func(when bool, v ...any) {
		if when {
			s += " " + fmt.Sprint(v...)
		}
	}
	is := func(kinds ...zreq.EventKind) bool {
		for _, k := range kinds {
			if k == e.Kind {
				return true
			}
		}
		return false
	}
	add(is(zreq.EventDial, zreq.EventDialled, zreq.EventTLS, zreq.EventSecured), e.Address)
	add(is(zreq.EventConn, zreq.EventDone) && e.Reused, "reused")
	add(is(zreq.EventConn) && e.Reused, e.Idle)
	add(is(zreq.EventHead, zreq.EventInformational), e.Status)
	add(is(zreq.EventRedirect), e.Method, " ", e.URL)
	add(is(zreq.EventRetry), "after ", e.Attempt)
	add(is(zreq.EventRetry) && e.Err == nil, e.Status)
	add(is(zreq.EventBody), e.Received)
	add(is(zreq.EventClose), uint8(e.Reason))
	add(is(zreq.EventDone), e.Attempt)
	add(e.Err != nil, "ERR")
	return s
}

// tracedCase is a call that is told, over these connections.
type tracedCase struct {
	scripts [][]zreqtest.Step
	args    zreq.Args
	method  string
	warm    int   // calls before it
	sent    int64 // bytes that the server does not note as a request
	want    string
}

func tracedCases() map[string]tracedCase {
	cut := []zreqtest.Step{zreqtest.Request(), zreqtest.Reset()}
	one := func(steps ...zreqtest.Step) [][]zreqtest.Step { return [][]zreqtest.Step{steps} }
	ok := byLength("hello")
	return map[string]tracedCase{
		"fresh": {scripts: one(answering(ok)...), want: "dial device.test:80|dialled device.test:80|conn|sent head|head 200|body 5|done 1"},
		"kept":  {scripts: one(answering(ok, ok)...), warm: 1, want: "conn reused 1m0s|sent head|head 200|body 5|done reused 1"},
		"close": {scripts: one(answering(ok)...), args: zreq.Args{Headers: zreq.Headers{{"Connection", "close"}}}, want: "dial device.test:80|dialled device.test:80|conn|sent head|head 200|body 5|close 1|done 1"},
		"died idle": {
			scripts: [][]zreqtest.Step{append(answering(ok), zreqtest.Close()), answering(ok)}, warm: 1,
			want: "stale ERR|dial device.test:80|dialled device.test:80|conn|sent head|head 200|body 5|done 1",
		},
		"died with it": {
			scripts: [][]zreqtest.Step{append(answering(ok), cut...), answering(ok)}, warm: 1,
			want: "conn reused 1m0s|sent head|stale ERR|dial device.test:80|dialled device.test:80|conn|sent head|head 200|body 5|done 1",
		},
		"redirect": {
			scripts: one(answering(moved(302, "/y?secret"), ok)...),
			want:    "dial device.test:80|dialled device.test:80|conn|sent head|head 302|redirect GET http://device.test/y|conn reused 0s|sent head|head 200|body 5|done reused 1",
		},
		"redirect elsewhere": {
			scripts: [][]zreqtest.Step{answering(moved(303, "//other.test/y")), answering(ok)}, method: "POST",
			want: "dial device.test:80|dialled device.test:80|conn|sent head|head 303|redirect GET http://other.test/y|dial other.test:80|dialled other.test:80|conn|sent head|head 200|body 5|done 1",
		},
		"a status": {
			scripts: one(answering(page(503, "busy"), ok)...), args: zreq.Args{Retry: zreq.Retry{Wait: -1}},
			want: "dial device.test:80|dialled device.test:80|conn|sent head|head 503|retry after 1 503|conn reused 0s|sent head|head 200|body 5|done reused 2",
		},
		"a reset": {
			scripts: [][]zreqtest.Step{cut, answering(ok)},
			want:    "dial device.test:80|dialled device.test:80|conn|sent head|retry after 1 ERR|close 11|dial device.test:80|dialled device.test:80|conn|sent head|head 200|body 5|done 2",
		},
		"refused": {
			scripts: [][]zreqtest.Step{{zreqtest.Refuse()}, {zreqtest.Refuse()}}, args: zreq.Args{Retry: zreq.Retry{Attempts: 2}},
			want: "dial device.test:80|dialled device.test:80 ERR|retry after 1 ERR|dial device.test:80|dialled device.test:80 ERR|done 2 ERR",
		},
		"out of retries": {
			scripts: one(answering(page(503, "busy"), page(502, "bad"))...), args: zreq.Args{Retry: zreq.Retry{Attempts: 2, Wait: -1}},
			want: "dial device.test:80|dialled device.test:80|conn|sent head|head 503|retry after 1 503|conn reused 0s|sent head|head 502|body 3|done reused 2 ERR",
		},
		"1xx": {
			scripts: one(zreqtest.Request(), zreqtest.Send("HTTP/1.1 100 X\r\n\r\nHTTP/1.1 103 X\r\nA: b\r\n\r\n"+ok)),
			want:    "dial device.test:80|dialled device.test:80|conn|sent head|informational 100|informational 103|head 200|body 5|done 1",
		},
		"a body": {
			scripts: one(answering(ok)...), method: "PUT", args: zreq.Args{Body: strings.NewReader(numbered(10_000))},
			want: "dial device.test:80|dialled device.test:80|conn|sent head|sent body|head 200|body 5|done 1",
		},
		"Expect": {
			scripts: one(zreqtest.Head(), zreqtest.Send(goOn), zreqtest.Read(5), zreqtest.Send(ok)), method: "PUT", sent: 5,
			args: zreq.Args{Body: strings.NewReader("hello"), Expect100: true},
			want: "dial device.test:80|dialled device.test:80|conn|sent head|informational 100|sent body|head 200|body 5|done 1",
		},
		"Expect, refused": {
			scripts: one(zreqtest.Head(), zreqtest.Send(page(413, "no"))), method: "PUT",
			args: zreq.Args{Body: strings.NewReader("hello"), Expect100: true},
			want: "dial device.test:80|dialled device.test:80|conn|sent head|head 413|body 2|close 8|done 1",
		},
		"a callback that refuses": {
			scripts: one(answering(ok)...), args: zreq.Args{StreamCallback: func([]byte) error { return errCancelled }},
			want: "dial device.test:80|dialled device.test:80|conn|sent head|head 200|body 5 ERR|close 9|done 1 ERR",
		},
		"half a head": {
			scripts: one(zreqtest.Request(), zreqtest.Send("HTTP/1.1 2"), zreqtest.Close()), args: zreq.Args{Retry: zreq.Retry{Attempts: 1}},
			want: "dial device.test:80|dialled device.test:80|conn|sent head|close 11|done 1 ERR",
		},
		"half a body": {
			scripts: one(zreqtest.Request(), zreqtest.Send(ok[:len(ok)-2]), zreqtest.Close()), args: zreq.Args{Retry: zreq.Retry{Attempts: 1}},
			want: "dial device.test:80|dialled device.test:80|conn|sent head|head 200|body 3 ERR|close 11|done 1 ERR",
		},
		"no HTTP": {
			scripts: one(zreqtest.Request(), zreqtest.Send("SSH\r\n\r\n")),
			want:    "dial device.test:80|dialled device.test:80|conn|sent head|close 11|done 1 ERR",
		},
		"ten bytes": {
			scripts: one(zreqtest.Fault(memnet.Faults{ResetWriteAfter: 10})), sent: 10, args: zreq.Args{Retry: zreq.Retry{Attempts: 1}},
			want: "dial device.test:80|dialled device.test:80|conn|close 8|done 1 ERR",
		},
		"not a method": {method: "G T", want: "done 1 ERR"},
	}
}

// TestTraceOrder: what is told of a call, and in which order.
func TestTraceOrder(t *testing.T) {
	for name, c := range tracedCases() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				if c.method == "" {
					c.method = "GET"
				}
				peer := zreqtest.NewPeer(t, c.scripts...)
				s := &zreq.Session{Driver: peer}
				defer s.Close()
				for range c.warm {
					_, err := s.Get(context.Background(), site, nil)
					is.NoErr(err)
					time.Sleep(time.Minute)
				}
				before := s.Stats()
				log := &tracer{}
				c.args.Trace = log
				_, err := s.Do(context.Background(), c.method, "http://u:hush@device.test/x?hush=1#hush", &c.args)
				var got []string
				for _, e := range log.all() {
					got = append(got, told(e))
				}
				is.Equal(strings.Join(got, "|"), c.want)
				for i, r := range peer.Requests() {
					if i >= c.warm {
						c.sent += int64(len(r))
					}
				}
				is.Equal(log.of(zreq.EventDone)[0].Sent, c.sent) // heads and bodies, to the byte
				truly(is, log, err)
				matches(is, s, before, log)
			})
		})
	}
}

// truly checks what holds for each event of one call.
func truly(is *is.I, log *tracer, err error) {
	is.Helper()
	all := log.all()
	last := all[len(all)-1]
	is.Equal(last.Kind, zreq.EventDone)
	is.Equal(log.count(zreq.EventDone), 1) // once, and last
	is.True(last.Err == err)               // the same value
	var whole time.Duration
	sent := int64(0)
	for i, e := range all {
		is.Equal(e.Call, last.Call)
		is.True(e.Call > 0)
		is.True(e.Attempt > 0)
		is.True(e.Sent >= sent) // counts only grow
		sent = e.Sent
		is.True(e.Elapsed >= 0)
		if i < len(all)-1 {
			whole += e.Elapsed
		}
		is.True(!strings.Contains(fmt.Sprintf("%+v", e), "hush"))    // no credentials and no query,
		is.True(!strings.Contains(fmt.Sprintf("%v", e.Err), "hush")) // also of errors
	}
	is.True(last.Elapsed >= whole) // of the whole call
	var e *zreq.Error
	if errors.As(err, &e) {
		is.Equal(last.Sent, e.Sent)
		is.Equal(last.Attempt, e.Attempt)
	}
}

// matches checks that the counts of a Session are those of the events.
func matches(is *is.I, s *zreq.Session, before zreq.Stats, log *tracer) {
	is.Helper()
	after := s.Stats()
	dialled, reused := int64(0), int64(0)
	for _, e := range log.of(zreq.EventDialled) {
		if e.Err == nil {
			dialled++
		}
	}
	for _, e := range log.of(zreq.EventConn) {
		if e.Reused {
			reused++
		}
	}
	is.Equal(after.Dialled-before.Dialled, dialled)
	is.Equal(after.Reused-before.Reused, reused)
	is.Equal(after.Stale-before.Stale, int64(log.count(zreq.EventStale)))
	is.Equal(after.Retried-before.Retried, int64(log.count(zreq.EventRetry)))
	is.Equal(after.Waited-before.Waited, int64(log.count(zreq.EventWait)))
}

// TestTraceBetweenLookAndWrite: a kept connection is looked at, then the Trace is
// told of it, then the request is written. What comes while the Trace writes its line
// (a log over a serial line takes 20 ms) is no answer.
func TestTraceBetweenLookAndWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		n := memnet.New()
		l, err := n.Listen("")
		is.NoErr(err)
		defer l.Close()
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					defer c.Close()
					p := make([]byte, 4096)
					for i := 0; ; i++ {
						k, err := c.Read(p)
						if err != nil {
							return
						}
						_, _ = io.WriteString(c, withLength(strings.Fields(string(p[:k]))[1]))
						if i == 0 {
							time.Sleep(time.Second + 10*time.Millisecond)
							_, _ = io.WriteString(c, withLength("EVIL"))
						}
					}
				}()
			}
		}()
		s := &zreq.Session{Driver: n}
		defer s.Close()
		named(is, s, "http://a.test", "/1", nil)
		time.Sleep(time.Second)
		named(is, s, "http://a.test", "/2", &zreq.Args{Trace: onEvent(zreq.EventConn, func() { time.Sleep(20 * time.Millisecond) })})
		is.NoErr(s.Close())
		time.Sleep(time.Minute) // the server is done, too
	})
}

// tracer notes events.
type tracer struct {
	mu     sync.Mutex
	events []zreq.Event
	on     func(e zreq.Event) // for each, with no lock held
}

func (l *tracer) Trace(e zreq.Event) {
	l.mu.Lock()
	l.events = append(l.events, e)
	l.mu.Unlock()
	if l.on != nil {
		l.on(e)
	}
}

// all are the events so far.
func (l *tracer) all() []zreq.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.events[:len(l.events):len(l.events)]
}

// of are those of a kind.
func (l *tracer) of(kind zreq.EventKind) (list []zreq.Event) {
	for _, e := range l.all() {
		if e.Kind == kind {
			list = append(list, e)
		}
	}
	return list
}

func (l *tracer) count(kind zreq.EventKind) int { return len(l.of(kind)) }

// kinds are the kinds of events, in their order.
func (l *tracer) kinds() (list []zreq.EventKind) {
	for _, e := range l.all() {
		list = append(list, e.Kind)
	}
	return list
}

// hoard is a driver that knows what it dialled, so that a test that finds a leak ends.
type hoard struct {
	netdriver.Driver
	mu    sync.Mutex
	conns []netdriver.Conn
}

func hoarding(t testing.TB, d netdriver.Driver) *hoard {
	h := &hoard{Driver: d}
	t.Cleanup(func() {
		for _, c := range h.conns {
			_ = c.Close()
		}
	})
	return h
}

func (h *hoard) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := h.Driver.Dial(ctx, network, address)
	if err == nil {
		h.mu.Lock()
		h.conns = append(h.conns, c)
		h.mu.Unlock()
	}
	return c, err
}

// A connection of the caller's that is closed before a wait for the next attempt is not closed
// again when the wait ends the call.
func TestTraceOfACloseBeforeAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := ends(t, "HTTP/1.1 503 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
		conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
		is.NoErr(err)
		defer conn.Close()
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		closed := 0
		s := &zreq.Session{Driver: peer, Trace: traceFunc(func(e zreq.Event) {
			switch e.Kind {
			case zreq.EventRetry:
				cancel()
			case zreq.EventClose:
				closed++
			}
		})}
		defer s.Close()
		_, err = s.Get(ctx, site, &zreq.Args{Connection: conn})
		is.True(errors.Is(err, context.Canceled))
		is.Equal(closed, 1)
	})
}
