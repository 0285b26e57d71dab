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

// Write writes within the idle limit.
func (c *Conn) Write(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(client.Idle)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

// Read reads within the idle limit.
func (c *Conn) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(client.Idle)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Read(p)
	if n > 0 {
		return n, nil // what is wrong comes again
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF // nothing here ends by that
	}
	return n, err
}

var (
	headEnd    = []byte("\r\n\r\n")
	proto      = []byte("HTTP/1.1 ")
	lengthIs   = []byte("\r\nContent-Length: ")
	chunkedIs  = []byte("\r\nTransfer-Encoding: chunked")
	errFraming = errors.New("bad framing")
)

// Ask sends a request, and reads the head of the response. A length of -1 means chunks.
func (c *Conn) Ask(request []byte) (status int, length int64, err error) {
	if _, err := c.Write(request); err != nil {
		return 0, 0, err
	}
	return c.Head()
}

// Head reads the head of a response.
func (c *Conn) Head() (status int, length int64, err error) {
	c.in.Reset(c)
	c.have = 0
	var head []byte
	end := -1
	for end < 0 {
		if _, err := c.in.Peek(len(head) + 1); err != nil {
			return 0, 0, err
		}
		head, _ = c.in.Peek(c.in.Buffered())
		end = bytes.Index(head, headEnd)
	}
	_, _ = c.in.Discard(end + len(headEnd))
	head = head[:end]
	if !bytes.HasPrefix(head, proto) {
		return 0, 0, errFraming
	}
	status = int(number(head[len(proto):]))
	if at := bytes.Index(head, lengthIs); at >= 0 {
		return status, number(head[at+len(lengthIs):]), nil
	}
	if !bytes.Contains(head, chunkedIs) {
		return 0, 0, errFraming
	}
	return status, -1, nil
}

// number reads what begins with digits.
func number(text []byte) (n int64) {
	for _, digit := range text {
		if digit < '0' || digit > '9' {
			break
		}
		n = 10*n + int64(digit-'0')
	}
	return n
}

// Body gives a body to the callback.
func (c *Conn) Body(length int64) (err error) {
	if length >= 0 {
		err = c.Pass(length)
	} else if err = c.chunked(); err == nil {
		err = c.flush()
	}
	if err == nil && c.in.Buffered() > 0 {
		err = errFraming // bytes follow the response
	}
	return err
}

// Pass gives the next n bytes of a body to the callback, and then what is short of a chunk.
func (c *Conn) Pass(n int64) error {
	if err := c.pass(n); err != nil {
		return err
	}
	return c.flush()
}

func (c *Conn) flush() error {
	n := c.have
	if c.have = 0; n == 0 {
		return nil
	}
	return c.callback(c.part[:n])
}

// pass gives the next n bytes to the callback, in chunks: those that lie whole in the buffer from there.
func (c *Conn) pass(n int64) (err error) {
	size := len(c.part)
	for n > 0 && err == nil {
		m, here := 0, c.in.Buffered()
		space := c.part[c.have:min(int64(size), int64(c.have)+n)]
		switch {
		case c.have == 0 && n >= int64(size) && here >= size:
			chunk, _ := c.in.Peek(size)
			err = c.callback(chunk)
			m, _ = c.in.Discard(size)
			n -= int64(m)
			continue
		case here > 0:
			m, err = c.in.Read(space)
		case size >= c.in.Size() && n >= int64(c.in.Size()): // past the buffer
			m, err = c.Read(space)
		default:
			_, err = c.in.Peek(1)
		}
		n -= int64(m)
		if c.have += m; c.have == size {
			err = errors.Join(err, c.flush())
		}
	}
	return err
}

// chunked passes a chunked body on. Behind a size there are no extensions here, and behind the
// last chunk no trailers.
func (c *Conn) chunked() error {
	for {
		line, err := c.line()
		if err != nil {
			return err
		}
		size, err := strconv.ParseInt(string(line), 16, 64)
		if err == nil {
			err = c.pass(size)
		}
		if err != nil {
			return err
		}
		if line, err = c.line(); err == nil && len(line) > 0 {
			err = errFraming
		}
		if err != nil || size == 0 {
			return err
		}
	}
}

// line returns the next line without its end.
func (c *Conn) line() ([]byte, error) {
	line, err := c.in.ReadSlice('\n')
	if err == nil && len(line) < len("\r\n") {
		err = errFraming
	}
	if err != nil {
		return nil, err
	}
	return line[:len(line)-len("\r\n")], nil
}

// Splice moves the next n bytes of a body to a file, by the system.
func (c *Conn) Splice(f *os.File, n int64) error {
	here, _ := c.in.Peek(int(min(n, int64(c.in.Buffered()))))
	_, err := f.Write(here)
	_, _ = c.in.Discard(len(here))
	return errors.Join(err, move(f, c.Conn, n-int64(len(here)), c.SetReadDeadline))
}

// Send sends n bytes of a file: by the system where there is no TLS, and through a buffer
// otherwise.
func (c *Conn) Send(f *os.File, n int64, buffer []byte) error {
	if tcp, plain := c.Conn.(io.ReaderFrom); plain {
		return move(tcp, f, n, c.SetWriteDeadline)
	}
	for n > 0 {
		m, err := f.Read(buffer[:min(n, int64(len(buffer)))])
		if err == nil {
			_, err = c.Write(buffer[:m])
		}
		if n -= int64(m); err != nil {
			return err
		}
	}
	return nil
}

// move moves n bytes, with a limit for each piece.
func move(to io.ReaderFrom, from io.Reader, n int64, limit func(time.Time) error) error {
	for n > 0 {
		if err := limit(time.Now().Add(client.Idle)); err != nil {
			return err
		}
		m, err := to.ReadFrom(io.LimitReader(from, min(n, piece)))
		if err == nil && m == 0 {
			err = io.ErrUnexpectedEOF
		}
		if n -= m; err != nil {
			return err
		}
	}
	return nil
}
