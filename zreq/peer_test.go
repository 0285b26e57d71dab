package zreq_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// site is where every scripted peer of these tests is.
const site = "http://device.test/x"

// asks asks for the connection to be kept.
func asks() zreq.Headers { return zreq.Headers{{"Connection", "Keep-Alive"}} }

// answering is a script that answers request after request and stays open.
func answering(responses ...string) (steps []zreqtest.Step) {
	for _, r := range responses {
		steps = append(steps, zreqtest.Request(), zreqtest.Send(r))
	}
	return steps
}

// answers is a peer with one connection that plays answering.
func answers(t *testing.T, responses ...string) *zreqtest.Peer {
	t.Helper()
	return zreqtest.NewPeer(t, answering(responses...))
}

// ends is a peer that gives one answer and ends the connection.
func ends(t *testing.T, response string) *zreqtest.Peer {
	t.Helper()
	return zreqtest.NewPeer(t, append(answering(response), zreqtest.Close()))
}

// byLength, byChunks and byClose are a 200 in each of the three framings. The
// chunks have odd sizes, extensions and padding, and a trailer follows them.
func byLength(body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

func byChunks(body string) string {
	return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks(body) + "0\r\nDigest: x\r\n\r\n"
}

func byClose(body string) string { return "HTTP/1.1 200 OK\r\n\r\n" + body }

// chunks is body in chunks, without the last one.
func chunks(body string) string {
	var b strings.Builder
	sizes := []int{1, 333, 7, 1500, 4096, 2}
	for i := 0; body != ""; i++ {
		n := min(sizes[i%len(sizes)], len(body))
		ext := []string{"", ";a=b", "  ", `;q="x;y"`}[i%4]
		fmt.Fprintf(&b, "%x%s\r\n%s\r\n", n, ext, body[:n])
		body = body[n:]
	}
	return b.String()
}

// numbered returns n bytes that repeat nowhere within reach of a mistake.
func numbered(n int) string {
	b := make([]byte, 0, n+20)
	for i := 0; len(b) < n; i++ {
		b = append(strconv.AppendInt(b, int64(i), 10), ',')
	}
	return string(b[:n])
}

// failure is err as the facts that it holds.
func failure(is *is.I, err error) *zreq.Error {
	is.Helper()
	var e *zreq.Error
	is.True(errors.As(err, &e)) // every failure of a call is an *Error
	return e
}

// content is what Content returns beside its error.
func content(is *is.I, r *zreq.Response) string {
	is.Helper()
	is.True(r != nil) // there is a response
	p, _ := r.Content()
	return string(p)
}

// closed checks that the connection of a call was closed, and that it says why.
func closed(is *is.I, peer *zreqtest.Peer, r *zreq.Response, why zreq.CloseReason) {
	is.Helper()
	is.True(r != nil)
	is.True(r.Connection == nil)   // there is nothing to use again
	is.Equal(r.CloseReason(), why) // and the reason is told
	is.Equal(peer.Open(), 0)       // the socket is closed
}

// serveEach answers every request on every connection of n with what answer
// makes of its path, until the listener closes and the client has closed each
// connection. over, if not nil, is what the server speaks HTTP over.
func serveEach(t testing.TB, n *memnet.Net, over func(*memnet.Conn) io.ReadWriteCloser, answer func(path string) string) {
	t.Helper()
	l, err := n.Listen("")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer c.Close()
				if over == nil {
					serveOne(c, answer)
				} else {
					serveOne(over(c), answer)
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		serving.Wait()
	})
}

func serveOne(c io.ReadWriter, answer func(path string) string) {
	var head []byte
	buffer := make([]byte, 4096)
	for {
		n, err := c.Read(buffer)
		if err != nil {
			return
		}
		head = append(head, buffer[:n]...)
		request, _, whole := strings.Cut(string(head), "\r\n\r\n")
		if !whole {
			continue
		}
		head = head[:0]
		if _, err := io.WriteString(c, answer(strings.Fields(request)[1])); err != nil {
			return
		}
	}
}

// bodyOf is a body that belongs to path and to no other.
func bodyOf(path string, size int) string {
	return strings.Repeat(path, size/len(path)+1)[:size]
}

func withLength(body string) string {
	return "HTTP/1.1 200 OK\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
}

