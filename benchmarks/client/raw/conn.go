// Package raw is the limit: a loop on the socket that makes the same calls of the callback,
// sets an idle limit before each read and write, as every client must have one, and checks
// next to nothing.
package raw

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/dsnet/try"

	"github.com/zreq-go/zreq/benchmarks/client"
)

// Default is the read buffer, the same as that of zreq.
const Default = 16 << 10

const piece = 1 << 20 // that the system moves between two limits

// Conn makes requests on a connection that has nothing unread.
type Conn struct {
	net.Conn
	in       *bufio.Reader
	part     []byte // a chunk that does not lie whole in there
	have     int    // of it
	callback func([]byte) error
}

// NewConn returns one without a connection, which may change between two requests. callback
// gets chunks of a size.
func NewConn(buffer, chunk int, callback func([]byte) error) *Conn {
	c := &Conn{part: make([]byte, chunk), callback: callback}
	c.in = bufio.NewReaderSize(c, cmp.Or(buffer, Default))
	return c
}

// Write writes within the idle limit. If that cannot be set, Write fails, too.
func (c *Conn) Write(p []byte) (int, error) {
	_ = c.SetWriteDeadline(time.Now().Add(client.Idle))
	return c.Conn.Write(p)
}

// Read reads within the idle limit.
func (c *Conn) Read(p []byte) (int, error) {
	_ = c.SetReadDeadline(time.Now().Add(client.Idle))
	return c.Conn.Read(p)
}

var (
	headEnd   = []byte("\r\n\r\n")
	lineEnd   = []byte("\r\n")
	proto     = []byte("HTTP/1.1 ")
	lengthIs  = []byte("\r\nContent-Length: ")
	chunkedIs = []byte("\r\nTransfer-Encoding: chunked")
)

// framed fails unless the response is framed as it has to be.
func framed(ok bool) {
	if !ok {
		try.E(errors.New("bad framing"))
	}
}

// Ask sends a request, and reads the head of the response. A length of -1 means chunks.
func (c *Conn) Ask(request []byte) (status int, length int64) {
	try.E1(c.Write(request))
	return c.Head()
}

// Head reads the head of a response.
func (c *Conn) Head() (status int, length int64) {
	c.in.Reset(c)
	c.have = 0
	var head []byte
	end := -1
	for end < 0 {
		try.E1(c.in.Peek(len(head) + 1))
		head, _ = c.in.Peek(c.in.Buffered())
		end = bytes.Index(head, headEnd)
	}
	_, _ = c.in.Discard(end + len(headEnd))
	head = head[:end]
	framed(bytes.HasPrefix(head, proto) && len(head) >= len(proto)+len("200"))
	status = try.E1(strconv.Atoi(string(head[len(proto):][:len("200")])))
	if at := bytes.Index(head, lengthIs); at >= 0 {
		value, _, _ := bytes.Cut(head[at+len(lengthIs):], lineEnd)
		return status, try.E1(strconv.ParseInt(string(value), 10, 64))
	}
	framed(bytes.Contains(head, chunkedIs))
	return status, -1
}

// Body gives a body to the callback.
func (c *Conn) Body(length int64) {
	if length >= 0 {
		c.pass(length)
	} else {
		c.chunked()
	}
	c.flush()
	framed(c.in.Buffered() == 0) // no bytes follow the response
}

// Pass gives the next n bytes of a body to the callback, and then what is short of a chunk.
func (c *Conn) Pass(n int64) {
	c.pass(n)
	c.flush()
}

func (c *Conn) flush() {
	n := c.have
	if c.have = 0; n > 0 {
		try.E(c.callback(c.part[:n]))
	}
}

// pass gives the next n bytes to the callback, in chunks: those that lie whole in the buffer from there.
func (c *Conn) pass(n int64) {
	size := len(c.part)
	for n > 0 {
		m, here := 0, c.in.Buffered()
		space := c.part[c.have:min(int64(size), int64(c.have)+n)]
		switch {
		case c.have == 0 && n >= int64(size) && here >= size:
			chunk, _ := c.in.Peek(size)
			try.E(c.callback(chunk))
			_, _ = c.in.Discard(size)
			n -= int64(size)
			continue
		case here > 0:
			m, _ = c.in.Read(space)
		case size >= c.in.Size() && n >= int64(c.in.Size()): // past the buffer
			m = try.E1(c.Read(space))
		default:
			try.E1(c.in.Peek(1))
		}
		n -= int64(m)
		if c.have += m; c.have == size {
			c.flush()
		}
	}
}

// chunked passes a chunked body on. Behind a size there are no extensions here, and behind the
// last chunk no trailers.
func (c *Conn) chunked() {
	for size := int64(-1); size != 0; {
		size = try.E1(strconv.ParseInt(string(c.line()), 16, 64))
		c.pass(size)
		framed(len(c.line()) == 0)
	}
}

// line returns the next line without its end.
func (c *Conn) line() []byte {
	line, ended := bytes.CutSuffix(try.E1(c.in.ReadSlice('\n')), lineEnd)
	framed(ended)
	return line
}

// Splice moves the next n bytes of a body to a file, by the system.
func (c *Conn) Splice(f *os.File, n int64) {
	here, _ := c.in.Peek(int(min(n, int64(c.in.Buffered()))))
	try.E1(f.Write(here))
	_, _ = c.in.Discard(len(here))
	move(f, c.Conn, n-int64(len(here)), c.SetReadDeadline)
}

// Send sends n bytes of a file: by the system where there is no TLS, and through a buffer
// otherwise.
func (c *Conn) Send(f *os.File, n int64, buffer []byte) {
	if tcp, plain := c.Conn.(io.ReaderFrom); plain {
		move(tcp, f, n, c.SetWriteDeadline)
		return
	}
	try.E1(io.CopyBuffer(c, struct{ io.Reader }{f}, buffer)) // f.WriteTo would have a buffer of its own
}

// move moves n bytes, with a limit for each piece.
func move(to io.ReaderFrom, from io.Reader, n int64, limit func(time.Time) error) {
	for n > 0 {
		try.E(limit(time.Now().Add(client.Idle)))
		m := try.E1(to.ReadFrom(io.LimitReader(from, min(n, piece))))
		if m == 0 {
			try.E(io.ErrUnexpectedEOF)
		}
		n -= m
	}
}
