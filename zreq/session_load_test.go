package zreq_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"go.uber.org/goleak"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// A fickleServer answers the first request on each connection, and closes it at any
// moment after that: behind the answer, while it is idle, or when the next request
// has just come; in peace or by a reset.
type fickleServer struct {
	listener net.Listener
	serving  sync.WaitGroup
	seen     requestsSeen
	closed   [4]atomic.Int64 // by way
}

func newFickleServer(t testing.TB) *fickleServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &fickleServer{listener: l}
	s.serving.Go(func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			s.serving.Go(func() { s.serve(c.(*net.TCPConn)) })
		}
	})
	return s
}

func (s *fickleServer) close() {
	_ = s.listener.Close()
	s.serving.Wait()
}

func (s *fickleServer) serve(c *net.TCPConn) {
	defer c.Close()
	in := bufio.NewReader(c)
	for first := true; ; first = false {
		r, err := readRequest(in)
		if err != nil {
			if e, ok := err.(net.Error); ok && e.Timeout() {
				s.end(c, 1)
			}
			return
		}
		s.seen.note(&r)
		if !first && rand.IntN(8) == 0 {
			s.end(c, 2) // it has been heard, and nobody will know
			return
		}
		if _, err := io.WriteString(c, withLength(r.method+" "+r.path)); err != nil {
			return
		}
		switch rand.IntN(8) {
		case 0:
			s.end(c, 3)
			return
		case 1, 2: // not for long
			_ = c.SetReadDeadline(time.Now().Add(time.Duration(rand.IntN(3000)) * time.Microsecond))
		default:
			_ = c.SetReadDeadline(time.Time{})
		}
	}
}

// end closes in peace or by a reset.
func (s *fickleServer) end(c *net.TCPConn, way int) {
	s.closed[way].Add(1)
	if rand.IntN(2) == 0 {
		s.closed[0].Add(1)
		_ = c.SetLinger(0)
	}
}

// Many calls at once to a server that closes idle connections at random: none that may
// be repeated fails, none that may not is seen twice, and nothing is left.
func testSessionLoad(t *testing.T) {
	calls, callers := 10_000, 64
	if testing.Short() {
		calls = 2000
	}
	before := goleak.IgnoreCurrent()
	is := is.New(t)
	server := newFickleServer(t)
	d := newCensus(new(stdnet.Driver))
	var sent, stale, next atomic.Int64
	s := &zreq.Session{
		Driver: d,
		Pool:   zreq.PoolLimits{OpenPerOrigin: 24, IdlePerOrigin: 16},
		Trace:  onEvent(zreq.EventSentHead, func() { sent.Add(1) }),
	}
	began := time.Now()
	var working sync.WaitGroup
	for range callers {
		working.Go(func() {
			for i := next.Add(1); i <= int64(calls); i = next.Add(1) {
				if err := oneOfMany(s, server, i); errors.Is(err, zreq.ErrStale) {
					stale.Add(1)
				} else if err != nil {
					t.Error(err)
				}
			}
		})
	}
	working.Wait()
	stats := s.Stats()
	t.Logf("%v: %+v; %d requests went out, %d POST were stale", time.Since(began).Round(time.Millisecond), stats, sent.Load(), stale.Load())
	t.Logf("the server closed %d idle, %d with a request, %d behind an answer; %d by a reset", server.closed[1].Load(), server.closed[2].Load(), server.closed[3].Load(), server.closed[0].Load())
	open, most, dials := d.counts()
	is.Equal(stats.Open, stats.Idle) // no slot is lost
	is.Equal(open, stats.Open)       // and no socket
	is.True(most <= 24)
	is.Equal(stats.Waiting, 0)
	is.Equal(stats.Dialled, int64(dials))
	is.Equal(stats.Retried, int64(0))                 // to replace a dead connection is no retry
	is.Equal(stats.Dialled+stats.Reused, sent.Load()) // each went over one
	is.True(stats.Stale > 0 && stale.Load() > 0)      // there was something to survive
	is.True(stats.Reused > int64(calls)/4)            // and much was reused
	is.True(sent.Load()-int64(calls) <= stats.Stale)  // nothing was sent again for another reason
	is.True(server.seen.most() <= 2)                  // replaced once in a call
	is.NoErr(s.Close())
	balanced(is, s, 0, 0)
	open, _, _ = d.counts()
	is.Equal(open, 0)
	server.close() // each of its connections has ended
	runtime.GC()
	is.NoErr(goleak.Find(before))
}

