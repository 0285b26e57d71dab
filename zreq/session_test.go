package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
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
	for by := time.Now().Add(time.Minute); !so(); runtime.Gosched() {
		if time.Now().After(by) {
			t.Fatal("there is never " + what)
		}
	}
}

// endings are calls that end in another way than well.
var endings = map[string]struct {
	script []zreqtest.Step
	url    string
	args   zreq.Args
	want   error // nil: the call ends well, or does not return
	keeps  bool  // the connection is as good as before
}{
	"bad URL":             {url: "http://[::1", want: zreq.ErrRequest},
	"bad header":          {args: zreq.Args{Headers: zreq.Headers{{"A", "b\r\n"}}}, want: zreq.ErrRequest},
	"no TLS":              {url: "https://device.test/", want: zreq.ErrNoTLS},
	"refused":             {script: []zreqtest.Step{zreqtest.Refuse()}, want: zreq.ErrConnect},
	"no answer":           {script: []zreqtest.Step{zreqtest.NoAnswer()}, want: zreq.ErrConnect},
	"no handshake":        {script: []zreqtest.Step{zreqtest.Hold()}, url: "https://device.test/", args: zreq.Args{TLS: &seal{fail: errCable}}, want: zreq.ErrConnect},
	"nobody reads":        {script: []zreqtest.Step{zreqtest.Hold()}, args: zreq.Args{Body: strings.NewReader(numbered(200_000))}},
	"body fails":          {script: []zreqtest.Step{zreqtest.Request()}, args: zreq.Args{Body: io.MultiReader(strings.NewReader("abc"), &errReader{})}, want: zreq.ErrBody},
	"reset":               {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Reset()}, want: zreq.ErrConnect},
	"closed":              {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Close()}, want: zreq.ErrConnect},
	"silence":             {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()}},
	"no HTTP":             {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("hello\r\n")}, want: zreq.ErrResponse},
	"large head":          {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nA: " + strings.Repeat("x", 20_000))}, want: zreq.ErrTooLarge},
	"cut head":            {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nA:"), zreqtest.Close()}, want: zreq.ErrTruncated},
	"cut body":            {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody"), zreqtest.Close()}, want: zreq.ErrTruncated},
	"silent body":         {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody"), zreqtest.Hold()}},
	"bad chunk":           {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+5\r\n")}, want: zreq.ErrResponse},
	"large content":       {script: answering(byLength(numbered(9000))), args: zreq.Args{Limits: zreq.Limits{Content: 10}}, want: zreq.ErrTooLarge},
	"large page":          {script: answering(page(404, numbered(40_000))), args: zreq.Args{Limits: zreq.Limits{Content: 10}}},
	"status":              {script: answering(page(404, "no")), args: zreq.Args{StreamCallback: func([]byte) error { return nil }}, want: zreq.ErrStatus, keeps: true},
	"callback error":      {script: answering(byLength("hello")), args: zreq.Args{StreamCallback: func([]byte) error { return errCable }}, want: errCable},
	"callback ErrStop":    {script: answering(byLength("hello")), args: zreq.Args{StreamCallback: func([]byte) error { return zreq.ErrStop }}},
	"callback panic":      {script: answering(byLength("hello")), args: zreq.Args{StreamCallback: func([]byte) error { panic("!") }}},
	"callback Goexit":     {script: answering(byLength("hello")), args: zreq.Args{StreamCallback: func([]byte) error { runtime.Goexit(); return nil }}},
	"OnHead error":        {script: answering(byLength("hello")), args: zreq.Args{OnHead: func(*zreq.Response) error { return errCable }}, want: errCable},
	"OnHead ErrStop":      {script: answering(byLength("hello")), args: zreq.Args{OnHead: func(*zreq.Response) error { return zreq.ErrStop }}},
	"OnHead panic":        {script: answering(byLength("hello")), args: zreq.Args{OnHead: func(*zreq.Response) error { panic("!") }}},
	"OnHead Goexit":       {script: answering(byLength("hello")), args: zreq.Args{OnHead: func(*zreq.Response) error { runtime.Goexit(); return nil }}},
	"OnRedirect error":    {script: answering(moved(302, "/y")), args: zreq.Args{OnRedirect: func(*zreq.Response, string) error { return errCable }}, want: errCable},
	"OnRedirect panic":    {script: answering(moved(302, "/y")), args: zreq.Args{OnRedirect: func(*zreq.Response, string) error { panic("!") }}},
	"bad redirect":        {script: answering(moved(307, "ftp:/x")), want: zreq.ErrRedirect, keeps: true},
	"Auth panic":          {script: answering(page(401, "who")), args: zreq.Args{Auth: &asker{give: func(r zreq.AuthRequest) (string, error) { panicAtChallenge(r); return "", nil }}}},
	"Auth error":          {script: answering(page(401, "who")), args: zreq.Args{Auth: &asker{give: func(r zreq.AuthRequest) (string, error) { return "", errAtChallenge(r) }}}, want: errCable},
	"asked to close":      {script: answering("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")},
	"HTTP/1.0":            {script: answering("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")},
	"until close":         {script: append(answering("HTTP/1.1 200 OK\r\n\r\nhello"), zreqtest.Close())},
	"unframed":            {script: append(answering("HTTP/1.1 200 OK\r\n\r\nhello"), zreqtest.Close()), args: zreq.Args{StreamCallback: func([]byte) error { return nil }}, want: zreq.ErrUnframed},
	"upgraded":            {script: answering("HTTP/1.1 101 Switching Protocols\r\n\r\n"), want: zreq.ErrResponse},
	"early answer":        {script: []zreqtest.Step{zreqtest.Head(), zreqtest.Send(page(413, "no")), zreqtest.Hold()}, args: zreq.Args{Body: strings.NewReader(numbered(200_000))}},
	"Stream, closed":      {script: answering(byLength(numbered(100_000))), args: zreq.Args{Stream: true}},
	"Stream, soon closed": {script: answering(byLength("hello")), args: zreq.Args{Stream: true}, keeps: true},
	"Stream, reset":       {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody"), zreqtest.Reset()}, args: zreq.Args{Stream: true}},
	"no such connection":  {args: zreq.Args{Connection: new(zreq.Connection)}, want: zreq.ErrRequest},
}

// errReader fails.
type errReader struct{}

func (*errReader) Read([]byte) (int, error) { return 0, errCable }

func panicAtChallenge(r zreq.AuthRequest) {
	if r.Refused != nil {
		panic("!")
	}
}

func errAtChallenge(r zreq.AuthRequest) error {
	if r.Refused != nil {
		return errCable
	}
	return nil
}

// A kept connection on which the first write fails is stale, and nothing went out on
// it.
func TestSessionStatsOfADeadWrite(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, answering(noContent), answering(noContent))
	dying := &dyingDriver{Driver: peer}
	s := &zreq.Session{Driver: dying, Retry: atOnce}
	defer s.Close()
	_, err := s.Get(context.Background(), site, nil)
	is.NoErr(err)
	dying.dead = true
	_, err = s.Post(context.Background(), site, nil)
	is.NoErr(err) // it is replaced
	stats := s.Stats()
	is.Equal(stats.Dialled, int64(2))
	is.Equal(stats.Reused, int64(0)) // nothing went out over the dead one
	is.Equal(stats.Stale, int64(1))  // which was stale
}

// What cannot be asked for is not sent: credentials that fail for the second attempt
// end the call.
func TestSessionRetryCannotBeMade(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, answering(page(503, "busy"), noContent))
	wire := newTripwire(peer)
	errNoToken := errors.New("no token")
	put := int64(-1) // until the credentials failed
	auth := &asker{give: func(zreq.AuthRequest) (string, error) {
		if put == 0 {
			put = wire.put.Load()
			return "", errNoToken
		}
		put = 0
		return "Bearer x", nil
	}}
	s := &zreq.Session{Driver: wire, Retry: atOnce}
	defer s.Close()
	_, err := s.Get(context.Background(), site, &zreq.Args{Auth: auth, Timeouts: zreq.Timeouts{Head: time.Minute}})
	is.Equal(wire.put.Load(), put) // not a byte went out after it: half a head is no request
	is.True(errors.Is(err, errNoToken))
}

// Close ends the Session, also for calls that bring a connection of their own.
func TestSessionClosedForAConnection(t *testing.T) {
	is := is.New(t)
	peer := answers(t, noContent)
	conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
	is.NoErr(err)
	defer conn.Close()
	s := &zreq.Session{Driver: peer}
	is.NoErr(s.Close())
	_, err = s.Get(context.Background(), site, &zreq.Args{Connection: conn})
	is.True(errors.Is(err, zreq.ErrClosed)) // calls that come later fail
}

// Who waited when the Session was closed would fail again.
func TestSessionClosedIsNotSafeToRetry(t *testing.T) {
	for name, tt := range map[string]struct {
		script []zreqtest.Step
		pool   zreq.PoolLimits
	}{
		"for a connection": {answering(byLength("hello")), zreq.PoolLimits{Open: 1}},
		"for an attempt":   {[]zreqtest.Step{zreqtest.Refuse()}, zreq.PoolLimits{}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, tt.script)
				s := &zreq.Session{Driver: peer, Retry: zreq.Retry{Wait: time.Hour, MaxWait: time.Hour, Time: -1}, Pool: tt.pool}
				if tt.pool.Open == 1 {
					defer holding(t, s, site).Close()
				}
				over := make(chan error, 1)
				go func() {
					_, err := s.Get(context.Background(), site, nil)
					over <- err
				}()
				synctest.Wait()
				is.NoErr(s.Close())
				err := <-over
				is.True(errors.Is(err, zreq.ErrClosed))
				is.True(!zreq.SafeToRetry(err)) // as of a Connection that its owner closed
			})
		})
	}
}

// What came while the body of the request was made is no answer, even if that turned
// out to be empty.
func testSessionDesynchronisedByAnEmptyBody(t *testing.T) {
	for _, bare := range []bool{false, true} {
		t.Run(fmt.Sprint("bare ", bare), func(t *testing.T) { askedLate(t, "", bare) })
	}
}

// TestNoSessionShowsNoMethod: a method that is none is not printed as it came.
func TestNoSessionShowsNoMethod(t *testing.T) {
	is := is.New(t)
	var s *zreq.Session
	_, err := s.Do(context.Background(), "GET\x1b[31m\r\nX", site, nil)
	is.True(!strings.ContainsAny(err.Error(), "\x1b\r\n"))
}
