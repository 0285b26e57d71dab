package download_test

import (
	"bufio"
	"context"
	"io"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

// ask is a request that an origin has received.
type ask struct {
	k        int // number, from 1
	path     string
	head     string
	from     int64 // of the Range; −1 if there is none
	until    int64 // its end, exclusive; −1 if it is open
	ifRange  string
	closing  bool
	received int64 // bytes of the request
}

// reply is what an origin does with a request.
type reply struct {
	text  string        // is sent, but for what is cut
	cut   int           // bytes of text after which the connection breaks; negative: all are sent
	stall bool          // nothing follows, and the connection stays open
	reset bool          // the connection does not end, but breaks
	close bool          // the connection ends after text
	pause time.Duration // before text
	slow  time.Duration // before each 1,000 bytes of it
}

// send sends text.
func (r *reply) send(c io.Writer, text string) (sent int, err error) {
	piece := len(text)
	if r.slow > 0 {
		piece = 1000
	}
	for err == nil && sent < len(text) {
		time.Sleep(r.slow)
		var n int
		n, err = io.WriteString(c, text[sent:min(sent+piece, len(text))])
		sent += n
	}
	return sent, err
}

// origin is a server in memory that answers by a function. It counts bytes as a server does:
// what it was sent, and what it has sent.
type origin struct {
	net      *memnet.Net
	listener *memnet.Listener
	answer   func(a *ask) reply
	wait     sync.WaitGroup
	count    atomic.Int64
	bodies   atomic.Int64 // what it has sent of these
	asks     []*ask
	mu       sync.Mutex
}

const originBuffer = 4 << 10

func newOrigin(answer func(a *ask) reply) *origin {
	o := &origin{net: memnet.New(), answer: answer}
	o.net.BufferBytes = originBuffer
	o.listener, _ = o.net.Listen("")
	o.wait.Add(1)
	go o.accept()
	return o
}

func (o *origin) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	return o.net.Dial(ctx, network, address)
}

func (o *origin) close() {
	_ = o.listener.Close()
	o.wait.Wait()
}

func (o *origin) accept() {
	defer o.wait.Done()
	for {
		c, err := o.listener.Accept()
		if err != nil {
			return
		}
		o.wait.Add(1)
		go o.serve(c)
	}
}

func (o *origin) serve(c *memnet.Conn) {
	defer o.wait.Done()
	defer c.Close()
	in := bufio.NewReader(c)
	for {
		a := o.read(in)
		if a == nil {
			return
		}
		r := o.answer(a)
		time.Sleep(r.pause)
		text := r.text
		if r.cut >= 0 {
			text = text[:min(r.cut, len(text))]
		}
		n, err := r.send(c, text)
		o.count.Add(int64(n))
		o.bodies.Add(int64(max(0, n-headOf(text))))
		switch {
		case err != nil:
			return
		case r.stall:
			_ = c.WaitClose()
			return
		case r.reset:
			time.Sleep(time.Second) // until all of it has been read
			c.Reset()
			return
		case r.cut >= 0 || r.close || a.closing:
			return
		}
	}
}

// headOf returns how long the head of a response is.
func headOf(text string) int {
	head, _, _ := strings.Cut(text, "\r\n\r\n")
	return len(head) + 4
}

// read reads the head of a request; nil if there is none.
func (o *origin) read(in *bufio.Reader) *ask {
	a := &ask{from: -1, until: -1}
	for {
		line, err := in.ReadString('\n')
		a.received += int64(len(line))
		o.count.Add(int64(len(line)))
		if err != nil {
			return nil
		}
		a.head += line
		line = strings.TrimSpace(line)
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ": ")
		switch {
		case strings.HasPrefix(line, "GET "):
			a.path, _, _ = strings.Cut(line[4:], " ")
		case name == "Range":
			first, last, _ := strings.Cut(strings.TrimPrefix(value, "bytes="), "-")
			a.from, _ = strconv.ParseInt(first, 10, 64)
			if n, err := strconv.ParseInt(last, 10, 64); err == nil {
				a.until = n + 1
			}
		case name == "If-Range":
			a.ifRange = value
		case name == "Connection" && strings.EqualFold(value, "close"):
			a.closing = true
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asks = append(o.asks, a)
	a.k = len(o.asks)
	return a
}

// thing is a version of what an origin has.
type thing struct {
	body     string
	etag     string
	modified string
	extra    string // further fields, each with its line end
}

const someDate = "Sun, 06 Nov 1994 08:49:37 GMT"

func (v *thing) fields() string {
	s := "Date: " + someDate + "\r\n" + v.extra
	if v.etag != "" {
		s += "ETag: " + v.etag + "\r\n"
	}
	if v.modified != "" {
		s += "Last-Modified: " + v.modified + "\r\n"
	}
	return s
}

// whole is the 200 of a version.
func (v *thing) whole() string { return v.wholeHead() + v.body }

func (v *thing) wholeHead() string {
	return "HTTP/1.1 200 OK\r\n" + v.fields() + "Content-Length: " + strconv.Itoa(len(v.body)) + "\r\n\r\n"
}

// part is the 206 of a version.
func (v *thing) part(from, until int64) string {
	if size := int64(len(v.body)); until < 0 || until > size {
		until = size
	}
	return v.partHead(from, until) + v.body[from:until]
}

func (v *thing) partHead(from, until int64) string {
	return "HTTP/1.1 206 Partial Content\r\n" + v.fields() +
		"Content-Range: bytes " + strconv.FormatInt(from, 10) + "-" + strconv.FormatInt(until-1, 10) + "/" + strconv.Itoa(len(v.body)) +
		"\r\nContent-Length: " + strconv.FormatInt(until-from, 10) + "\r\n\r\n"
}

// serve answers as a server does that obeys RFC 9110, 13.1.5 and 14.
func (v *thing) serve(a *ask) string {
	size := int64(len(v.body))
	switch {
	case a.from < 0 || a.ifRange != "" && a.ifRange != v.etag && a.ifRange != v.modified:
		return v.whole()
	case a.from >= size:
		return "HTTP/1.1 416 Range Not Satisfiable\r\n" + v.fields() + "Content-Range: bytes */" + strconv.Itoa(len(v.body)) + "\r\nContent-Length: 0\r\n\r\n"
	}
	return v.part(a.from, a.until)
}

// pattern returns n bytes in which no part repeats soon.
func pattern(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i/251*13)
	}
	return string(b)
}