// oneOfMany makes a call, and checks that the answer is its own.
func oneOfMany(s *zreq.Session, server *fickleServer, i int64) error {
	method, args := "GET", &zreq.Args{}
	switch i % 4 {
	case 1:
		method, args.Body = "POST", strings.NewReader("body")
	case 2:
		method, args.Body = "POST", &again{text: "body"}
	}
	path := fmt.Sprintf("/%d", i)
	var got []byte
	if i%3 == 0 {
		args.StreamCallback = func(p []byte) error { got = append(got, p...); return nil }
	}
	resp, err := s.Do(context.Background(), method, "http://"+server.listener.Addr().String()+path, args)
	if err == nil && i%3 != 0 {
		got, err = resp.Content()
	}
	times := server.seen.count(method + " " + path)
	switch {
	case err == nil && string(got) != method+" "+path:
		return fmt.Errorf("%s %s was answered by %q", method, path, got)
	case method == "POST" && times > 1:
		return fmt.Errorf("%s was seen %d times", path, times)
	case err == nil && times == 0:
		return fmt.Errorf("%s was answered and never seen", path)
	case err != nil && method != "POST":
		return fmt.Errorf("what may be repeated has failed: %v", err) // not wrapped
	}
	return err
}

// SetDeadline can fail as everything else. That of a cancelled context, in the past,
// comes from another goroutine and is asked nothing.
func (c *trippedConn) SetDeadline(t time.Time) error {
	if t.Equal(time.Unix(1, 0)) {
		return c.Conn.SetDeadline(t)
	}
	return c.deadline(t, c.Conn.SetDeadline)
}

// repeats are the verbs, and whether a request of that method may reach the server
// twice (RFC 9110, 9.2.2).
var repeats = map[string]bool{
	"GET": true, "HEAD": true, "PUT": true, "DELETE": true, "OPTIONS": true, "POST": false, "PATCH": false,
}

// An ordeal is a call of a Session of which one operation fails.
type ordeal struct {
	method  string
	manner  string // of tortures
	failure error
	after   bool // the operation is done, and yet fails
	kept    bool
	retries bool
}

func (o ordeal) String() string {
	how := map[bool]string{false: "instead", true: "beside"}[o.after]
	return fmt.Sprintf("%s/%s/%v %s/kept %v/retries %v", o.method, o.manner, o.failure, how, o.kept, o.retries)
}

// ordeals are all but those of verbs that only by name differ from another, of which the
// body that comes whole says as much; or, where time is dear, those of two verbs.
func ordeals() (list []ordeal) {
	for method := range repeats {
		for manner := range tortures {
			if (zreqtest.RaceDetector || testing.Short()) && method != "POST" && method != "GET" {
				continue
			}
			if manner != "whole" && (method == "DELETE" || method == "OPTIONS" || method == "PATCH") {
				continue
			}
			for i := range 16 {
				o := ordeal{method, manner, errBroken, i&1 != 0, i&2 != 0, i&4 != 0}
				if i&8 != 0 {
					o.failure = os.ErrDeadlineExceeded
				}
				if zreqtest.RaceDetector && manner != "whole" && !(o.kept && o.retries && o.failure == errBroken) {
					continue
				}
				list = append(list, o)
			}
		}
	}
	return list
}

// Whatever fails, a call of a Session ends well or with a typed error, and leaves the
// pool as it should be. What may be sent again is, if retries are on, and nothing else.
func testSessionFailureOfEachOperation(t *testing.T) {
	for _, o := range ordeals() {
		t.Run(o.String(), func(t *testing.T) {
			t.Parallel()
			for k, reached := 1, true; reached; k = following(k, o.manner) {
				synctest.Test(t, func(t *testing.T) { reached = o.failAt(t, k) })
				if t.Failed() {
					t.Fatalf("operation %d", k)
				}
			}
		})
	}
}

