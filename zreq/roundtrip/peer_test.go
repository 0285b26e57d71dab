package roundtrip_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/roundtrip"
)

// peer is a server that answers each request with the next of its texts, and closes
// the connection after one that begins with "close ". It keeps what it was sent.
type peer struct {
	url string

	mu       sync.Mutex
	conns    int
	requests []string
}

// startPeer starts one on the loopback; it ends with the test.
func startPeer(t testing.TB, answers ...string) *peer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	is.New(t).NoErr(err) // the loopback is there
	p := &peer{url: "http://" + listener.Addr().String()}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			p.mu.Lock()
			p.conns++
			p.mu.Unlock()
			t.Cleanup(func() { c.Close() })
			all.Go(func() { p.serve(c, answers) })
		}
	})
	t.Cleanup(all.Wait)
	t.Cleanup(func() { listener.Close() })
	return p
}

func (p *peer) serve(c net.Conn, answers []string) {
	defer c.Close()
	from := bufio.NewReader(c)
	for {
		text, err := readRequest(from)
		if err != nil {
			return
		}
		p.mu.Lock()
		i := len(p.requests)
		p.requests = append(p.requests, text)
		p.mu.Unlock()
		if i >= len(answers) {
			return
		}
		answer, closes := strings.CutPrefix(answers[i], "close ")
		if _, err := io.WriteString(c, answer); err != nil || closes {
			return
		}
	}
}

// readRequest returns a request as it came.
func readRequest(from *bufio.Reader) (string, error) {
	var text strings.Builder
	tee := io.TeeReader(onebyone{from}, &text)
	req, err := http.ReadRequest(bufio.NewReaderSize(tee, 16))
	if err != nil {
		return "", err
	}
	_, err = io.Copy(io.Discard, req.Body)
	return text.String(), err
}

// onebyone reads no further than it has to.
type onebyone struct{ from *bufio.Reader }

func (o onebyone) Read(p []byte) (int, error) { return o.from.Read(p[:min(len(p), 1)]) }

func (p *peer) seen() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.requests...)
}

func (p *peer) connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.conns
}

// zreqClient is a client over zreq; all is closed when the test ends.
func zreqClient(t testing.TB) (*http.Client, *zreq.Session) {
	t.Helper()
	session := &zreq.Session{}
	t.Cleanup(func() { session.Close() })
	return &http.Client{Transport: &roundtrip.Transport{Session: session}}, session
}

// stdClient is a client of net/http.
func stdClient(t testing.TB) *http.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// serve starts a server of net/http.
func serve(t testing.TB, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s
}

// traceFunc is a function as a zreq.Trace.
type traceFunc func(zreq.Event)

func (f traceFunc) Trace(e zreq.Event) { f(e) }
