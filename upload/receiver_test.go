package upload_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"hash/maphash"
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

// A receiver is a server of the system's TCP that takes uploads. What a connection
// needs it makes at first.
type receiver struct {
	address string
	seed    maphash.Seed
	hashes  bool          // sum is made
	sum     atomic.Uint64 // of the last body
	whole   atomic.Int64  // requests that came whole
	pause   time.Duration // before each read of a body
	pauses  int           // at most so many; 0: no limit
}

func receive(t testing.TB, over *tls.Config) *receiver {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &receiver{address: l.Addr().String(), seed: maphash.MakeSeed()}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if over != nil {
				c = tls.Server(c, over)
			}
			serving.Go(func() {
				defer c.Close()
				for buffer := make([]byte, 256<<10); r.take(c, buffer); {
				}
			})
		}
	})
	t.Cleanup(func() { _ = l.Close(); serving.Wait() })
	return r
}

func (r *receiver) url(scheme string) string { return scheme + "://" + r.address + "/recordings" }

var (
	headEnd   = []byte("\r\n\r\n")
	sizeField = []byte("\r\nContent-Length: ")
	expects   = []byte("\r\nExpect: 100-continue\r\n")
	goOn      = []byte("HTTP/1.1 100 Continue\r\n\r\n")
	taken     = []byte(created)
)

// take reads one upload and answers it.
func (r *receiver) take(c net.Conn, buffer []byte) bool {
	n, end := 0, -1
	for end < 0 {
		k, err := c.Read(buffer[n:4096])
		if err != nil {
			return false
		}
		n += k
		end = bytes.Index(buffer[:n], headEnd)
	}
	head, body := buffer[:end+2], buffer[end+4:n]
	left := int64(0)
	for _, d := range head[bytes.Index(head, sizeField)+len(sizeField):] {
		if d < '0' || d > '9' {
			break
		}
		left = left*10 + int64(d-'0')
	}
	if bytes.Contains(head, expects) {
		if _, err := c.Write(goOn); err != nil {
			return false
		}
	}
	var hash maphash.Hash
	hash.SetSeed(r.seed)
	for reads := 1; ; reads++ {
		if r.hashes {
			_, _ = hash.Write(body)
		}
		if left -= int64(len(body)); left <= 0 {
			break
		}
		if r.pause > 0 && (r.pauses == 0 || reads <= r.pauses) {
			time.Sleep(r.pause)
		}
		n, err := c.Read(buffer)
		if err != nil {
			return false
		}
		body = buffer[:n]
	}
	r.sum.Store(hash.Sum64())
	r.whole.Add(1)
	_, err := c.Write(taken)
	return err == nil && left == 0
}

// fast is stdnet, and counts the files that its connections send.
type fast struct {
	stdnet.Driver
	taken atomic.Int64 // bytes by SendFile
}

func (d *fast) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &fastConn{c.(*stdnet.Conn), d}, nil
}

type fastConn struct {
	*stdnet.Conn
	d *fast
}

func (c *fastConn) SendFile(f *os.File, offset, n int64) (int64, error) {
	sent, err := c.Conn.SendFile(f, offset, n)
	c.d.taken.Add(sent)
	return sent, err
}

// sendsFiles says whether the system's TCP sends a file by itself.
const sendsFiles = runtime.GOOS == "linux"

// secure returns the two sides of TLS for the local host.
func secure(t testing.TB) (netdriver.TLS, *tls.Config) {
	t.Helper()
	ca, err := tlstest.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	config, err := ca.Server("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	return tlsnet.New(&tlsnet.Config{RootCAs: ca.Pool()}), config
}
