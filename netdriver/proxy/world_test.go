package proxy_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

// A world is a network in memory with origins, and with proxies that relay to them. It
// keeps every byte that each side receives.
type world struct {
	*memnet.Net
	t     testing.TB
	ca    *tlstest.Authority
	trust *tlsnet.TLS
	group sync.WaitGroup

	mu    sync.Mutex
	heard map[string]*bytes.Buffer // by address; for TLS what was decrypted
	conns map[string]int           // accepted, by address
}

func newWorld(t testing.TB) *world {
	w := &world{Net: memnet.New(), t: t, ca: authority(t), heard: make(map[string]*bytes.Buffer), conns: make(map[string]int)}
	w.trust = tlsnet.New(&tlsnet.Config{RootCAs: w.ca.Pool()})
	t.Cleanup(w.group.Wait)
	return w
}

// received returns what came at an address.
func (w *world) received(address string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if b := w.heard[address]; b != nil {
		return b.String()
	}
	return ""
}

// accepted returns how many connections came at an address.
func (w *world) accepted(address string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.conns[address]
}

// listen accepts connections at an address, over TLS if that is secure.
func (w *world) listen(address string, secure bool) net.Listener {
	l, err := w.Listen(address)
	if err != nil {
		w.t.Fatal(err)
	}
	var config *tls.Config
	if secure {
		host, _, _ := net.SplitHostPort(address)
		config = serverFor(w.t, w.ca, host)
	}
	return &worldListener{l, w, address, config}
}

type worldListener struct {
	*memnet.Listener
	world   *world
	address string
	config  *tls.Config
}

func (l *worldListener) Addr() net.Addr { return worldAddr(l.address) }

func (l *worldListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.world.mu.Lock()
	l.world.conns[l.address]++
	l.world.mu.Unlock()
	var conn net.Conn = worldConn{c}
	if l.config != nil {
		conn = tls.Server(conn, l.config)
	}
	return &recorded{conn, l}, nil
}

type worldAddr string

func (worldAddr) Network() string  { return "mem" }
func (a worldAddr) String() string { return string(a) }

type worldConn struct{ *memnet.Conn }

func (worldConn) LocalAddr() net.Addr  { return worldAddr("") }
func (worldConn) RemoteAddr() net.Addr { return worldAddr("") }

// A recorded connection notes what is read from it.
type recorded struct {
	net.Conn
	by *worldListener
}

func (r *recorded) Read(p []byte) (int, error) {
	n, err := r.Conn.Read(p)
	w := r.by.world
	w.mu.Lock()
	defer w.mu.Unlock()
	b := w.heard[r.by.address]
	if b == nil {
		b = new(bytes.Buffer)
		w.heard[r.by.address] = b
	}
	b.Write(p[:n])
	return n, err
}

// serve serves HTTP at an address until the test ends.
func (w *world) serve(address string, secure bool, h http.Handler) {
	l := w.listen(address, secure)
	s := &http.Server{Handler: h, ErrorLog: silent}
	w.group.Go(func() { _ = s.Serve(l) })
	w.t.Cleanup(func() { _ = s.Close() })
}

// dialTo is how the proxies reach the origins.
func (w *world) dialTo(address string) (net.Conn, error) {
	c, err := w.Dial(context.Background(), "tcp", address)
	if err != nil {
		return nil, err
	}
	return worldConn{c.(*memnet.Conn)}, nil
}

// An httpRelay is an HTTP proxy that wants the credentials of the tests.
type httpRelay struct {
	world   *world
	forward *http.Transport
}

// relayHTTP starts an HTTP proxy.
func (w *world) relayHTTP(address string, secure bool) {
	r := &httpRelay{w, &http.Transport{
		DialContext: func(_ context.Context, _, address string) (net.Conn, error) { return w.dialTo(address) },
	}}
	w.t.Cleanup(r.forward.CloseIdleConnections)
	w.serve(address, secure, r)
}

func (r *httpRelay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.Header.Get("Proxy-Authorization") != "Basic "+encoded {
		w.Header().Set("Proxy-Authenticate", `Basic realm="relay"`)
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	if req.Method == http.MethodConnect {
		r.tunnel(w, req)
		return
	}
	if !req.URL.IsAbs() {
		http.Error(w, "not in absolute-form", http.StatusBadRequest)
		return
	}
	req.Header.Del("Proxy-Authorization") // it is for this hop (RFC 9110, 11.7.2)
	resp, err := r.forward.RoundTrip(req)
	if err != nil {
		http.Error(w, "it cannot be reached", http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	for name, values := range resp.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(resp.StatusCode)
	_, _ = io.Copy(w, resp.Body)
}

func (r *httpRelay) tunnel(w http.ResponseWriter, req *http.Request) {
	far, err := r.world.dialTo(req.Host)
	if err != nil {
		http.Error(w, "it cannot be reached", http.StatusBadGateway)
		return
	}
	near, rw, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(near, established)
	join(near, rw.Reader, far)
}

// join copies in both directions until either ends.
func join(near net.Conn, buffered io.Reader, far net.Conn) {
	var group sync.WaitGroup
	group.Go(func() {
		_, _ = io.Copy(far, buffered)
		_ = far.Close()
	})
	_, _ = io.Copy(near, far)
	_ = near.Close()
	group.Wait()
}

// relaySOCKS starts a SOCKS5 proxy that wants the credentials of the tests.
func (w *world) relaySOCKS(address string) {
	l := w.listen(address, false)
	w.t.Cleanup(func() { _ = l.Close() })
	w.group.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			w.group.Go(func() { w.socks(c) })
		}
	})
}

func (w *world) socks(near net.Conn) {
	defer near.Close()
	in := bufio.NewReader(near)
	for _, st := range []step{{helloLogin, wantsLogin}, {login, loginTaken}} {
		got := make([]byte, len(st.want))
		if _, err := io.ReadFull(in, got); err != nil || string(got) != st.want {
			return
		}
		_, _ = io.WriteString(near, st.reply)
	}
	head := make([]byte, 5)
	if _, err := io.ReadFull(in, head); err != nil || head[3] != 3 {
		return
	}
	rest := make([]byte, int(head[4])+2)
	if _, err := io.ReadFull(in, rest); err != nil {
		return
	}
	name, port := rest[:head[4]], rest[head[4]:]
	far, err := w.dialTo(net.JoinHostPort(string(name), strconv.Itoa(int(port[0])<<8|int(port[1]))))
	if err != nil {
		_, _ = io.WriteString(near, "\x05\x04\x00\x01\x00\x00\x00\x00\x00\x00")
		return
	}
	_, _ = io.WriteString(near, connected)
	join(near, in, far)
}

// hears reports whether an address has received any of words.
func (w *world) hears(address string, words ...string) bool {
	text := w.received(address)
	for _, word := range words {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}
