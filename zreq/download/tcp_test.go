//go:build !tinygo

package download_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// A sender is a server of the system's TCP that answers each request with head, and
// part as often as it takes. All of its memory is made at first.
type sender struct {
	address string
	head    []byte
	part    []byte
	parts   int
	end     []byte        // what follows them
	gap     time.Duration // before each part
	resets  bool          // and then breaks the connection
	closes  bool          // or ends it
}

// sends starts a sender. over, if not nil, is what it speaks HTTP over.
func sends(t testing.TB, s sender, over *tls.Config) *sender {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = l.Addr().String()
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer c.Close()
				stream := c
				if over != nil {
					stream = tls.Server(c, over)
				}
				s.serve(c, stream)
			})
		}
	})
	t.Cleanup(func() { _ = l.Close(); serving.Wait() })
	return &s
}

func (s *sender) serve(c, stream net.Conn) {
	for request := make([]byte, 4096); ; {
		if _, err := stream.Read(request); err != nil {
			return
		}
		_, _ = stream.Write(s.head)
		for range s.parts {
			time.Sleep(s.gap)
			if _, err := stream.Write(s.part); err != nil {
				return
			}
		}
		_, _ = stream.Write(s.end)
		switch {
		case s.resets:
			_ = c.(*net.TCPConn).SetLinger(0)
			return
		case s.closes:
			return
		}
	}
}

func (s *sender) url(scheme string) string { return scheme + "://" + s.address + "/firmware.bin" }

// ofLength is a sender of a body of so many times part.
func ofLength(part []byte, times int) sender {
	return sender{
		head: []byte("HTTP/1.1 200 OK\r\nContent-Length: " + strconv.Itoa(len(part)*times) + "\r\n\r\n"),
		part: part, parts: times,
	}
}

// inChunks is the same in as many chunks.
func inChunks(part []byte, times int) sender {
	return sender{
		head:  []byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
		part:  slices.Concat([]byte(strconv.FormatInt(int64(len(part)), 16)+"\r\n"), part, []byte("\r\n")),
		parts: times, end: []byte("0\r\n\r\n"),
	}
}

// fast is stdnet, and counts what its connections put into files.
type fast struct {
	stdnet.Driver
	received atomic.Int64 // bytes by ReceiveFile
	looks    *looks       // at all that comes; may be nil
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

func (c *fastConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.d.looks.add(int64(n))
	return n, err
}

func (c *fastConn) ReceiveFile(f *os.File, n int64) (int64, error) {
	received, err := c.Conn.ReceiveFile(f, n)
	c.d.received.Add(received)
	c.d.looks.add(received)
	return received, err
}

// splices says whether the system's TCP puts into a file what comes.
const splices = runtime.GOOS == "linux"

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

// testSplice: over plain TCP a body does not pass through memory, and over TLS it
// does; what is in the file is the same.
func testSplice(t *testing.T) {
	security, config := secure(t)
	part := numbered(100_000)
	short := numbered(1000)
	drips := ofLength(short, 100)
	drips.gap = time.Millisecond
	const ends = 32 << 10 // a buffer full with the head, and at the end what is too little for a splice
	const wide = 64 << 10 // a buffer of a long body, full with the beginning of a chunk
	for name, tt := range map[string]struct {
		scheme string
		over   *tls.Config
		server sender
		want   int
		past   int // so much may pass through memory
	}{
		"by its length":         {"http", nil, ofLength(part, 50), 5_000_000, ends},
		"in large chunks":       {"http", nil, inChunks(part, 50), 5_000_000, 50 * wide},
		"in small chunks":       {"http", nil, inChunks(short, 100), 100_000, 100_000},
		"a little now and then": {"http", nil, drips, 100_000, ends},
		"over TLS":              {"https", config, ofLength(part, 50), 5_000_000, 5_000_000},
		"over TLS, in chunks":   {"https", config, inChunks(part, 50), 5_000_000, 5_000_000},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			server := sends(t, tt.server, tt.over)
			d := new(fast)
			conn, err := zreq.Connect(t.Context(), server.url(tt.scheme), &zreq.Args{Driver: d, TLS: security})
			is.NoErr(err)
			defer conn.Close()
			for range 2 {
				d.received.Store(0)
				path := target(t, true)
				resp, err := zreq.Get(t.Context(), server.url(tt.scheme), &zreq.Args{Connection: conn, Stream: true})
				is.NoErr(err)
				n, err := download.SaveFile(resp, path)
				is.NoErr(err)
				is.Equal(n, int64(tt.want))
				part := part
				if tt.want == 100_000 {
					part = short
				}
				is.True(holds(t, path) == strings.Repeat(string(part), tt.want/len(part))) // every byte, in order
				if splices {
					is.True(int(d.received.Load()) >= tt.want-tt.past) // most of it was never in memory
				}
				is.Equal(d.received.Load() > 0, splices && tt.past < tt.want) // and nothing of the rest was lost
				is.True(resp.Connection == conn)
			}
			is.Equal(conn.Dials(), 1) // the connection was used on
		})
	}
}