// failAt fails the k-th operation and reports whether there are so many.
func (o ordeal) failAt(t *testing.T, k int) (reached bool) {
	is := is.New(t)
	torture := tortures[o.manner]
	n := memnet.New()
	n.OnDial = func(int, string) (memnet.Faults, error) { return torture.faults, nil }
	seen := serveRequests(t, n, func(r *seenRequest) string {
		answer := withLength(bodyOf(r.path, torture.body))
		if r.method == "HEAD" {
			head, _, _ := strings.Cut(answer, "\r\n\r\n")
			answer = head + "\r\n\r\n"
		}
		return answer
	})
	wire := newTripwire(n)
	s := &zreq.Session{Driver: wire, Retry: zreq.Retry{Wait: -1, Attempts: 1}, Pool: zreq.PoolLimits{OpenPerOrigin: 1}}
	if o.retries {
		s.Retry.Attempts = 3
	}
	if o.kept {
		o.call(is, s, "/warm", torture.body)
	}
	ops := 0
	trip := func(string) error {
		if ops++; ops == k {
			reached = true
			return o.failure
		}
		return nil
	}
	if o.after {
		wire.after = trip
	} else {
		wire.before = trip
	}
	err := o.call(is, s, "/first", torture.body)
	wire.disarm()
	times := seen.count(o.method + " /first")
	if !repeats[o.method] {
		is.True(times <= 1) // never twice
	}
	if err != nil {
		is.True(errors.Is(err, o.failure))                // the driver's own is kept
		is.True(!zreq.SafeToRetry(err) || times == 0)     // and safe is safe
		is.True(!o.retries || !repeats[o.method])         // one failure ends no call that may be repeated
		is.True(!errors.Is(err, zreq.ErrOutOfRetries))    // of which there were enough
		is.True(failure(is, err).Phase >= zreq.PhaseDial) // it says where
	}
	stats := s.Stats()
	is.Equal(stats.Open, stats.Idle)
	is.Equal(n.Open(), stats.Open) // no socket is forgotten
	is.NoErr(o.call(is, s, "/second", torture.body))
	is.NoErr(s.Close())
	is.Equal(n.Open(), 0)
	return reached
}

// call makes a call and checks its answer.
func (o ordeal) call(is *is.I, s *zreq.Session, path string, size int) error {
	args := &zreq.Args{Timeouts: zreq.Timeouts{Head: time.Hour, Body: time.Hour}}
	if o.method == "POST" || o.method == "PUT" {
		args.Body = &again{text: numbered(size)}
	}
	resp, err := s.Do(context.Background(), o.method, "http://device.test"+path, args)
	if err == nil {
		want := bodyOf(path, size)
		if o.method == "HEAD" {
			want = ""
		}
		is.Equal(content(is, resp), want) // success is the whole of the right one
		is.True(resp.Complete())
	}
	return err
}

// One operation of a handshake, or of a callback's body, may fail as well.
func testSessionFailureOfEachOperationOfTLS(t *testing.T) {
	for _, callback := range []bool{false, true} {
		t.Run(fmt.Sprint("callback ", callback), func(t *testing.T) {
			for k, reached := 1, true; reached; k++ {
				synctest.Test(t, func(t *testing.T) { reached = failSecure(t, k, callback) })
				if t.Failed() {
					t.Fatalf("operation %d", k)
				}
			}
		})
	}
}

func failSecure(t *testing.T, k int, callback bool) (reached bool) {
	is := is.New(t)
	n := memnet.New()
	secure, over := newTLS(t, "device.test")
	serveEach(t, n, func(c *memnet.Conn) io.ReadWriteCloser { return over(c) }, func(path string) string { return withLength(bodyOf(path, 9000)) })
	wire := newTripwire(n)
	s := &zreq.Session{Driver: wire, TLS: secure, Retry: atOnce, Pool: zreq.PoolLimits{Open: 1}}
	ops := 0
	wire.before = func(string) error {
		if ops++; ops == k {
			reached = true
			return errBroken
		}
		return nil
	}
	var got []byte
	args := &zreq.Args{}
	if callback {
		args.StreamCallback = func(p []byte) error { got = append(got, p...); return nil }
	}
	resp, err := s.Get(context.Background(), "https://device.test/first", args)
	wire.disarm()
	if !callback {
		is.NoErr(err) // there is another attempt
		got, _ = resp.Content()
	}
	if err != nil {
		is.True(len(got) > 0) // but for what a callback has seen
		is.True(errors.Is(err, errBroken))
	}
	is.Equal(string(got), bodyOf("/first", 9000)[:len(got)])
	is.True(err != nil || len(got) == 9000)
	stats := s.Stats()
	is.Equal(stats.Open, stats.Idle)
	is.Equal(n.Open(), stats.Open)
	is.NoErr(s.Close())
	is.Equal(n.Open(), 0)
	return reached
}
