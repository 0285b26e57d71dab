package zreq_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"go.uber.org/goleak"

	_ "github.com/zreq-go/zreq/form/stdjson" // for Response.JSON
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testLeak breaks a call at every byte that is written and read, in every way,
// and counts what is left: no socket, no goroutine, no claim.
func testLeak(t *testing.T) {
	wire := "HTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6;x=y\r\nhello,\r\n1\r\n!\r\n0\r\nD: e\r\n\r\n"
	before := goleak.IgnoreCurrent()
	for how, faults := range map[string]func(n int64) memnet.Faults{
		"reset while reading": func(n int64) memnet.Faults { return memnet.Faults{ResetReadAfter: n} },
		"reset while writing": func(n int64) memnet.Faults { return memnet.Faults{ResetWriteAfter: n} },
		"end while reading":   func(n int64) memnet.Faults { return memnet.Faults{EOFAfter: n} },
		"end with the data":   func(n int64) memnet.Faults { return memnet.Faults{EOFAfter: n, EOFWithData: true} },
		"silence":             func(n int64) memnet.Faults { return memnet.Faults{StallReadAfter: n} },
		"no room":             func(n int64) memnet.Faults { return memnet.Faults{StallWriteAfter: n} },
	} {
		t.Run(how, func(t *testing.T) {
			failed := 0
			for n := int64(-1); n <= int64(len(wire)); n++ {
				synctest.Test(t, func(t *testing.T) {
					if leaks(t, faults(n), wire) {
						failed++
					}
				})
			}
			is := is.New(t)
			is.True(failed > 50) // there was something to leak
		})
	}
	is := is.New(t)
	runtime.GC()
	is.NoErr(goleak.Find(before)) // no goroutine is left
}

func leaks(t *testing.T, faults memnet.Faults, wire string) (failed bool) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, append([]zreqtest.Step{zreqtest.Fault(faults)}, answering(wire)...), answering(byLength("again")))
	conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
	is.NoErr(err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	s := new(sink)
	resp, err := zreq.Get(ctx, site, &zreq.Args{Connection: conn, StreamCallback: s.take, StreamChunk: 4})
	if err == nil {
		is.True(resp.Complete())
		want := "hello,!"
		if conn.Dials() == 2 {
			want = "again" // it was dead before the first byte
		}
		is.Equal(string(s.body), want) // whole, or an error
		is.NoErr(conn.Close())
		is.Equal(peer.Open(), 0)
		return false
	}
	e := failure(is, err)
	is.Equal(peer.Open(), 0) // the socket is closed
	is.True(e.Received <= 7)
	is.Equal(e.Timeout(), faults.StallReadAfter != 0 || faults.StallWriteAfter != 0)
	resp, err = zreq.Get(ctx, site, &zreq.Args{Connection: conn})
	is.NoErr(err) // the connection is free
	is.True(resp.Complete())
	is.NoErr(conn.Close())
	is.Equal(peer.Open(), 0)
	return true
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// maxIdle is what a kept connection may hold beyond one of package net, in bytes.
const maxIdle = 512

// settled is the number of goroutines once those that end have ended, for which a busy
// machine may need long.
func settled(want int) int {
	for range 10_000 {
		if runtime.NumGoroutine() <= want {
			break
		}
		time.Sleep(time.Millisecond)
	}
	return runtime.NumGoroutine()
}

// loneProcess says, in the environment, that this process has one test to make.
const loneProcess = "ZREQ_TEST_ALONE"

// alone reports whether t has this process for itself. Else it makes t in another one:
// what the tests before it have left comes and goes while it measures.
func alone(t *testing.T) bool {
	t.Helper()
	if os.Getenv(loneProcess) != "" {
		return true
	}
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	child.Env = append(os.Environ(), loneProcess+"=1")
	out, err := child.CombinedOutput()
	for _, line := range strings.Split(string(out), "\n") {
		if strings.Contains(line, "_test.go:") {
			t.Log(strings.TrimSpace(line))
		}
	}
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("%v: %s", err, out)
	}
	return false
}

// weigh fails unless a connection that is kept is little more than a bare one.
func weigh(t *testing.T, keep func(t *testing.T, address string, size int) int64) {
	t.Helper()
	if !alone(t) {
		return
	}
	zreqtest.SpareThreads()
	const size = 1000
	address := otherProcess(t)
	bare, kept := int64(math.MaxInt64), int64(math.MaxInt64)
	for round := 1; round <= 5; round++ { // what else goes on in the process can only add to it
		bare = min(bare, bareOverTCP(t, address, size))
		kept = min(kept, keep(t, address, size))
		if round > 1 && kept-bare <= maxIdle {
			break
		}
	}
	t.Logf("bare connection: %d bytes; kept by zreq: %d more", bare, kept-bare)
	is.New(t).True(kept-bare <= maxIdle) // it has no buffer, and little else
}

// idleConnection is a proof of TestFeature/B17.
func idleConnection(t *testing.T) {
	t.Run("an idle connection", func(t *testing.T) { weigh(t, keptConnections) })
}

// keptConnections is what a connection costs that zreq keeps.
func keptConnections(t *testing.T, address string, size int) int64 {
	t.Helper()
	is := is.New(t)
	driver := new(stdnet.Driver)
	kept := make([]*zreq.Connection, size)
	goroutines := runtime.NumGoroutine()
	before := inUse()
	for i := range kept {
		kept[i] = keep(t, driver, address)
	}
	is.True(settled(goroutines) <= goroutines) // it has no goroutine
	each := since(before) / int64(size)
	for _, c := range kept {
		is.Equal(c.Dials(), 1) // the first of its kind
		is.NoErr(c.Close())    // closes like any other
	}
	return each
}

// keep makes a call and keeps only its connection.
func keep(t *testing.T, driver *stdnet.Driver, address string) *zreq.Connection {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	resp, err := zreq.Get(ctx, "http://"+address+"/x", &zreq.Args{
		Driver:         driver,
		Headers:        asks(),
		StreamCallback: func([]byte) error { return nil },
	})
	if err != nil || resp.Connection == nil {
		t.Fatalf("no connection was kept: %v", err)
	}
	return resp.Connection
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
