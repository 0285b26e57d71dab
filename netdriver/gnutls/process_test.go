package gnutls_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

// patience is longer than anything here takes.
const patience = 20 * time.Second

// A process is a server of another kind, which runs as a child of the test.
type process struct {
	address string
	roots   *x509.CertPool
	dir     string         // where it runs
	keys    io.WriteCloser // its standard input
	output  *bytes.Buffer
}

// openssl starts openssl s_server, and gnutlsServ gnutls-serv.
func openssl(t *testing.T, args ...string) *process {
	t.Helper()
	return start(t, "openssl", func(host, port string) []string {
		return append([]string{"s_server", "-accept", host + ":" + port, "-cert", "chain.pem", "-key", "key.pem"}, args...)
	})
}

func gnutlsServ(t *testing.T, args ...string) *process {
	t.Helper()
	return start(t, "gnutls-serv", func(_, port string) []string {
		return append([]string{"-p", port, "--x509certfile", "chain.pem", "--x509keyfile", "key.pem"}, args...)
	})
}

// start starts a server, and returns when it listens. It ends with the test.
func start(t *testing.T, program string, args func(host, port string) []string) *process {
	t.Helper()
	is := is.New(t)
	is.Helper()
	ca, err := tlstest.NewAuthority()
	is.NoErr(err) // an authority is made of nothing
	pair, err := ca.Issue(time.Now().Add(time.Hour), "example.org", "127.0.0.1")
	is.NoErr(err) // it signs for names
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	is.NoErr(err) // a key in memory has this form
	p := &process{address: free(t), roots: ca.Pool(), dir: t.TempDir(), output: &bytes.Buffer{}}
	p.write(t, "chain.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}))
	p.write(t, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	host, port, err := net.SplitHostPort(p.address)
	is.NoErr(err) // it has a port
	cmd := exec.Command(program, args(host, port)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.dir, p.output, p.output
	p.keys, err = cmd.StdinPipe()
	is.NoErr(err)         // it has a standard input
	is.NoErr(cmd.Start()) // it is installed: bash .ci/run real does that
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s: %s", program, p.output)
		}
	})
	for by := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", p.address)
		if err == nil {
			_ = c.Close()
			return p
		}
		is.True(time.Now().Before(by)) // it listens
	}
}

// free returns an address where nobody listens.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	is.New(t).NoErr(err) // there is a port
	defer l.Close()
	return l.Addr().String()
}

func (p *process) write(t *testing.T, name string, content []byte) {
	t.Helper()
	is.New(t).NoErr(os.WriteFile(filepath.Join(p.dir, name), content, 0o600)) // there is room
}

// A counter is a driver that looks at the records that come.
type counter struct {
	stdnet.Driver
	records atomic.Int64 // of application data
	largest atomic.Int64 // as it comes, with what encryption adds
}

func (d *counter) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &countedConn{Conn: c, Checker: c.(netdriver.Checker), counter: d}, nil
}

type countedConn struct {
	netdriver.Conn
	netdriver.Checker
	counter *counter
	header  []byte
	left    int // of the record
}

func (c *countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	for p = p[:n]; len(p) > 0; {
		if c.left > 0 {
			skip := min(c.left, len(p))
			c.left -= skip
			p = p[skip:]
			continue
		}
		c.header = append(c.header, p[0])
		if p = p[1:]; len(c.header) == 5 {
			c.left = int(binary.BigEndian.Uint16(c.header[3:]))
			if c.header[0] == 23 {
				c.counter.records.Add(1)
				c.counter.largest.Store(max(c.counter.largest.Load(), int64(c.left)))
			}
			c.header = c.header[:0]
		}
	}
	return n, err
}
