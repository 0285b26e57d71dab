package zreq_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"go.uber.org/goleak"
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
