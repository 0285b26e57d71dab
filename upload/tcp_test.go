package upload_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"hash/maphash"
	"io"
	"net"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
)

// A receiver is a server of the system's TCP that takes uploads, one connection
// after another. What it needs it makes at first.
type receiver struct {
	address string
	seed    maphash.Seed
	hashes  bool          // sum is made
	sum     uint64        // of the last body
	whole   atomic.Int64  // requests that came whole
	pause   time.Duration // before each read of a body
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
		buffer := make([]byte, 256<<10)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if over != nil {
				c = tls.Server(c, over)
			}
			for r.take(c, buffer) {
			}
			_ = c.Close()
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
	for {
		if r.hashes {
			_, _ = hash.Write(body)
		}
		if left -= int64(len(body)); left <= 0 {
			break
		}
		if r.pause > 0 {
			time.Sleep(r.pause)
		}
		n, err := c.Read(buffer)
		if err != nil {
			return false
		}
		body = buffer[:n]
	}
	r.sum = hash.Sum64()
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

// TestSendfile: over plain TCP a file does not pass through memory, and over TLS
// it does; what arrives is the same.
func TestSendfile(t *testing.T) {
	security, config := secure(t)
	for name, tt := range map[string]struct {
		scheme string
		server *tls.Config
		offset int64
		pause  time.Duration
	}{
		"plain":                  {"http", nil, 0, 0},
		"plain, from the middle": {"http", nil, 1_234_567, 0},
		"plain, to a slow peer":  {"http", nil, 0, time.Millisecond},
		"TLS":                    {"https", config, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			content := numbered(10<<20 + 17)
			f, err := os.Open(file(t, content))
			is.NoErr(err)
			defer f.Close()
			_, err = f.Seek(tt.offset, io.SeekStart)
			is.NoErr(err)
			fd, err := upload.File(f)
			is.NoErr(err)
			server := receive(t, tt.server)
			server.hashes, server.pause = true, tt.pause
			d := new(fast)
			resp, err := upload.Upload(t.Context(), server.url(tt.scheme), fd, &upload.Args{Driver: d, TLS: security})
			is.NoErr(err)
			is.Equal(resp.Status, 201)
			is.Equal(server.sum, maphash.Bytes(server.seed, content[tt.offset:])) // every byte, in order
			if sendsFiles && tt.scheme == "http" {
				is.True(d.taken.Load() >= fd.Size()-1-8192) // what head and tail had no room for
				is.True(d.taken.Load() < fd.Size())         // but for the last byte
			} else {
				is.Equal(d.taken.Load(), int64(0))
			}
			offset, err := f.Seek(0, io.SeekCurrent)
			is.NoErr(err)
			is.Equal(offset, tt.offset) // the file's own offset is left alone
		})
	}
}

func TestFileThatChangesOverTCP(t *testing.T) {
	const size = 10 << 20
	for name, tt := range map[string]struct {
		change func(name string) error
		now    int64
	}{
		"shrinks":         {func(name string) error { return os.Truncate(name, 5<<20) }, 5 << 20},
		"shrinks by much": {func(name string) error { return os.Truncate(name, 10) }, 10},
		"grows":           {func(name string) error { return os.Truncate(name, size+1) }, size + 1},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			name := file(t, numbered(size))
			server := receive(t, nil)
			changed := false
			resp, err := upload.Upload(t.Context(), server.url("http"), opened(t, name), &upload.Args{
				Driver: new(stdnet.Driver), Progress: func(int64, int64) {
					if !changed {
						changed = true
						is.NoErr(tt.change(name))
					}
				},
			})
			is.True(changed) // the test's own
			is.True(resp == nil)
			var other *upload.SizeError
			is.True(errors.As(err, &other))
			is.Equal(*other, upload.SizeError{Said: size, Now: tt.now}) // both sizes
			is.True(errors.Is(err, zreq.ErrBody))
			is.Equal(server.whole.Load(), int64(0)) // no whole request arrived
		})
	}
}

// TestUploadToASlowServer: a server that stops reading for longer than a time
// slice loses nothing.
func TestUploadToASlowServer(t *testing.T) {
	is := is.New(t)
	content := numbered(16 << 20)
	server := receive(t, nil)
	server.hashes, server.pause = true, 20*time.Millisecond
	_, err := upload.Upload(t.Context(), server.url("http"), source(t, content), &upload.Args{
		Driver: new(stdnet.Driver), Timeouts: zreq.Timeouts{Write: 320 * time.Millisecond}, // a slice is 10 ms
	})
	is.NoErr(err)
	is.Equal(server.sum, maphash.Bytes(server.seed, content))
}

// TestUploadTimesOut: a server that stops reading for good is given up.
func TestUploadTimesOut(t *testing.T) {
	is := is.New(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	is.NoErr(err)
	defer l.Close()
	calls := 0
	var last int64
	_, err = upload.Upload(t.Context(), "http://"+l.Addr().String(), source(t, make([]byte, 16<<20)), &upload.Args{
		Driver: new(stdnet.Driver), ExpectFrom: -1, Timeouts: zreq.Timeouts{Write: 100 * time.Millisecond},
		Progress: func(sent, _ int64) { calls++; last = sent },
	})
	var failure *zreq.Error
	is.True(errors.As(err, &failure))
	is.True(failure.Timeout())
	is.Equal(failure.Phase, zreq.PhaseSend)
	is.True(calls > 0)
	is.True(last <= failure.Sent && last > failure.Sent-1024) // all but the head, to the byte
}

// BenchmarkUpload budget: zreq at least 0.95 times the throughput of raw.
func BenchmarkUpload(b *testing.B) {
	const size = 64 << 20
	name := file(b, make([]byte, size))
	server := receive(b, nil)
	f, err := os.Open(name)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()

	byHand := byHand(b, server, f, size)
	fd := opened(b, name)
	conn, err := zreq.Connect(context.Background(), server.url("http"), &zreq.Args{Driver: new(stdnet.Driver)})
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	args := &upload.Args{Connection: conn, Into: new(zreq.Response), ExpectFrom: -1}
	byZreq := func(b *testing.B) {
		resp, err := upload.Upload(context.Background(), server.url("http"), fd, args)
		if err != nil || resp.Status != 201 {
			b.Fatal(err)
		}
	}
	repeat := func(once func(b *testing.B)) func(*testing.B) {
		return func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(size)
			for b.Loop() {
				once(b)
			}
		}
	}
	b.Run("raw", repeat(byHand))
	b.Run("zreq", repeat(byZreq))
}

// byHand uploads f by a loop that trusts its server, over a connection of its own.
func byHand(b *testing.B, server *receiver, f *os.File, size int64) func(b *testing.B) {
	b.Helper()
	c, err := net.Dial("tcp", server.address)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.Close() })
	head := []byte("POST /recordings HTTP/1.1\r\nHost: " + server.address + "\r\nContent-Length: " + strconv.FormatInt(size, 10) + "\r\n\r\n")
	answer := make([]byte, len(taken))
	return func(b *testing.B) {
		if _, err := c.Write(head); err != nil {
			b.Fatal(err)
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			b.Fatal(err)
		}
		if n, err := c.(*net.TCPConn).ReadFrom(&io.LimitedReader{R: f, N: size}); n != size || err != nil {
			b.Fatal(n, err)
		}
		if _, err := io.ReadFull(c, answer); err != nil {
			b.Fatal(err)
		}
	}
}
