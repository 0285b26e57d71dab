package zreq_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

const evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"

// strays are what a peer says that nobody asked for: with its answer, or later, on a
// connection that is idle, or before anything was asked.
var strays = map[string]struct {
	before, with, later string
	end                 bool // and then it closes
	why                 zreq.CloseReason
	harmless            bool // to the connection, or there is nothing
}{
	"nothing":                    {harmless: true},
	"a body that is too long":    {with: "evil", why: zreq.CloseLeftover},
	"a line end":                 {with: "\r\n", why: zreq.CloseLeftover},
	"two answers at once":        {with: evil, why: zreq.CloseLeftover},
	"an interim answer behind":   {with: "HTTP/1.1 100 Continue\r\n\r\n", why: zreq.CloseLeftover},
	"bytes, later":               {later: "evil"},
	"one byte, later":            {later: "\n"},
	"two answers, later":         {later: evil},
	"many answers, later":        {later: evil + evil + evil},
	"a 408":                      {later: "HTTP/1.1 408 Request Timeout\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlate"},
	"a 408 and the end":          {later: "HTTP/1.1 408 Request Timeout\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlate", end: true},
	"half a line":                {later: "HTTP/1.1 20"},
	"half a line and the end":    {later: "HTTP/1.1 20", end: true},
	"half a head":                {later: "HTTP/1.1 200 OK\r\nContent-Len"},
	"an interim answer":          {later: "HTTP/1.1 103 Early Hints\r\n\r\n"},
	"the end":                    {end: true},
	"before anything was asked":  {before: evil},
	"a line end before anything": {before: "\r\n"},
}

// strayPeer answers requests by their paths, but on the first connection says what
// it was not asked for.
type strayPeer struct {
	net  *memnet.Net
	url  string
	args zreq.Args
}

// newStrayPeer is in memory, over TLS or not.
func newStrayPeer(t *testing.T, secure bool, before, with, later string, end bool) *strayPeer {
	t.Helper()
	p := &strayPeer{net: memnet.New(), url: "http://device.test"}
	over := func(c *memnet.Conn) io.ReadWriteCloser { return c }
	if secure {
		p.url = "https://device.test"
		p.args.TLS, over = newTLS(t, "device.test")
	}
	first := true
	serveEach(t, p.net, func(c *memnet.Conn) io.ReadWriteCloser {
		s := &strayConn{ReadWriteCloser: over(c)}
		if first {
			s.with, s.later, s.end = with, later, end
			if before != "" {
				_, _ = io.WriteString(s.ReadWriteCloser, before)
			}
		}
		first = false
		return s
	}, withLength)
	return p
}

// strayConn adds to the first answer, and a second after it.
type strayConn struct {
	io.ReadWriteCloser
	with, later string
	end         bool
}

func (c *strayConn) Write(p []byte) (int, error) {
	_, err := c.ReadWriteCloser.Write(append(p[:len(p):len(p)], c.with...))
	c.with = ""
	if err == nil && (c.later != "" || c.end) {
		time.Sleep(time.Second) // of virtual time
		_, _ = io.WriteString(c.ReadWriteCloser, c.later)
		if c.end {
			_ = c.Close()
		}
		c.later, c.end = "", false
	}
	return len(p), err
}

// What a peer sends unasked is never the answer to anything, and no connection of
// which there is a doubt carries another request.
func testSessionDesynchronised(t *testing.T) {
	for name, tt := range strays {
		for _, secure := range []bool{false, true} {
			for _, bare := range []bool{false, true} {
				if tt.before != "" && bare {
					continue // see TestSessionUnaskedWithoutALook
				}
				for _, method := range []string{"GET", "POST"} {
					t.Run(fmt.Sprintf("%s/TLS %v/bare %v/%s", name, secure, bare, method), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							is := is.New(t)
							p := newStrayPeer(t, secure, tt.before, tt.with, tt.later, tt.end)
							var driver netdriver.Driver = p.net
							if bare {
								driver = memnet.Bare(driver)
							}
							s := &zreq.Session{Driver: &slowDriver{driver}, TLS: p.args.TLS, RetryBudget: -1}
							if secure {
								s.TLS = slowTLS{s.TLS}
							}
							defer s.Close()
							stale := int64(1)
							for i := range 4 {
								path := fmt.Sprintf("/%d", i)
								resp, err := s.Do(context.Background(), method, p.url+path, nil)
								if i == 0 && tt.before != "" {
									is.True(errors.Is(err, zreq.ErrResponse)) // it does not speak HTTP
									is.Equal(failure(is, err).Sent, int64(0))
									stale = 0
									continue
								}
								is.NoErr(err)
								is.Equal(content(is, resp), path) // each answer names its request
								if i == 0 && tt.with != "" {
									is.Equal(resp.CloseReason(), tt.why)
									stale = 0
								} else {
									is.Equal(resp.CloseReason(), zreq.CloseNone)
								}
								time.Sleep(2 * time.Second) // until it is there
							}
							if tt.harmless {
								stale = 0
								is.Equal(p.net.Dials(), 1) // it is kept
							} else {
								is.Equal(p.net.Dials(), 2) // nothing went out on the doubtful one
							}
							stats := s.Stats()
							is.Equal(stats.Stale, stale)
							is.Equal(stats.Retried, int64(0))
							balanced(is, s, 1, 1)
							is.Equal(p.net.Open(), 1) // it is closed
						})
					})
				}
			}
		}
	}
}

