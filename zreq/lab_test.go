package zreq_test

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
	"github.com/zreq-go/zreq/zreq"
)

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
		ca, err := tlstest.NewAuthority()
		if err != nil {
			t.Fatal(err)
		}
		config, err := ca.Server("device.test")
		if err != nil {
			t.Fatal(err)
		}
		l.args.TLS = tlsnet.New(&tlsnet.Config{RootCAs: ca.Pool()})
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
