// Package link downloads over a link that breaks, by several programs, and counts what that
// takes at the server, which closes a connection that has sent so many bytes.
package link

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/cavaliergopher/grab/v3"
	"github.com/dsnet/try"
	"golang.org/x/time/rate"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/benchmarks/client/curl"
	"github.com/zreq-go/zreq/benchmarks/client/nethttp"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// Link is how bad a link is.
type Link struct {
	Every int64 // bytes that a connection lasts
	Rate  int64 // bytes a second, of all connections together; 0: as fast as it goes
}

// Bound is how often a client that begins anew each time does so: it never comes to an end.
const Bound = 10

// A get downloads into the file of a task, and reports whether it came to an end.
type get func(t client.Task, sum []byte) (whole bool)

// Case is a download of a file of size bytes into a folder, by each client of this machine.
func (l Link) Case(name, dir string, size int64) bench.Case {
	c := bench.Case{Group: "link that breaks", Name: name, Rounds: 3}
	add := func(name string, by get) {
		c.Clients = append(c.Clients, bench.Taking(name, func() bench.Sample { return l.download(by, filepath.Join(dir, "image"), size) }))
	}
	add("zreq ToFile", func(t client.Task, _ []byte) bool { return byZreq(t, nil) })
	add("zreq ToFile with SHA-256", byZreq)
	if curl.Here() {
		add("curl -C - in a loop", byCurl)
	}
	add("grab in a loop", byGrab)
	add(fmt.Sprintf("net/http from the start, given up after %d", Bound), byNetHTTP)
	return c
}

// download has a client download, and looks at the file. Whoever does not come to an end has
// none.
func (l Link) download(by get, path string, size int64) bench.Sample {
	content := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{16}).Read(content) // never fails; the same each time
	sum := sha256.Sum256(content)
	link, end := l.serve(content)
	defer end()
	defer os.Remove(path)
	task := client.Task{Address: link.Addr().String(), Path: "/image", Length: size, File: path, Keep: true}
	start := time.Now()
	whole := by(task, sum[:])
	s := bench.Sample{
		bench.Time: float64(time.Since(start)), bench.Wire: float64(link.bytes.Load()), bench.Requests: float64(link.requests.Load()),
	}
	if whole && !bytes.Equal(try.E1(os.ReadFile(path)), content) {
		try.E(errors.New("the file is another"))
	}
	return s
}

func byZreq(t client.Task, sum []byte) bool {
	args := &download.Args{Want: download.Want{SHA256: sum}, Call: zreq.Args{Driver: new(stdnet.Driver)}}
	try.E1(download.ToFile(context.Background(), t.URL(), t.File, args))
	return true
}

// byCurl is what scripts have.
func byCurl(t client.Task, _ []byte) bool {
	const loop = `until curl --disable -fsS -C - -o "$1" "$0" 2>/dev/null; do :; done`
	try.E(exec.Command("sh", "-c", loop, t.URL(), t.File).Run())
	return true
}

// byGrab goes on in the file that is there, which grab does by itself.
func byGrab(t client.Task, _ []byte) bool {
	web := grab.NewClient()
	web.HTTPClient = &http.Client{Transport: new(http.Transport)}
	for web.Do(try.E1(grab.NewRequest(t.File, t.URL()))).Err() != nil {
	}
	return true
}

// byNetHTTP begins anew, as most programs do.
func byNetHTTP(t client.Task, _ []byte) bool {
	once := nethttp.New(t).Worker()
	for range Bound {
		if attempt(once) == nil {
			return true
		}
	}
	return false
}

func attempt(once func()) (err error) {
	defer try.Handle(&err)
	once()
	return nil
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
