package zreq_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestDropHeadOutlivesItsBuffer: with DropHead the head of a Response is a view
// of the window. When a call that waits for its next attempt ends, it gives the window
// back, and the Response may look into it no more: with Into, the next call would write
// its head there.
func TestDropHeadOutlivesItsBuffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		n := memnet.New()
		serveEach(t, n, nil, func(path string) string {
			if path == "/busy" {
				return "HTTP/1.1 503 Busy\r\nRetry-After: 20\r\nX-A: mine\r\nContent-Length: 0\r\n\r\n"
			}
			return "HTTP/1.1 200 OK\r\nX-Secret: of-another-call\r\nContent-Length: 2\r\n\r\nhi"
		})
		s := &zreq.Session{Driver: hoarding(t, n)}
		defer s.Close()
		ctx, cancel := context.WithCancel(context.Background())
		go func() {
			time.Sleep(time.Second)
			cancel()
		}()
		resp, err := s.Get(ctx, "http://a.test/busy", &zreq.Args{DropHead: true})
		is.True(err != nil)
		is.True(resp != nil)
		is.Equal(resp.Header("X-A"), "") // DropHead: only in OnHead
		for range 20 {
			_, err := s.Get(context.Background(), "http://a.test/other", nil)
			is.NoErr(err)
		}
		for name, value := range resp.All() {
			t.Errorf("a field of what is not there: %s: %s", name, value)
		}
	})
}

// TestDropHeadInto: nor do two calls share a buffer by it.
func TestDropHeadInto(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		n := memnet.New()
		serveEach(t, n, nil, func(path string) string {
			if path == "/busy" {
				return "HTTP/1.1 503 Busy\r\nRetry-After: 20\r\nX-Pad: " + strings.Repeat("p", 3000) + "\r\nContent-Length: 0\r\n\r\n"
			}
			if path == "/head" {
				return "HTTP/1.1 200 OK\r\nX-Evil: " + strings.Repeat("E", 2000) + "\r\nContent-Length: 0\r\n\r\n"
			}
			return "HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n" + strings.Repeat("g", 3000)
		})
		s := &zreq.Session{Driver: hoarding(t, n)}
		defer s.Close()
		bad := 0
		for range 50 {
			ctx, cancel := context.WithCancel(context.Background())
			go func() {
				time.Sleep(time.Second)
				cancel()
			}()
			var into zreq.Response
			_, err := s.Get(ctx, "http://a.test/busy", &zreq.Args{DropHead: true, Into: &into})
			is.True(err != nil)
			var got []byte
			first := true
			_, err = s.Get(context.Background(), "http://a.test/good", &zreq.Args{StreamChunk: 512, StreamCallback: func(chunk []byte) error {
				if first { // the window holds what comes next
					first = false
					_, _ = s.Get(context.Background(), "http://a.test/head", &zreq.Args{Into: &into})
				}
				got = append(got, chunk...)
				return nil
			}})
			is.NoErr(err)
			if string(got) != strings.Repeat("g", 3000) {
				bad++
			}
		}
		is.Equal(bad, 0) // a call that was good has the bytes of another in its body
	})
}

// TestTracePanicsWhileAConnectionGoesBack: the Trace is told of an aged
// connection while a redirect gives its own back. If it panics, that has been given back,
// and is not once more.
func TestTracePanicsWhileAConnectionGoesBack(t *testing.T) {
	for name, first := range map[string]string{
		"redirect": "HTTP/1.1 302 Found\r\nLocation: http://b.test/\r\nContent-Length: 0\r\n\r\n",
		"retry":    "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				n := memnet.New()
				serveEach(t, n, nil, func(path string) string {
					if path == "/slow" {
						time.Sleep(20 * time.Second)
						return first
					}
					return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
				})
				s := &zreq.Session{Driver: hoarding(t, n), Pool: zreq.PoolLimits{IdleAge: time.Minute}}
				defer s.Close()
				_, err := s.Get(context.Background(), "http://third.test/", nil)
				is.NoErr(err)
				time.Sleep(50 * time.Second)
				armed := true
				s.Trace = &tracer{on: func(e zreq.Event) {
					if armed && e.Call == 0 {
						armed = false
						panic("trace")
					}
				}}
				is.True(!unharmed(func() { _, _ = s.Get(context.Background(), "http://a.test/slow", nil) }))
				s.Trace = nil
				st := s.Stats()
				t.Logf("%+v, sockets %d", st, n.Open())
				is.Equal(st.Open, n.Open())
				is.Equal(st.Open, st.Idle)
				_, err = s.Get(context.Background(), "http://a.test/", nil)
				is.NoErr(err)
				st = s.Stats()
				t.Logf("%+v, sockets %d", st, n.Open())
				is.Equal(st.Open, n.Open()) // one that the Session does not know, and will never close
				_ = s.Close()
				is.Equal(n.Open(), 0)
			})
		})
	}
}