func inChunks(body string, size int) string {
	var b strings.Builder
	b.WriteString("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
	for len(body) > 0 {
		n := min(size, len(body))
		b.WriteString(strconv.FormatInt(int64(n), 16) + ";part\r\n" + body[:n] + "\r\n")
		body = body[n:]
	}
	return b.String() + "0\r\nSum: none\r\n\r\n"
}

// noAddr makes a net.Conn of a connection in memory, for crypto/tls as server.
type noAddr struct{ *memnet.Conn }

func (noAddr) LocalAddr() net.Addr  { return nil }
func (noAddr) RemoteAddr() net.Addr { return nil }

// certified are the authorities and servers by host and hour. Each is made once: keys and
// signatures cost more than most of the tests that need them. A bubble of synctest is in
// another year, and a certificate is valid from an hour before it was made.
var (
	certifiedMu sync.Mutex
	certified   = make(map[string]certificate)
)

type certificate struct {
	ca     *tlstest.Authority
	server *tls.Config
}

// newTLSConfig returns what the two sides of TLS need for host. The caller may change it.
func newTLSConfig(t testing.TB, host string) (client *tlsnet.TLS, server *tls.Config) {
	t.Helper()
	certifiedMu.Lock()
	defer certifiedMu.Unlock()
	key := host + time.Now().Truncate(time.Hour).String()
	c, ok := certified[key]
	if !ok {
		var err error
		if c.ca, err = tlstest.NewAuthority(); err != nil {
			t.Fatal(err)
		}
		if c.server, err = c.ca.Server(host); err != nil {
			t.Fatal(err)
		}
		certified[key] = c
	}
	return tlsnet.New(&tlsnet.Config{RootCAs: c.ca.Pool()}), &tls.Config{Certificates: c.server.Certificates}
}

// newTLS returns the two sides of TLS for host.
func newTLS(t testing.TB, host string) (netdriver.TLS, func(*memnet.Conn) io.ReadWriteCloser) {
	t.Helper()
	client, config := newTLSConfig(t, host)
	return client, func(c *memnet.Conn) io.ReadWriteCloser { return tls.Server(noAddr{c}, config) }
}

// A lab is a peer in memory that speaks plain HTTP or real TLS, and whose bytes can
// be let through one by one, below TLS.
type lab struct {
	net      *memnet.Net
	listener *memnet.Listener
	url      string
	args     zreq.Args // Driver and TLS
}

// labConn is the peer's end of a connection.
type labConn struct {
	io.ReadWriteCloser // HTTP, over TLS or not
	raw                *rein
}

// rein is a connection that takes its time over each byte.
type rein struct {
	*memnet.Conn
	reads  atomic.Int64 // how long each takes,
	most   atomic.Int64 // and the most that it reads
	writes atomic.Int64 // likewise, a byte at a time
}

func (r *rein) Read(p []byte) (int, error) {
	if gap := r.reads.Load(); gap > 0 {
		time.Sleep(time.Duration(gap))
		p = p[:min(len(p), int(r.most.Load()))]
	}
	return r.Conn.Read(p)
}

func (r *rein) Write(p []byte) (int, error) {
	gap := r.writes.Load()
	if gap <= 0 {
		return r.Conn.Write(p)
	}
	for i := range p {
		time.Sleep(time.Duration(gap))
		if _, err := r.Conn.Write(p[i : i+1]); err != nil {
			return i, err
		}
	}
	return len(p), nil
}

func (r *rein) LocalAddr() net.Addr  { return nil }
func (r *rein) RemoteAddr() net.Addr { return nil }

// newLab has play called on each connection. When it returns, the connection stays
// until the client closes it.
func newLab(t testing.TB, secure bool, over func(netdriver.Driver) netdriver.Driver, play func(c *labConn)) *lab {
	t.Helper()
	l := &lab{net: memnet.New(), url: "http://device.test/x"}
	l.args.Driver = over(l.net)
	speak := func(r *rein) io.ReadWriteCloser { return r }
	if secure {
		l.url = "https://device.test/x"
		client, config := newTLSConfig(t, "device.test")
		l.args.TLS = client
		speak = func(r *rein) io.ReadWriteCloser { return tls.Server(r, config) }
	}
	listener, err := l.net.Listen("")
	if err != nil {
		t.Fatal(err)
	}
	l.listener = listener
	var serving sync.WaitGroup
	serving.Go(func() {
		for c, err := listener.Accept(); err == nil; c, err = listener.Accept() {
			serving.Go(func() {
				defer c.Close()
				raw := &rein{Conn: c}
				play(&labConn{speak(raw), raw})
				_ = c.WaitClose()
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		serving.Wait()
	})
	return l
}

// request reads the head of a request.
func (c *labConn) request() bool {
	var head []byte
	p := make([]byte, 4096)
	for !bytes.Contains(head, []byte("\r\n\r\n")) {
		n, err := c.Read(p)
		if err != nil {
			return false
		}
		head = append(head, p[:n]...)
	}
	return true
}

// send sends s at once.
func (c *labConn) send(s string) { _, _ = io.WriteString(c, s) }

// drip sends s, n bytes at a time, and waits before each.
func (c *labConn) drip(s string, n int, gap time.Duration) {
	for s != "" {
		time.Sleep(gap)
		k := min(n, len(s))
		if _, err := io.WriteString(c, s[:k]); err != nil {
			return
		}
		s = s[k:]
	}
}

// sip reads for ever, n bytes at a time, and waits before each.
func (c *labConn) sip(n int, gap time.Duration) {
	c.raw.most.Store(int64(n))
	c.raw.reads.Store(int64(gap))
	_, _ = io.Copy(io.Discard, c)
}

// moment is a point in time that the peer notes and the test asks for.
type moment struct{ at atomic.Int64 }

func (m *moment) note() { m.at.Store(time.Now().UnixNano()) }

// ago is how long ago that was.
func (m *moment) ago() time.Duration { return time.Duration(time.Now().UnixNano() - m.at.Load()) }
