package zreq_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
)

// Each benchmark has raw beside it: a loop on the socket, written by hand, that
// makes the same calls of the callback and has an idle limit, as a client must.
// The server is a process of its own. What counts is the ratio of the two, and
// on a busy machine only that of calls made in turn: ratio measures it.

// Budget: at most 1.25 times the time of raw.
func BenchmarkGetKeepAlive(b *testing.B) {
	compare(b, 13, 512, 4096)
}

// Budget: at least 0.95 times the throughput of raw, that is at most 1.05 times
// its time.
func BenchmarkStream(b *testing.B) {
	for _, chunk := range []int{512, 4096, 32768} {
		b.Run(strconv.Itoa(chunk), func(b *testing.B) { compare(b, 4<<20, chunk, 4096) })
	}
	b.Run("512-buffer-64KiB", func(b *testing.B) { compare(b, 4<<20, 512, 64<<10) })
}

// compare gets length bytes over and over, in chunks, both ways.
func compare(b *testing.B, length, chunk, buffer int) {
	host := serveBenchmark(b)
	url := "http://" + host + "/" + strconv.Itoa(length)
	got := 0
	callback := func(p []byte) error {
		got += len(p)
		return nil
	}
	raw := dialRaw(b, host, length, max(chunk, buffer))
	conn, err := zreq.Connect(context.Background(), url, &zreq.Args{Driver: new(stdnet.Driver)})
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	args := &zreq.Args{
		Connection:     conn,
		StreamCallback: callback,
		StreamChunk:    chunk,
		Limits:         zreq.Limits{ReadBuffer: buffer},
		Into:           new(zreq.Response),
	}
	check := func(b *testing.B, err error) {
		if err != nil || got != length {
			b.Fatalf("%d bytes, want %d: %v", got, length, err)
		}
		got = 0
	}
	byHand := func(b *testing.B) { check(b, raw.get(chunk, callback)) }
	byZreq := func(b *testing.B) {
		_, err := zreq.Get(context.Background(), url, args)
		check(b, err)
	}

	repeat := func(get func(*testing.B)) func(*testing.B) {
		return func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(length))
			for b.Loop() {
				get(b)
			}
		}
	}
	b.Run("raw", repeat(byHand))
	b.Run("zreq", repeat(byZreq))
	b.Run("ratio", func(b *testing.B) {
		var raw, zreq []time.Duration
		for b.Loop() {
			start := time.Now()
			byHand(b)
			middle := time.Now()
			byZreq(b)
			raw, zreq = append(raw, middle.Sub(start)), append(zreq, time.Since(middle))
		}
		b.ReportMetric(float64(median(zreq))/float64(median(raw)), "zreq/raw")
	})
	if conn.Dials() != 1 {
		b.Fatalf("%d dials, want 1", conn.Dials())
	}
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// rawClient trusts its server and checks next to nothing.
type rawClient struct {
	conn    net.Conn
	request []byte
	buf     []byte
	r, w    int // the bytes in buf that are not used yet
}

const rawIdle = 30 * time.Second

func dialRaw(b *testing.B, host string, length, buffer int) *rawClient {
	b.Helper()
	conn, err := net.Dial("tcp", host)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	request := "GET /" + strconv.Itoa(length) + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: keep-alive\r\n\r\n"
	return &rawClient{conn: conn, request: []byte(request), buf: make([]byte, buffer)}
}

func (c *rawClient) get(chunk int, callback func([]byte) error) error {
	if err := c.conn.SetWriteDeadline(time.Now().Add(rawIdle)); err != nil {
		return err
	}
	if _, err := c.conn.Write(c.request); err != nil {
		return err
	}
	left, err := c.head()
	if err != nil {
		return err
	}
	for left > 0 {
		n := min(chunk, left)
		for c.w-c.r < n {
			if err := c.read(); err != nil {
				return err
			}
		}
		if err := callback(c.buf[c.r : c.r+n]); err != nil {
			return err
		}
		c.r += n
		left -= n
	}
	return nil
}

// head reads the head and returns the length of the body.
func (c *rawClient) head() (length int, err error) {
	for {
		if end := bytes.Index(c.buf[c.r:c.w], []byte("\r\n\r\n")); end >= 0 {
			head := c.buf[c.r : c.r+end]
			c.r += end + len("\r\n\r\n")
			if !bytes.HasPrefix(head, []byte("HTTP/1.1 200 ")) {
				return 0, errors.New("not a 200")
			}
			_, value, _ := bytes.Cut(head, []byte("Content-Length: "))
			for _, digit := range value {
				if digit < '0' || digit > '9' {
					break
				}
				length = 10*length + int(digit-'0')
			}
			return length, nil
		}
		if err := c.read(); err != nil {
			return 0, err
		}
	}
}

func (c *rawClient) read() error {
	c.w = copy(c.buf, c.buf[c.r:c.w])
	c.r = 0
	if err := c.conn.SetReadDeadline(time.Now().Add(rawIdle)); err != nil {
		return err
	}
	n, err := c.conn.Read(c.buf[c.w:])
	c.w += n
	return err
}

// serverVariable makes a run of this test binary the server of the benchmarks.
const serverVariable = "ZREQ_BENCHMARK_SERVER"

// serveBenchmark starts the server and returns its host and port.
func serveBenchmark(b *testing.B) string {
	b.Helper()
	server := exec.Command(os.Args[0], "-test.run=^TestBenchmarkServer$", "-test.v=false")
	server.Env = append(os.Environ(), serverVariable+"=on")
	server.Stderr = os.Stderr
	stdin, err := server.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := server.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = stdin.Close() // tells it to end
		_ = server.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// TestBenchmarkServer does nothing but in a process that a benchmark started.
func TestBenchmarkServer(t *testing.T) {
	if os.Getenv(serverVariable) == "" {
		return
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(listener.Addr())
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serveLengths(conn)
		}
	}()
	_, _ = io.Copy(io.Discard, os.Stdin) // until the benchmark is over
	os.Exit(0)
}

// serveLengths answers GET /n with n bytes, until the client goes.
func serveLengths(conn net.Conn) {
	defer conn.Close()
	request := make([]byte, 4096)
	block := make([]byte, 256<<10)
	var out []byte
	for have := 0; ; {
		n, err := conn.Read(request[have:])
		if err != nil {
			return
		}
		have += n
		if !bytes.HasSuffix(request[:have], []byte("\r\n\r\n")) {
			continue
		}
		length := 0
		for _, digit := range request[len("GET /"):have] {
			if digit == ' ' {
				break
			}
			length = 10*length + int(digit-'0')
		}
		have = 0
		out = append(out[:0], "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: "...)
		out = append(strconv.AppendInt(out, int64(length), 10), "\r\n\r\n"...)
		first := min(length, len(block))
		if _, err := conn.Write(append(out, block[:first]...)); err != nil {
			return
		}
		for left := length - first; left > 0; {
			n, err := conn.Write(block[:min(left, len(block))])
			if err != nil {
				return
			}
			left -= n
		}
	}
}
