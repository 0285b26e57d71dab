package link

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/dsnet/try"
	"golang.org/x/time/rate"
)

// Link is how bad a link is.
type Link struct {
	Every int64 // bytes that a connection lasts
	Rate  int64 // bytes a second, of all connections together; 0: as fast as it goes
}

// breaking is a listener whose connections count what they carry, in both directions, and break.
type breaking struct {
	net.Listener
	Link
	limiter         *rate.Limiter
	bytes, requests atomic.Int64
}

// piece is what is sent at once.
const piece = 64 << 10

// serve serves content until end is called, by the server of net/http, with ETag, Last-Modified
// and ranges.
func (l Link) serve(content []byte) (b *breaking, end func() error) {
	listener := try.E1(net.Listen("tcp", "127.0.0.1:0"))
	burst := int(max(piece, l.Rate/100)) // 10 ms make up for sleeps that are longer than they should be
	limit := rate.Inf
	if l.Rate > 0 {
		limit = rate.Limit(l.Rate)
	}
	b = &breaking{Listener: listener, Link: l, limiter: rate.NewLimiter(limit, burst)}
	made := time.Now().Add(-time.Hour) // old enough to be a validator
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.requests.Add(1)
		w.Header().Set("ETag", `"7"`)
		http.ServeContent(w, r, "image.bin", made, bytes.NewReader(content))
	})}
	go func() { _ = server.Serve(b) }() // returns when it is closed
	return b, server.Close
}

func (b *breaking) Accept() (net.Conn, error) {
	conn, err := b.Listener.Accept()
	return &breakingConn{Conn: conn, link: b, left: b.Every}, err
}

type breakingConn struct {
	net.Conn
	link *breaking
	left int64
}

func (c *breakingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.link.bytes.Add(int64(n))
	return n, err
}

// Write sends what the connection still lasts for, in pieces that keep the rate.
func (c *breakingConn) Write(p []byte) (written int, err error) {
	for len(p) > 0 && err == nil {
		if c.left == 0 {
			_ = c.Close()
			return written, net.ErrClosed
		}
		n := int(min(int64(len(p)), c.left, piece))
		if err := c.link.limiter.WaitN(context.Background(), n); err != nil {
			return written, err
		}
		n, err = c.Conn.Write(p[:n])
		c.link.bytes.Add(int64(n))
		written, p, c.left = written+n, p[n:], c.left-int64(n)
	}
	return written, err
}
