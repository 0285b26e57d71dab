package zreq_test

import (
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

var update = flag.Bool("update", false, "record the golden traces anew")

// TestGolden plays each scenario over each kind of driver and compares what the client did
// with testdata/golden: what it wrote and read, the deadlines it set and the looks it took,
// what it told the Trace, the callbacks and the caller, and when, in virtual time.
// CONTRIBUTING says how to read a difference and when a trace may be recorded anew.
func TestGolden(t *testing.T) {
	kinds := []string{"plain", "bare", "TLS"}
	known := make(map[string]bool)
	for _, s := range goldenScenarios() {
		file := filepath.Join("testdata", "golden", s.name+".txt")
		if known[file] {
			t.Fatalf("two scenarios are called %s", s.name)
		}
		known[file] = true
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			var got strings.Builder
			plain := ""
			for _, kind := range kinds {
				if s.only != "" && s.only != kind {
					continue
				}
				trace := s.record(t, kind)
				switch {
				case kind == "plain":
					plain = trace
				case trace == plain:
					trace = "as plain\n"
				}
				got.WriteString("-- " + kind + " --\n" + trace)
			}
			compareGolden(t, file, got.String())
		})
	}
	files, err := filepath.Glob(filepath.Join("testdata", "golden", "*"))
	if err != nil || len(known) < 60 {
		t.Errorf("%d scenarios: %v", len(known), err)
	}
	for _, file := range files {
		if !known[file] {
			t.Errorf("%s belongs to no scenario: remove it", file)
		}
	}
}

func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(string(text), "\r\n", "\n") // as a checkout on Windows may have it
	if got == want {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	at := 0
	for at < min(len(g), len(w)) && g[at] == w[at] {
		at++
	}
	around := func(lines []string) string {
		return strings.Join(lines[max(0, at-3):min(len(lines), at+4)], "\n")
	}
	t.Errorf("%s differs from line %d on.\ngot:\n%s\n\nwant:\n%s\n", file, at+1, around(g), around(w))
}

// A scenario is what peers and caller do. The i-th dial connects to the peer that plays
// conns[i]; see refuse and vanish.
type scenario struct {
	name  string
	only  string // the one kind of driver, "" for all
	conns [][]step
	play  func(g *golden)
}

// record plays s over one kind of driver.
func (s scenario) record(t *testing.T, kind string) (trace string) {
	synctest.Test(t, func(t *testing.T) {
		g := &golden{t: t, kind: kind, scheme: "http:", start: time.Now(), conns: s.conns, calls: make(map[uint64]int), traced: make(map[int]string)}
		g.lanes = []*lane{{owner: goroutine()}}
		if kind == "TLS" {
			g.scheme = "https:"
			g.makeTLS()
		}
		s.play(g)
		g.finish()
		trace = g.text()
	})
	return trace
}

// golden is one run of a scenario. It is the driver, and the Trace.
type golden struct {
	t       *testing.T
	kind    string
	scheme  string
	start   time.Time
	conns   [][]step
	secure  netdriver.TLS // nil but for the kind TLS, as what follows
	server  *tls.Config
	session *zreq.Session // nil: calls are made by the functions of the package

	serving sync.WaitGroup
	open    atomic.Int32 // connections that the client has not closed

	mu     sync.Mutex // guards what follows
	ends   []*end
	calls  map[uint64]int // the number of an Event's Call in this run
	traced map[int]string // what the last Event of each was about
	lanes  []*lane
	other  lane
}

// A lane is what one goroutine does. Times order two lanes, and nothing else does: what
// happens in both at one time has no order. The first lane is the scenario's, and the last
// has what the client does in a goroutine of the runtime: at the end of a context, or while a
// write blocks.
type lane struct {
	owner string
	lines strings.Builder
	at    time.Duration
}

func goroutine() string {
	var stack [64]byte
	n := runtime.Stack(stack[:], false)
	return strings.Fields(string(stack[:n]))[1]
}

func (g *golden) log(format string, args ...any) {
	me := goroutine()
	at := floor(time.Since(g.start))
	g.mu.Lock()
	defer g.mu.Unlock()
	l := &g.other
	if i := slices.IndexFunc(g.lanes, func(l *lane) bool { return l.owner == me }); i >= 0 {
		l = g.lanes[i]
	}
	if at != l.at {
		l.at = at
		fmt.Fprintf(&l.lines, "@ %v\n", at)
	}
	fmt.Fprintf(&l.lines, format+"\n", args...)
}

func (g *golden) text() string {
	text := g.lanes[0].lines.String()
	for _, l := range g.lanes[1:] {
		text += "- beside it -\n" + l.lines.String()
	}
	if g.other.lines.Len() > 0 {
		text += "- elsewhere -\n" + g.other.lines.String()
	}
	return text
}

// beside runs f in a goroutine with a lane of its own, once the caller waits for
// something. The function that it returns waits for the end of f.
func (g *golden) beside(f func()) (wait func()) {
	over := make(chan struct{})
	go func() {
		defer close(over)
		g.mu.Lock()
		g.lanes = append(g.lanes, &lane{owner: goroutine()})
		g.mu.Unlock()
		f()
	}()
	synctest.Wait()
	return func() { <-over }
}