// TestShelfRace (-race): a shelf that is emptied and filled in one step keeps its route
// as it is, for those that left it are still told of.
func TestShelfRace(t *testing.T) {
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

// serverProcess says, in the environment, that this process is a server.
const serverProcess = "ZREQ_TEST_SERVER"

// TestServerProcess is the server, where that is another process; else it is nothing.
func TestServerProcess(*testing.T) {
	if os.Getenv(serverProcess) == "" {
		return
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	go func() {
		answer := []byte(withLength("a body that the callback gets, and nobody keeps"))
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			go answerAlways(c, answer)
		}
	}()
	fmt.Println("listening", l.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test ends
	os.Exit(0)
}

// otherProcess is the address of a server in another process, so that what is measured
// in this one is the client's.
func otherProcess(t *testing.T) (address string) {
	t.Helper()
	server := exec.Command(os.Args[0], "-test.run=^TestServerProcess$")
	server.Env = append(os.Environ(), serverProcess+"=1")
	in, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = server.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "listening ")
	if err != nil || !ok {
		t.Fatalf("the server says %q: %v", line, err)
	}
	return address
}

// memory is what heap and stacks hold.
type memory struct{ heap, stack int64 }

func inUse() memory {
	heap := zreqtest.LiveHeap()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return memory{heap, int64(m.StackInuse)}
}

// since is how much more is in use than before. Stacks that are given back meanwhile were
// those of goroutines that had ended before: they do not make up for what is in use now.
func since(before memory) int64 {
	now := inUse()
	return now.heap - before.heap + max(0, now.stack-before.stack)
}

func TestSessionIdleHoldsAlmostNothing(t *testing.T) {
	t.Parallel() // it is another process that makes it
	weigh(t, keptBySession)
}

// bareOverTCP is what a connection costs that is held in a slice, and has carried a
// request and its answer by hand.
func bareOverTCP(t *testing.T, address string, size int) int64 {
	t.Helper()
	open := make([]net.Conn, size)
	answer := make([]byte, 4096)
	before := inUse()
	for i := range open {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(30 * time.Second))
		_, _ = io.WriteString(c, "GET /x HTTP/1.1\r\nHost: device.test\r\n\r\n")
		if _, err := c.Read(answer); err != nil {
			t.Fatal(err)
		}
		open[i] = c
	}
	each := since(before) / int64(size)
	for _, c := range open {
		_ = c.Close()
	}
	return each
}

// keptBySession is what one costs that is idle in a Session.
func keptBySession(t *testing.T, address string, size int) int64 {
	t.Helper()
	is := is.New(t)
	s := &zreq.Session{Driver: new(stdnet.Driver), Pool: zreq.PoolLimits{Open: -1, OpenPerOrigin: -1, Idle: size, IdlePerOrigin: size}}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	goroutines := runtime.NumGoroutine()
	responses := make([]*zreq.Response, size)
	before := inUse()
	for i := range responses {
		resp, err := s.Get(ctx, "http://"+address+"/x", &zreq.Args{Stream: true})
		is.NoErr(err)
		responses[i] = resp
	}
	for i, resp := range responses {
		is.NoErr(resp.Close())
		responses[i] = nil
	}
	is.True(settled(goroutines) <= goroutines) // it has no goroutine
	each := since(before) / int64(size)
	balanced(is, s, size, size)
	is.NoErr(s.Close())
	return each
}
