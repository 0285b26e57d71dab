package zreq_test

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

// atOnce makes another attempt without a pause.
var atOnce = zreq.Retry{Wait: -1}

// echoing is a network on which every address answers a request with its path.
func echoing(t testing.TB) *memnet.Net {
	t.Helper()
	n := memnet.New()
	serveEach(t, n, nil, withLength)
	return n
}

// balanced checks what a Session holds: a slot for each call that has one, and no more.
func balanced(is *is.I, s *zreq.Session, open, idle int) {
	is.Helper()
	stats := s.Stats()
	is.Equal(stats.Open, open)
	is.Equal(stats.Idle, idle)
	is.Equal(stats.Waiting, 0) // and nobody waits
}

// named is a GET whose answer names its request.
func named(is *is.I, s *zreq.Session, url, path string, args *zreq.Args) {
	is.Helper()
	resp, err := s.Get(context.Background(), url+path, args)
	is.NoErr(err)
	is.Equal(content(is, resp), path) // the answer to this request
	is.True(resp.Connection == nil)   // which is the Session's
}

// A census is a driver that counts its sockets.
type census struct {
	netdriver.Driver
	onClose func() // before one closes
	onRead  func() // before each read

	mu    sync.Mutex
	all   []netdriver.Conn
	open  int
	most  int // that were open at once
	dials int
	when  []string // what was done, in order
}

func newCensus(d netdriver.Driver) *census {
	return &census{Driver: d, onClose: func() {}, onRead: func() {}}
}

func (d *census) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dials++
	d.open++
	d.most = max(d.most, d.open)
	d.when = append(d.when, "dial "+address)
	d.all = append(d.all, c)
	return &counted{Conn: c, of: d, address: address}, nil
}

// closeAll closes what was forgotten, so that its peer does not wait for ever.
func (d *census) closeAll() {
	for _, c := range d.all {
		_ = c.Close()
	}
}

// counts are how many sockets are open, were open at once, and were dialled.
func (d *census) counts() (open, most, dials int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.open, d.most, d.dials
}

func (d *census) log() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return fmt.Sprint(d.when)
}

// counted is a connection of a census.
type counted struct {
	netdriver.Conn
	of      *census
	address string
	once    sync.Once
}

func (c *counted) Read(p []byte) (int, error) {
	c.of.onRead()
	return c.Conn.Read(p)
}

func (c *counted) Close() error {
	c.once.Do(func() {
		c.of.onClose()
		c.of.mu.Lock()
		c.of.open--
		c.of.when = append(c.of.when, "close "+c.address)
		c.of.mu.Unlock()
	})
	return c.Conn.Close()
}

func (c *counted) Check() error {
	if checker, ok := c.Conn.(netdriver.Checker); ok {
		return checker.Check()
	}
	return nil
}

// A gate stops who comes to it.
type gate struct {
	came, opened chan struct{}
	once         sync.Once
}

func newGate() *gate { return &gate{came: make(chan struct{}), opened: make(chan struct{})} }

func (g *gate) pass() {
	g.once.Do(func() { close(g.came) })
	<-g.opened
}

// traceFunc is a Trace that is a function.
type traceFunc func(e zreq.Event)

func (f traceFunc) Trace(e zreq.Event) { f(e) }

// perishes runs f, which panics or calls Goexit, in a goroutine of its own.
func perishes(f func()) {
	var over sync.WaitGroup
	over.Go(func() {
		defer func() { _ = recover() }()
		f()
	})
	over.Wait()
}

// holding is a Stream call that has its connection until the Response is closed.
func holding(t testing.TB, s *zreq.Session, url string) io.Closer {
	t.Helper()
	is := is.New(t)
	resp, err := s.Get(context.Background(), url, &zreq.Args{Stream: true})
	is.NoErr(err)
	return resp
}

// waitFor returns when it is so.
func waitFor(t testing.TB, what string, so func() bool) {
	t.Helper()
	for by := time.Now().Add(10 * time.Second); !so(); runtime.Gosched() {
		if time.Now().After(by) {
			t.Fatal("there is never " + what)
		}
	}
}