// TestSaveFileOverTLSWritesPages: what the system cannot write by itself is written in pieces
// that end at pages, wherever records end.
func TestSaveFileOverTLSWritesPages(t *testing.T) {
	security, config := secure(t)
	server := sends(t, ofLength(numbered(100_000), 5), config)
	is := is.New(t)
	resp, err := zreq.Get(t.Context(), server.url("https"), &zreq.Args{Driver: new(stdnet.Driver), TLS: security, Stream: true})
	is.NoErr(err)
	disk := new(counted)
	n, err := download.SaveFileOn(disk, resp, target(t, false))
	is.NoErr(err)
	is.Equal(n, int64(500_000))
	is.Equal(disk.count("write"), 16) // of 32 KiB each, but for the last
}

// TestSpliceOfABodyThatIsNotWhole: nothing is left of it.
func TestSpliceOfABodyThatIsNotWhole(t *testing.T) {
	part := numbered(100_000)
	for name, tt := range map[string]struct {
		of    func(part []byte, times int) sender
		ends  func(*sender)
		want  error
		limit time.Duration
	}{
		"the end comes early":            {ofLength, func(s *sender) { s.closes = true }, zreq.ErrTruncated, time.Minute},
		"the end comes early, in chunks": {inChunks, func(s *sender) { s.closes, s.end = true, nil }, zreq.ErrTruncated, time.Minute},
		"a reset":                        {ofLength, func(s *sender) { s.resets = true }, zreq.ErrTruncated, time.Minute},
		"silence":                        {ofLength, func(*sender) {}, os.ErrDeadlineExceeded, 100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := tt.of(part, 5)
			s.parts = 3
			tt.ends(&s)
			server := sends(t, s, nil)
			path := target(t, true)
			resp, err := zreq.Get(t.Context(), server.url("http"), &zreq.Args{
				Driver: new(stdnet.Driver), Stream: true, Timeouts: zreq.Timeouts{Body: tt.limit},
			})
			is.NoErr(err)
			_, err = download.SaveFile(resp, path)
			is.True(errors.Is(err, tt.want))
			is.Equal(failure(is, err).Step, download.StepReceive)
			var e *zreq.Error
			is.True(errors.As(err, &e))
			is.Equal(e.Timeout(), tt.want == os.ErrDeadlineExceeded)
			is.True(e.Received <= 300_000) // and so much had come
			is.Equal(holds(t, path), was)
		})
	}
}

func TestSpliceIsCancelled(t *testing.T) {
	is := is.New(t)
	s := ofLength(numbered(100_000), 1000)
	s.gap = 5 * time.Millisecond
	server := sends(t, s, nil)
	path := target(t, true)
	enough := errors.New("the battery is low")
	ctx, cancel := context.WithCancelCause(t.Context())
	resp, err := zreq.Get(ctx, server.url("http"), &zreq.Args{Driver: new(stdnet.Driver), Stream: true})
	is.NoErr(err)
	time.AfterFunc(50*time.Millisecond, func() { cancel(enough) })
	_, err = download.SaveFile(resp, path)
	is.True(errors.Is(err, enough)) // with its cause
	is.Equal(holds(t, path), was)
}

// TestManyFilesLeaveNothingOpen counts the descriptors of this process.
func TestManyFilesLeaveNothingOpen(t *testing.T) {
	is := is.New(t)
	server := sends(t, ofLength(numbered(100_000), 1), nil)
	path := filepath.Join(t.TempDir(), "firmware.bin")
	save := func() {
		resp, err := zreq.Get(t.Context(), server.url("http"), &zreq.Args{Driver: new(stdnet.Driver), Stream: true})
		is.NoErr(err)
		_, err = download.SaveFile(resp, path)
		is.NoErr(err)
	}
	save()
	before := descriptors()
	for range 20 {
		save()
	}
	after := descriptors()
	for wait := time.Now().Add(10 * time.Second); after > before && time.Now().Before(wait); after = descriptors() {
		runtime.GC() // closes the pipe that nobody uses
		time.Sleep(time.Millisecond)
	}
	is.True(after <= before)
}

// descriptors is how many this process has open, where that can be told.
func descriptors() int {
	entries, _ := os.ReadDir("/proc/self/fd")
	return len(entries)
}
