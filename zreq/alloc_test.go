package zreq_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// answerAlways sends answer for each request on c, and allocates nothing for it.
// A request ends where a read ends in a blank line.
func answerAlways(c io.ReadWriteCloser, answer []byte) {
	defer c.Close()
	buffer := make([]byte, 4096)
	for {
		n, err := c.Read(buffer)
		if err != nil {
			return
		}
		if !bytes.HasSuffix(buffer[:n], []byte("\r\n\r\n")) {
			continue
		}
		if _, err := c.Write(answer); err != nil {
			return
		}
	}
}

// inMemory is a driver to a server in memory.
func inMemory(t *testing.T, answer string) (driver netdriver.Driver, url string) {
	t.Helper()
	n := memnet.New()
	l, err := n.Listen("device.test:80")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			go answerAlways(c, []byte(answer))
		}
	}()
	t.Cleanup(func() { _ = l.Close() })
	return n, "http://device.test/x"
}

// overLoopback is the driver of the system to a server on this machine.
func overLoopback(t *testing.T, answer string) (driver netdriver.Driver, url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			go answerAlways(c, []byte(answer))
		}
	}()
	t.Cleanup(func() { _ = l.Close() })
	return new(stdnet.Driver), "http://" + l.Addr().String() + "/x"
}

// blind is a driver in memory whose connections cannot be looked at.
func blind(t *testing.T, answer string) (netdriver.Driver, string) {
	t.Helper()
	d, url := inMemory(t, answer)
	return memnet.Bare(d), url
}

// callTime bounds each phase of a call that takes no time, however busy the machine is.
const callTime = 30 * time.Second

// keptCall is a call that is made again and again on its own connection.
type keptCall struct {
	t      *testing.T
	method string
	url    string
	args   zreq.Args
	bytes  int // the callback got in the last call
	err    error
}

func newKeptCall(t *testing.T, method string, driver netdriver.Driver, url string, chunk int) *keptCall {
	t.Helper()
	c := &keptCall{t: t, method: method, url: url}
	c.args = zreq.Args{
		Driver:         driver,
		Timeouts:       zreq.Timeouts{Write: callTime, Head: callTime, Body: callTime},
		Headers:        zreq.Headers{{"Accept", "application/octet-stream"}},
		StreamChunk:    chunk,
		StreamCallback: func(p []byte) error { c.bytes += len(p); return nil },
	}
	conn, err := zreq.Connect(context.Background(), url, &c.args)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	c.args.Connection = conn
	return c
}

func (c *keptCall) do(ctx context.Context) {
	c.bytes = 0
	if _, err := zreq.Do(ctx, c.method, c.url, &c.args); err != nil {
		c.err = err
	}
}

// allocs is what one of n warm calls allocates.
func (c *keptCall) allocs(ctx context.Context, n int) float64 {
	c.t.Helper()
	began := time.Now()
	for range 10 {
		c.do(ctx) // until the pool has what such a call borrows
		if time.Since(began) > 2*callTime {
			c.t.Fatal("the peer is waited for, which says all that it has to say at once")
		}
	}
	return testing.AllocsPerRun(n, func() { c.do(ctx) })
}

// networks are those over which allocations are counted. The TCP of wasip1 is package
// net's own, between goroutines, and allocates.
func networks() map[string]func(*testing.T, string) (netdriver.Driver, string) {
	all := map[string]func(*testing.T, string) (netdriver.Driver, string){"memnet": inMemory, "memnet, no Checker": blind}
	if runtime.GOOS != "wasip1" {
		all["TCP"] = overLoopback
	}
	return all
}

// onNetwork runs test in virtual time if the network is in memory: of a connection that
// cannot be looked at, each call waits a little for what may have come.
func onNetwork(t *testing.T, network string, test func(*testing.T)) {
	t.Helper()
	if strings.HasPrefix(network, "TCP") {
		test(t)
		return
	}
	synctest.Test(t, test)
}

// lookAllocs is what a look at a connection allocates: Windows says by an error that
// nothing has come, for which package syscall allocates 8 bytes.
func lookAllocs(network string) float64 {
	if runtime.GOOS == "windows" && strings.HasPrefix(network, "TCP") {
		return 1
	}
	return 0
}

