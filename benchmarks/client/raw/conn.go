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

var (
	headEnd    = []byte("\r\n\r\n")
	proto      = []byte("HTTP/1.1 ")
	lengthIs   = []byte("\r\nContent-Length: ")
	chunkedIs  = []byte("\r\nTransfer-Encoding: chunked")
	errNotHTTP = errors.New("not HTTP/1.1")
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
	if !bytes.HasPrefix(head, proto) || len(head) < len("HTTP/1.1 200") {
		return 0, 0, errNotHTTP
	}
	for _, digit := range head[len("HTTP/1.1 "):len("HTTP/1.1 200")] {
		status = 10*status + int(digit-'0')
	}
	at := bytes.Index(head, lengthIs)
	if at < 0 {
		if !bytes.Contains(head, chunkedIs) {
			return 0, 0, errFraming
		}
		return status, -1, nil
	}
	for _, digit := range head[at+len(lengthIs):] {
		if digit < '0' || digit > '9' {
			break
		}
		length = 10*length + int64(digit-'0')
	}
	return status, length, nil
}

// Body gives a body to the callback.
func (c *Conn) Body(length int64) (err error) {
	if c.straight = length >= 0 && len(c.part) >= len(c.in); length < 0 {
		err = c.chunked()
	} else {
		err = c.pass(length)
	}
	if err == nil && c.have > 0 {
		err = c.callback(c.part[:c.have])
		c.have = 0
	}
	if err == nil && c.r < c.w {
		err = errFraming // bytes follow the response
	}
	return err
}

// Pass gives the next n bytes of a body to the callback, and then what is short of a chunk.
func (c *Conn) Pass(n int64) error {
	c.straight = len(c.part) >= len(c.in)
	err := c.pass(n)
	if err == nil && c.have > 0 {
		err = c.callback(c.part[:c.have])
		c.have = 0
	}
	return err
}

// Splice moves the next n bytes of a body to a file, by the system.
func (c *Conn) Splice(f *os.File, n int64) error {
	have := min(n, int64(c.w-c.r))
	if _, err := f.Write(c.in[c.r : c.r+int(have)]); err != nil {
		return err
	}
	c.r += int(have)
	for left := n - have; left > 0; {
		if err := c.SetReadDeadline(time.Now().Add(client.Idle)); err != nil {
			return err
		}
		m, err := f.ReadFrom(io.LimitReader(c.Conn, min(left, piece)))
		if err == nil && m == 0 {
			err = io.ErrUnexpectedEOF
		}
		if left -= m; err != nil {
			return err
		}
	}
	return nil
}

// Send sends n bytes of a file: by the system where there is no TLS, and in whole records
// otherwise.
func (c *Conn) Send(f *os.File, n int64, buffer []byte) error {
	tcp, plain := c.Conn.(io.ReaderFrom)
	for n > 0 {
		var m int64
		var err error
		if plain {
			if err := c.SetWriteDeadline(time.Now().Add(client.Idle)); err != nil {
				return err
			}
			m, err = tcp.ReadFrom(io.LimitReader(f, min(n, piece)))
		} else {
			var k int
			if k, err = f.Read(buffer[:min(n, int64(len(buffer)))]); err == nil {
				k, err = c.Write(buffer[:k])
			}
			m = int64(k)
		}
		if err == nil && m == 0 {
			err = io.ErrUnexpectedEOF
		}
		if n -= m; err != nil {
			return err
		}
	}
	return nil
}

// more reads what comes next behind what is there.
func (c *Conn) more() error {
	if c.r > 0 {
		c.w = copy(c.in, c.in[c.r:c.w])
		c.r = 0
	}
	if c.w == len(c.in) {
		return errFraming
	}
	n, err := c.Read(c.in[c.w:])
	c.w += n
	return err
}