// slowTLS gives the peer time to speak first, when the handshake is over.
type slowTLS struct{ netdriver.TLS }

func (s slowTLS) Client(ctx context.Context, c netdriver.Conn, name string) (netdriver.Conn, error) {
	secure, err := s.TLS.Client(ctx, c, name)
	time.Sleep(time.Second)
	return secure, err
}

// What came while the body of the request was made is none either.
func testSessionDesynchronisedInTheMiddle(t *testing.T) {
	for name, body := range map[string]string{"some bytes": "body", "more of them": numbered(2000)} {
		for _, bare := range []bool{false, true} {
			t.Run(fmt.Sprint(name, "/bare ", bare), func(t *testing.T) { askedLate(t, body, bare) })
		}
	}
}

// askedLate makes a request whose body is ready only when bytes have come that nobody
// asked for.
func askedLate(t *testing.T, body string, bare bool) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		p := newStrayPeer(t, false, "", "", evil, false)
		var driver netdriver.Driver = p.net
		if bare {
			driver = memnet.Bare(driver)
		}
		s := &zreq.Session{Driver: driver, RetryBudget: -1}
		defer s.Close()
		named(is, s, p.url, "/1", nil)
		resp, err := s.Post(context.Background(), p.url+"/2", &zreq.Args{Body: &tardy{again{text: body}}})
		is.NoErr(err) // it is replaced: nothing had been sent
		is.Equal(content(is, resp), "/2")
		is.Equal(p.net.Dials(), 2)
		is.Equal(p.net.Open(), 1)
	})
}

// tardy is a body that takes its time.
type tardy struct{ again }

func (b *tardy) Read(p []byte) (int, error) {
	time.Sleep(time.Minute)
	return b.again.Read(p)
}

// seenRequest is a request as a server of these tests reads it.
type seenRequest struct {
	method, path string
	body         int // bytes
}

// readRequest reads one, with its body.
func readRequest(in *bufio.Reader) (r seenRequest, err error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return r, err
	}
	parts := strings.Fields(line)
	r.method, r.path = parts[0], parts[1]
	for {
		if line, err = in.ReadString('\n'); err != nil {
			return r, err
		}
		line = strings.ToLower(strings.TrimSpace(line))
		if line == "" {
			r.body, err = in.Discard(r.body)
			return r, err
		}
		if size, ok := strings.CutPrefix(line, "content-length: "); ok {
			r.body, _ = strconv.Atoi(size)
		}
	}
}

// requestsSeen counts requests that came whole by method and path.
type requestsSeen struct {
	mu    sync.Mutex
	times map[string]int
}

func (s *requestsSeen) note(r *seenRequest) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.times == nil {
		s.times = make(map[string]int)
	}
	s.times[r.method+" "+r.path]++
}

func (s *requestsSeen) count(request string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.times[request]
}

// serveRequests answers every request of n when it came whole, and counts them.
func serveRequests(t testing.TB, n *memnet.Net, answer func(r *seenRequest) string) *requestsSeen {
	t.Helper()
	l, err := n.Listen("")
	if err != nil {
		t.Fatal(err)
	}
	seen := new(requestsSeen)
	var serving sync.WaitGroup
	serving.Go(func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			serving.Go(func() {
				defer c.Close()
				in := bufio.NewReader(c)
				for {
					r, err := readRequest(in)
					if err != nil {
						return
					}
					seen.note(&r)
					if _, err := io.WriteString(c, answer(&r)); err != nil {
						return
					}
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		serving.Wait()
	})
	return seen
}

// most is how often one was seen at most.
func (s *requestsSeen) most() (most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, times := range s.times {
		most = max(most, times)
	}
	return most
}
