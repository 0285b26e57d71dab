package zreqtest_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httputil"
	"strings"
	"testing/synctest"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

// An origin is a server, and the driver that leads to it. What it does is random, and it writes
// that down in the call. Before the client touches a connection, it waits until the origin has
// nothing to do, so that a seed always gives the same calls.
type origin struct {
	*memnet.Net
	seed   uint64
	bare   bool // connections have only the methods of netdriver.Conn
	pieces int  // the most bytes that a Read or a Write moves; 0: all
	dials  uint64
	call   *call // the one under way
	logf   func(format string, args ...any)
}

// An answer is a request that the origin has received, and its final response to it.
type answer struct {
	*http.Request
	conn      *memnet.Conn
	received  []byte // body of the request
	rushed    bool   // that came before the expectation was met
	early     bool   // the response comes before that
	interim   int    // 1xx before the final response
	id        string
	status    int // 0: there is no response
	fields    []string
	head      string
	body, raw []byte // raw is the body in its coding
	coded     bool
	framing   zreq.Framing
	keeps     bool // the head says that the connection can be used again
	cut       bool
	came      int  // bytes of raw that were sent
	behind    bool // other bytes follow
	part      bool // it says that it is not all that there is
	gone      bool // the connection was closed after it all the same
}

// text has no two parts that are alike.
var text = func() (p []byte) {
	for random := rand.New(rand.NewPCG(1, 2)); len(p) < 1<<20; {
		p = fmt.Appendf(p, "%016x", random.Uint64())
	}
	return p
}()

func oneOf[T any](random *rand.Rand, list ...T) T { return list[random.IntN(len(list))] }

func chance(random *rand.Rand, percent int) bool { return random.IntN(100) < percent }

// Dial implements netdriver.Driver.
func (o *origin) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	synctest.Wait()
	o.dials++
	random := rand.New(rand.NewPCG(o.seed, o.dials))
	if chance(random, 2) {
		o.note("end")
		return nil, memnet.ErrRefused
	}
	c, err := o.Net.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	t := &tap{c.(*memnet.Conn), o, random}
	if o.bare {
		return struct{ netdriver.Conn }{t}, nil
	}
	return t, nil
}

// A tap is the client's end of a connection. It counts what passes and cuts it into pieces.
type tap struct {
	*memnet.Conn
	*origin
	random *rand.Rand
}

// step precedes each use of the connection. It ends the call or the connection where that was
// chosen. It returns the part of p to be moved.
func (t *tap) step(p []byte) []byte {
	synctest.Wait()
	c := t.call
	if c.steps++; c.steps == c.endAt && c.method == "GET" {
		t.note("cancel")
		c.cancel()
		synctest.Wait()
	} else if c.steps == c.endAt {
		t.note("reset")
		t.Reset()
	}
	if t.pieces > 0 && c.steps < 1000 { // or a long body would take too long
		p = p[:min(len(p), t.random.IntN(t.pieces+1))]
	}
	return p
}

func (t *tap) Read(p []byte) (int, error) {
	n, err := t.Conn.Read(t.step(p))
	t.call.read += int64(n)
	return n, err
}

func (t *tap) Write(p []byte) (int, error) {
	n, err := t.Conn.Write(t.step(p))
	t.call.sent += int64(n)
	return n, err
}

func (t *tap) Check() error {
	t.step(nil)
	return t.Conn.Check()
}

// note writes down what happened in the call.
func (o *origin) note(what string) {
	o.call.did[what] = true
	o.logf("  %s", what)
}

// listen serves connections until the listener is closed.
func (o *origin) listen(l *memnet.Listener) {
	for k := uint64(0); ; k++ {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			in, random := bufio.NewReader(c), rand.New(rand.NewPCG(o.seed, ^k))
			for o.serve(c, in, random) {
			}
		}()
	}
}

