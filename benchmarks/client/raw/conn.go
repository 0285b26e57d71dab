// Package raw is the limit: a loop on the socket that makes the same calls of the callback,
// sets an idle limit before each read and write, as every client must have one, and checks
// next to nothing.
package raw

import (
	"bytes"
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
	in       []byte // what was read and not used yet is in[r:w]
	r, w     int
	part     []byte // a chunk that does not lie whole in there
	have     int    // of it
	straight bool   // into part goes all that is not here with the head
	callback func([]byte) error
}

// NewConn returns one without a connection, which may change between two requests. callback
// gets chunks of a size.
func NewConn(buffer, chunk int, callback func([]byte) error) *Conn {
	if buffer == 0 {
		buffer = Default
	}
	return &Conn{in: make([]byte, buffer), part: make([]byte, chunk), callback: callback}
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

// more reads what comes next behind what is there.
func (c *Conn) more() error {
	if c.r > 0 {
		c.r, c.w = 0, copy(c.in, c.in[c.r:c.w])
	}
	if c.w == len(c.in) {
		return errFraming
	}
	n, err := c.Read(c.in[c.w:])
	c.w += n
	return err
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
	c.r, c.w, c.have = 0, 0, 0
	if _, err := c.Write(request); err != nil {
		return 0, 0, err
	}
	return c.Head()
}

// Head reads the head of a response.
func (c *Conn) Head() (status int, length int64, err error) {
	end := -1
	for end < 0 {
		if err := c.more(); err != nil {
			return 0, 0, err
		}
		end = bytes.Index(c.in[:c.w], headEnd)
	}
	head := c.in[:end]
	c.r = end + len(headEnd)
	if !bytes.HasPrefix(head, proto) {
		return 0, 0, errFraming
	}
	if at := bytes.Index(head, lengthIs); at >= 0 {
		return int(number(head[len(proto):])), number(head[at+len(lengthIs):]), nil
	}
	if !bytes.Contains(head, chunkedIs) {
		return 0, 0, errFraming
	}
	return int(number(head[len(proto):])), -1, nil
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
	} else if c.straight, err = false, c.chunked(); err == nil {
		err = c.flush()
	}
	if err == nil && c.r < c.w {
		err = errFraming // bytes follow the response
	}
	return err
}

// Pass gives the next n bytes of a body to the callback, and then what is short of a chunk.
func (c *Conn) Pass(n int64) error {
	c.straight = len(c.part) >= len(c.in)
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

// pass gives the next n bytes to the callback, in chunks.
func (c *Conn) pass(n int64) (err error) {
	size := len(c.part)
	for n > 0 && err == nil {
		space, m := c.part[c.have:], 0
		space = space[:min(n, int64(len(space)))]
		switch {
		case c.have == 0 && n >= int64(size) && c.w-c.r >= size: // it lies whole in the buffer
			err = c.callback(c.in[c.r : c.r+size])
			c.r, n = c.r+size, n-int64(size)
			continue
		case c.r < c.w:
			m = copy(space, c.in[c.r:c.w])
			c.r += m
		case c.straight || len(space) >= len(c.in):
			m, err = c.Read(space)
		default:
			err = c.more()
			continue
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
		if line, err = c.line(); err != nil || len(line) > 0 || size == 0 {
			if len(line) > 0 {
				err = errFraming
			}
			return err
		}
	}
}

// line returns the next line without its end.
func (c *Conn) line() ([]byte, error) {
	for {
		if n := bytes.IndexByte(c.in[c.r:c.w], '\n'); n > 0 {
			line := c.in[c.r : c.r+n-1]
			c.r += n + 1
			return line, nil
		}
		if err := c.more(); err != nil {
			return nil, err
		}
	}
}

// Splice moves the next n bytes of a body to a file, by the system.
func (c *Conn) Splice(f *os.File, n int64) error {
	have := int(min(n, int64(c.w-c.r)))
	_, err := f.Write(c.in[c.r : c.r+have])
	c.r += have
	return errors.Join(err, move(f, c.Conn, n-int64(have), c.SetReadDeadline))
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