// finish tells what is left, and ends the peers.
func (g *golden) finish() {
	if g.session != nil {
		g.log("stats %+v", g.session.Stats())
		_ = g.session.Close()
		g.log("session closed: stats %+v", g.session.Stats())
	}
	g.log("left open: %d", g.open.Load())
	g.mu.Lock()
	ends := g.ends
	g.mu.Unlock()
	for _, e := range ends {
		_ = e.raw.Close()
	}
	g.serving.Wait()
	if len(ends) < len(g.conns) {
		g.log("never dialled: %d", len(g.conns)-len(ends))
	}
}

// Dial connects to the peer that comes next.
func (g *golden) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	mine, theirs := memnet.Pipe()
	e := &end{ReadWriteCloser: patient{theirs}, raw: theirs, client: mine}
	if g.server != nil {
		e.ReadWriteCloser = tls.Server(patient{theirs}, g.server)
	}
	g.mu.Lock()
	number := len(g.ends)
	g.ends = append(g.ends, e)
	g.mu.Unlock()
	if number >= len(g.conns) {
		return nil, memnet.ErrRefused
	}
	steps := g.conns[number]
	if len(steps) > 0 && steps[0].dial != nil {
		if err := steps[0].dial(ctx, e); err != nil {
			return nil, err
		}
		steps = steps[1:]
	}
	g.open.Add(1)
	g.serving.Go(func() { e.serve(steps) })
	c := goldenConn{Conn: mine, g: g, name: fmt.Sprintf("#%d", number+1), below: new(cover)}
	if g.kind == "bare" {
		return &c, nil
	}
	return &plainConn{c}, nil
}

// A goldenConn logs what is done with a connection.
type goldenConn struct {
	netdriver.Conn
	g     *golden
	name  string
	below *cover // nil over TLS
}

// cover is of a connection that TLS may be over.
type cover struct {
	quiet  atomic.Bool // TLS is: what that does is not logged
	closed atomic.Bool
}

func (c *goldenConn) log(format string, args ...any) {
	if c.below == nil || !c.below.quiet.Load() {
		c.g.log(c.name+" "+format, args...)
	}
}

func (c *goldenConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.log("read %s%s", shown(p[:n]), because(err))
	return n, err
}

func (c *goldenConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if err != nil && c.g.kind == "bare" {
		time.Sleep(time.Millisecond / 10) // the Read beside it, which fails at the same time, comes first
	}
	if n == len(p) {
		c.log("write %s%s", shown(p), because(err))
	} else {
		c.log("write %d of %s%s", n, shown(p), because(err))
	}
	return n, err
}

func (c *goldenConn) SetDeadline(t time.Time) error {
	c.log("deadline %s", c.g.point(t))
	return c.Conn.SetDeadline(t)
}

func (c *goldenConn) SetReadDeadline(t time.Time) error {
	c.log("read deadline %s", c.g.point(t))
	return c.Conn.SetReadDeadline(t)
}

func (c *goldenConn) SetWriteDeadline(t time.Time) error {
	c.log("write deadline %s", c.g.point(t))
	return c.Conn.SetWriteDeadline(t)
}

func (c *goldenConn) Close() error {
	c.log("close")
	if c.below != nil && !c.below.closed.Swap(true) {
		c.g.open.Add(-1)
	}
	return c.Conn.Close()
}

func (c *goldenConn) String() string { return c.name }

// A plainConn can look, and end its own side.
type plainConn struct{ goldenConn }

func (c *plainConn) Check() error {
	err := c.Conn.(netdriver.Checker).Check()
	c.log("check%s", because(err))
	return err
}

func (c *plainConn) CloseWrite() error {
	c.log("close write")
	return c.Conn.(netdriver.HalfCloser).CloseWrite()
}

// A secureConn is a connection of tlsnet.
type secureConn struct{ plainConn }

func (c *secureConn) ProvesEnd() bool { return c.Conn.(netdriver.EndProver).ProvesEnd() }
func (c *secureConn) Queued() int     { return c.Conn.(netdriver.Queuer).Queued() }

// goldenTLS is tlsnet, whose plain text is logged.
type goldenTLS struct {
	netdriver.TLS
	g *golden
}

func (s *goldenTLS) Client(ctx context.Context, c netdriver.Conn, serverName string) (netdriver.Conn, error) {
	lower := c.(*plainConn)
	lower.below.quiet.Store(true)
	inner, err := s.TLS.Client(ctx, c, serverName)
	s.g.log("%s handshake %s%s", lower.name, serverName, because(err))
	if err != nil {
		return nil, err
	}
	return &secureConn{plainConn{goldenConn{Conn: inner, g: s.g, name: lower.name}}}, nil
}

func (s *goldenTLS) Anonymous() netdriver.TLS { return s } // there is no client certificate

// goldenChip is a driver that speaks TLS itself.
type goldenChip struct{ *golden }

func (c goldenChip) DialTLS(ctx context.Context, network, address, serverName string) (netdriver.Conn, error) {
	below, err := c.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return c.secure.Client(ctx, below, serverName)
}

func (g *golden) makeTLS() {
	client, server := newTLSConfig(g.t, "device.test")
	g.server = server
	g.server.DynamicRecordSizingDisabled = true
	g.secure = &goldenTLS{client, g}
}

// point is a deadline as a time since the start.
func (g *golden) point(t time.Time) string {
	switch {
	case t.IsZero():
		return "none"
	case t.Before(g.start):
		return "past"
	}
	return floor(t.Sub(g.start)).String()
}