// serve reads a request and answers it. It reports whether the connection stays open.
func (o *origin) serve(c *memnet.Conn, in *bufio.Reader, random *rand.Rand) bool {
	r, err := http.ReadRequest(in)
	if err != nil {
		return false
	}
	a := &answer{Request: r, conn: c, early: chance(random, 10), gone: chance(random, 5)}
	o.call.answers = append(o.call.answers, a)
	o.logf("  %s %s%s %d %v", r.Method, r.Host, r.URL, r.ContentLength, r.Header)
	if r.Header.Get("Expect") != "" && chance(random, 60) {
		_, _ = io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
	} else if r.Header.Get("Expect") != "" && !a.early {
		began := time.Now()
		_, err := in.Peek(1)
		a.rushed = err == nil && time.Since(began) < time.Second
	}
	if !a.early {
		if a.received, err = io.ReadAll(r.Body); err != nil || chance(random, 5) {
			return o.leave(c, random)
		}
	}
	a.interim = oneOf(random, 0, 0, 0, 0, 0, 0, 0, 0, 1, oneOf(random, 3, 9))
	_, _ = io.WriteString(c, strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", a.interim))
	all := a.respond(random)
	o.logf("  %.12q %v of %d, %d came, %q", a.head, a.framing, len(a.raw), a.came, a.fields)
	_, err = io.WriteString(c, all)
	switch {
	case a.cut:
		return o.leave(c, random)
	case a.early && a.keeps && err == nil:
		_, err = io.Copy(io.Discard, r.Body)
	}
	return a.keeps && err == nil && !a.gone
}

// leave ends a connection early.
func (o *origin) leave(c *memnet.Conn, random *rand.Rand) bool {
	how := oneOf(random, "end", "end", "reset", "stall")
	o.note(how)
	switch how {
	case "reset":
		c.Reset()
	case "stall":
		_ = c.WaitClose()
	}
	return false
}

// respond chooses the response, and returns what is sent.
func (a *answer) respond(random *rand.Rand) (all string) {
	a.id = fmt.Sprintf("%016x", random.Uint64())
	a.add("X-Id: %s", a.id)
	a.status = oneOf(random, 200, 200, 200, 200, 200, 200, 200, 200, 203, 201, 204, 206, 206, 304, 404, 500, 503, 408, 401, 417, 301, 303, 307, 308)
	a.body = text[random.IntN(len(text)/2):][:oneOf(random, 0, 1, 5, 300, 300, 5000, 5000, 20_000, 70_000, oneOf(random, 2, 400_000))]
	if a.status == 206 && len(a.body) == 0 {
		a.body = text[:1]
	}
	a.raw = a.body
	switch asked := strings.Contains(a.Header.Get("Accept-Encoding"), "gzip"); {
	case a.status == 206:
		a.part = chance(random, 30)
		a.add("Content-Range: bytes 0-%d/%d", len(a.body)-1, len(a.body)+map[bool]int{true: 10}[a.part])
	case asked && chance(random, 60), chance(random, 2):
		a.coded, a.raw = true, packed(a.body)
		a.add("Content-Encoding: gzip")
	case a.redirects():
		a.add("Location: %s", oneOf(random, "/", "r?", "http://device.test/", "http://other.test/", "//device.test:81/", "http://[bad")+a.id)
	case a.status == 401:
		a.add(`WWW-Authenticate: Digest realm="r", nonce="%s", qop="auth"`, a.id)
	}
	a.add("X-Pad: %s", text[:oneOf(random, 0, 0, 0, 300)])
	for range oneOf(random, 0, 0, 0, 0, 0, 0, 20) {
		a.add("X-Pad: x")
	}
	a.keeps = chance(random, 93)
	a.add("Connection: %s", map[bool]string{true: "keep-alive", false: "close"}[a.keeps])
	a.keeps = a.keeps && !a.Close
	all = a.frame(random)
	switch a.came = len(a.raw); {
	case chance(random, 8):
		all = all[:random.IntN(len(all))]
		a.cut, a.keeps, a.came = true, false, max(0, len(all)-len(a.head))
		if a.framing == zreq.FramingChunked && a.came > 0 {
			p, _ := io.ReadAll(httputil.NewChunkedReader(strings.NewReader(all[len(a.head):])))
			a.came = len(p)
		}
	case a.keeps && chance(random, 4):
		a.behind = true
		all += "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
	}
	return all
}

func (a *answer) add(field string, args ...any) {
	a.fields = append(a.fields, fmt.Sprintf(field, args...))
}

// frame chooses how the end of the body is found, and returns the whole response.
func (a *answer) frame(random *rand.Rand) string {
	version, framed := "HTTP/1.1", string(a.raw)
	a.framing = oneOf(random, zreq.FramingLength, zreq.FramingLength, zreq.FramingChunked, zreq.FramingChunked, zreq.FramingUntilClose)
	if a.framing != zreq.FramingChunked && chance(random, 8) {
		version = "HTTP/1.0"
	}
	switch {
	case a.status == 204:
	case a.framing == zreq.FramingLength:
		a.add("Content-Length: %d", len(a.raw))
	case a.framing == zreq.FramingChunked:
		a.add("Transfer-Encoding: chunked")
		framed = chunked(a.raw, random)
	}
	if a.Method == "HEAD" || a.status == 204 || a.status == 304 {
		a.framing, a.body, a.raw, framed = zreq.FramingNone, nil, nil, ""
	}
	a.keeps = a.keeps && a.framing != zreq.FramingUntilClose
	a.head = fmt.Sprintf("%s %d Reason\r\n%s\r\n\r\n", version, a.status, strings.Join(a.fields, "\r\n"))
	return a.head + framed
}

// redirects reports whether a leads to another URL.
func (a *answer) redirects() bool { return a.status/100 == 3 && a.status != 304 }

func chunked(p []byte, random *rand.Rand) string {
	var b strings.Builder
	for most := oneOf(random, 10+len(p)/100, 40_000); len(p) > 0; {
		n := min(len(p), 1+random.IntN(most))
		fmt.Fprintf(&b, "%x%s\r\n%s\r\n", n, oneOf(random, "", ";a=b"), p[:n])
		p = p[n:]
	}
	return b.String() + "0\r\n" + oneOf(random, "", "X-Sum: 1\r\n") + "\r\n"
}

var packer, _ = gzip.NewWriterLevel(nil, gzip.HuffmanOnly)

func packed(p []byte) []byte {
	var b bytes.Buffer
	packer.Reset(&b)
	_, _ = packer.Write(p)
	_ = packer.Close()
	return b.Bytes()
}
