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
	"testing"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

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

// inUse is what heap and stacks hold.
func inUse() int64 {
	heap := zreqtest.LiveHeap()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return heap + int64(m.StackInuse)
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
	each := (inUse() - before) / int64(size)
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
	each := (inUse() - before) / int64(size)
	balanced(is, s, size, size)
	is.NoErr(s.Close())
	return each
}