// allocCases are answers with a body of 70,000 bytes: more than any chunk.
var allocCases = map[string]struct {
	method string
	answer string
	bytes  int
	parts  float64 // that a Response has of its own: itself, head, trailers, last chunk
}{
	"Content-Length": {"GET", withLength(strings.Repeat("x", 70_000)), 70_000, 3},
	"chunked":        {"GET", byChunks(strings.Repeat("x", 70_000)), 70_000, 4},
	"no trailers":    {"GET", strings.Replace(byChunks(strings.Repeat("x", 70_000)), "Digest: x\r\n", "", 1), 70_000, 3},
	"HEAD":           {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n", 0, 2},
}

func TestWarmCallAllocates(t *testing.T) {
	if zreqtest.RaceDetector {
		t.Skip("the race detector makes pools forget")
	}
	for network, dial := range networks() {
		for name, tt := range allocCases {
			for _, chunk := range []int{512, 4096, 32768} {
				t.Run(network+"/"+name+"/"+strconv.Itoa(chunk), func(t *testing.T) {
					onNetwork(t, network, func(t *testing.T) {
						is := is.New(t)
						driver, url := dial(t, tt.answer)
						c := newKeptCall(t, tt.method, driver, url, chunk)
						cancellable, cancel := context.WithCancel(context.Background())
						defer cancel()

						c.args.Into = new(zreq.Response)
						look := lookAllocs(network)
						is.Equal(c.allocs(context.Background(), 100), look) // with a Response that is used again, nothing
						is.True(c.allocs(cancellable, 100) <= 3+look)       // with a context that can end, what context.AfterFunc makes
						c.args.Into = nil
						is.Equal(c.allocs(context.Background(), 100), tt.parts+look) // with a new Response, what it holds

						is.NoErr(c.err)                        // these calls succeed
						is.Equal(c.bytes, tt.bytes)            // with all of the body
						is.Equal(c.args.Connection.Dials(), 1) // on one connection
					})
				})
			}
		}
	}
}

func TestWarmUploadAllocates(t *testing.T) {
	if zreqtest.RaceDetector {
		t.Skip("the race detector makes pools forget")
	}
	text := strings.Repeat("x", 20_000) + "\r\n\r\n" // by which the server knows the end
	for name, body := range map[string]io.Reader{
		"small":   form.Bytes([]byte("\r\n\r\n"), "text/plain"),
		"large":   form.Bytes([]byte(text), ""),
		"chunked": &unmeasured{again{text: strings.Repeat("x", 20_000)}},
	} {
		for network, dial := range networks() {
			t.Run(network+"/"+name, func(t *testing.T) {
				onNetwork(t, network, func(t *testing.T) {
					is := is.New(t)
					driver, url := dial(t, noContent)
					c := newKeptCall(t, "PUT", driver, url, 0)
					c.args.Into, c.args.Body = new(zreq.Response), body
					is.True(c.allocs(context.Background(), 100) <= 10*lookAllocs(network)) // nothing, however long the body is
					is.NoErr(c.err)                                                        // these calls succeed
					is.Equal(c.args.Connection.Dials(), 1)                                 // on one connection
				})
			})
		}
	}
}

// unmeasured is a body that does not know its size.
type unmeasured struct{ again }

func (*unmeasured) Size() int64 { return -1 }

// The pool weighs the sizes that it is given every 42,000 times, and from then
// on drops the largest.
func TestWarmCallAllocatesNothingInTheLongRun(t *testing.T) {
	if zreqtest.RaceDetector {
		t.Skip("the race detector makes pools forget")
	}
	is := is.New(t)
	driver, url := inMemory(t, withLength("some words"))
	c := newKeptCall(t, "GET", driver, url, 0)
	c.args.Into = new(zreq.Response)
	is.Equal(c.allocs(context.Background(), 60_000), float64(0)) // however many calls there were
	is.NoErr(c.err)                                              // these calls succeed
}

// What a small call borrows after a large one is what the large one gave back.
func TestWarmCallsOfManySizesAllocate(t *testing.T) {
	if zreqtest.RaceDetector {
		t.Skip("the race detector makes pools forget")
	}
	is := is.New(t)
	driver, url := inMemory(t, byChunks(strings.Repeat("x", 70_000)))
	c := newKeptCall(t, "GET", driver, url, 0)
	c.args.Into = new(zreq.Response)
	sizes, i := []int{512, 32768, 4096, 700, 16384}, 0
	allocs := testing.AllocsPerRun(500, func() {
		c.args.StreamChunk = sizes[i%len(sizes)]
		i++
		c.do(context.Background())
	})
	is.Equal(allocs, float64(0)) // sizes may change from call to call
	is.NoErr(c.err)              // these calls succeed
}

// inAnotherProcess is the driver of the system to a server that allocates elsewhere.
func inAnotherProcess(t *testing.T, _ string) (netdriver.Driver, string) {
	t.Helper()
	return new(stdnet.Driver), "http://" + otherProcess(t) + "/x"
}

// TestSessionAllocates: a warm call of a Session with a Response that is used again
// allocates nothing, whoever of the two gives the headers.
func TestSessionAllocates(t *testing.T) {
	if zreqtest.RaceDetector {
		t.Skip("the race detector makes pools forget")
	}
	accept := zreq.Headers{{"Accept", "application/octet-stream"}}
	all := networks()
	if runtime.GOOS != "wasip1" {
		all["TCP, another process"] = inAnotherProcess
	}
	for network, dial := range all {
		for whose, own := range map[string]zreq.Headers{"none": nil, "the call's": accept, "the Session's": nil} {
			t.Run(network+"/"+whose, func(t *testing.T) {
				onNetwork(t, network, func(t *testing.T) {
					is := is.New(t)
					driver, url := dial(t, withLength("a body that the callback gets, and nobody keeps"))
					s := &zreq.Session{Driver: driver, Timeouts: zreq.Timeouts{Head: time.Minute}}
					defer s.Close()
					if whose == "the Session's" {
						s.Headers = accept
					}
					bytes, failed := 0, error(nil)
					args := &zreq.Args{Headers: own, Into: new(zreq.Response), StreamCallback: func(p []byte) error { bytes += len(p); return nil }}
					allocs := func(ctx context.Context) float64 {
						get := func() {
							bytes = 0
							if _, err := s.Get(ctx, url, args); err != nil {
								failed = err
							}
						}
						for range 10 {
							get() // until the pool has what such a call borrows
						}
						return testing.AllocsPerRun(100, get)
					}
					cancellable, cancel := context.WithCancel(context.Background())
					defer cancel()
					look := lookAllocs(network)
					is.Equal(allocs(context.Background()), look)
					is.True(allocs(cancellable) <= 3+look) // with a context that can end, what context.AfterFunc makes
					args.Into = nil
					is.True(allocs(context.Background()) <= 3+look) // with a new Response, what it holds
					is.NoErr(failed)
					is.Equal(bytes, 47)
					is.Equal(s.Stats().Dialled, int64(1)) // on one connection
					balanced(is, s, 1, 1)
				})
			})
		}
	}
}

// deafTrace is told and does nothing.
type deafTrace struct{ events int }

func (d *deafTrace) Trace(zreq.Event) { d.events++ }

// warmGet returns what a warm GET of a Session allocates with a Trace, or nil.
func warmGet(t *testing.T) func(zreq.Trace) float64 {
	if zreqtest.RaceDetector {
		t.Skip("calls allocate under the race detector")
	}
	driver, url := inMemory(t, byLength("hello"))
	s := &zreq.Session{Driver: driver}
	t.Cleanup(func() { _ = s.Close() })
	var resp zreq.Response
	return func(trace zreq.Trace) float64 {
		args := &zreq.Args{StreamCallback: func([]byte) error { return nil }, Into: &resp, Trace: trace}
		get := func() {
			if _, err := s.Get(context.Background(), url, args); err != nil {
				t.Fatal(err)
			}
		}
		for range 10 {
			get()
		}
		return testing.AllocsPerRun(200, get)
	}
}

// TestTraceAllocates: with a Trace, a call allocates a spy, and the strings of its
// events.
func TestTraceAllocates(t *testing.T) {
	is := is.New(t)
	deaf, allocs := new(deafTrace), warmGet(t)
	without, with := allocs(nil), allocs(deaf)
	t.Logf("%v without a Trace, %v with one that is told %d events", without, with, deaf.events/211)
	is.Equal(deaf.events, (10+200+1)*5)
	is.True(with-without <= 24)
}
