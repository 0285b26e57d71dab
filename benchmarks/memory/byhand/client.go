package byhand

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"time"
)

const (
	bufferSize = 4 << 10
	tlsSize    = 16 << 10 // a record
	pieceSize  = 1 << 20  // that a file takes or gives between two looks at the clock
	idle       = 30 * time.Second
)

var (
	errHead   = errors.New("this is no good answer")
	errLonger = errors.New("more came than was announced")
)

// Client makes requests on a connection.
type Client struct {
	Conn net.Conn
	Host string

	buffer []byte
	rest   []byte // of buffer: came with the head
	due    time.Time
}

// New returns a client on conn, with a buffer that it needs only during a call.
func New(conn net.Conn, host string) *Client {
	return &Client{Conn: conn, Host: host, buffer: make([]byte, bufferSize)}
}

// wait sets the idle limit anew, unless most of it is left.
func (c *Client) wait() error {
	now := time.Now()
	if c.due.Sub(now) > idle {
		return nil
	}
	c.due = now.Add(idle + idle/8)
	return c.Conn.SetDeadline(c.due)
}

// call sends a request and reads the head of the answer. It returns how long the body is.
func (c *Client) call(request []byte) (int64, error) {
	if err := c.wait(); err != nil {
		return 0, err
	}
	if _, err := c.Conn.Write(request); err != nil {
		return 0, err
	}
	return c.answer()
}

var (
	headEnd = []byte("\r\n\r\n")
	okay    = []byte("HTTP/1.1 20")
	length  = []byte("\r\nContent-Length: ")
)

// answer reads a head.
func (c *Client) answer() (int64, error) {
	n := 0
	for {
		if err := c.wait(); err != nil {
			return 0, err
		}
		m, err := c.Conn.Read(c.buffer[n:])
		n += m
		if end := bytes.Index(c.buffer[:n], headEnd); end >= 0 {
			c.rest = c.buffer[end+len(headEnd) : n]
			return measure(c.buffer[:end+2])
		}
		if err != nil {
			return 0, err
		}
		if n == len(c.buffer) {
			return 0, errHead
		}
	}
}

// measure finds the length of the body in a head.
func measure(head []byte) (int64, error) {
	_, value, found := bytes.Cut(head, length)
	value, _, ended := bytes.Cut(value, headEnd[:2])
	if !bytes.HasPrefix(head, okay) || !found || !ended {
		return 0, errHead
	}
	return strconv.ParseInt(string(value), 10, 64)
}

// get is the request for a path.
func (c *Client) get(path string) []byte {
	return []byte("GET " + path + " HTTP/1.1\r\nHost: " + c.Host + "\r\n\r\n")
}

// body gives what is left of a body to f, in what the buffer holds at most.
func (c *Client) body(left int64, f func([]byte) error) error {
	p := c.rest
	for {
		if int64(len(p)) > left {
			return errLonger
		}
		if left -= int64(len(p)); len(p) > 0 {
			if err := f(p); err != nil {
				return err
			}
		}
		if left == 0 {
			return nil
		}
		if err := c.wait(); err != nil {
			return err
		}
		n, err := c.Conn.Read(c.buffer)
		if p = c.buffer[:n]; n == 0 && err != nil {
			return unexpected(err)
		}
	}
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Get gets what is at path, over and over.
func (c *Client) Get(path string, times int) error {
	request := c.get(path)
	for range times {
		n, err := c.call(request)
		if err == nil {
			err = c.body(n, func([]byte) error { return nil })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Stream gives the body to f in chunks of the size, of which the last may be shorter.
func (c *Client) Stream(path string, size int, f func([]byte) error) error {
	left, err := c.call(c.get(path))
	if err != nil {
		return err
	}
	have := append([]byte(nil), c.rest...)
	for left > 0 {
		for want := int(min(left, int64(size))); len(have) >= want && want > 0; want = int(min(left, int64(size))) {
			if err := f(have[:want]); err != nil {
				return err
			}
			have, left = have[want:], left-int64(want)
		}
		if left == 0 {
			break
		}
		n := copy(c.buffer, have)
		if err := c.wait(); err != nil {
			return err
		}
		m, err := c.Conn.Read(c.buffer[n:])
		if m == 0 && err != nil {
			return unexpected(err)
		}
		have = c.buffer[:n+m]
	}
	if len(have) > 0 {
		return errLonger
	}
	return nil
}

// Download writes the body to f: by splice where there is no TLS.
func (c *Client) Download(path string, f *os.File) (int64, error) {
	size, err := c.call(c.get(path))
	if err != nil {
		return 0, err
	}
	if _, plain := c.Conn.(*net.TCPConn); !plain {
		if len(c.rest) > 0 {
			if _, err := f.Write(c.rest); err != nil {
				return 0, err
			}
			size -= int64(len(c.rest))
			c.rest = nil
		}
		c.buffer = make([]byte, tlsSize)
		return size, c.body(size, func(p []byte) error { _, err := f.Write(p); return err })
	}
	if _, err := f.Write(c.rest); err != nil {
		return 0, err
	}
	for left := size - int64(len(c.rest)); left > 0; {
		if err := c.wait(); err != nil {
			return 0, err
		}
		n, err := f.ReadFrom(io.LimitReader(c.Conn, min(left, pieceSize)))
		if err == nil && n == 0 {
			err = io.ErrUnexpectedEOF
		}
		if left -= n; err != nil {
			return 0, err
		}
	}
	return size, nil
}

// Upload puts the whole of f: by sendfile where there is no TLS.
func (c *Client) Upload(path string, f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	head := "PUT " + path + " HTTP/1.1\r\nHost: " + c.Host + "\r\nContent-Length: " + strconv.FormatInt(info.Size(), 10) + "\r\n\r\n"
	if err := c.wait(); err != nil {
		return err
	}
	if _, err := io.WriteString(c.Conn, head); err != nil {
		return err
	}
	if _, plain := c.Conn.(*net.TCPConn); !plain {
		c.buffer = make([]byte, tlsSize)
	}
	for left := info.Size(); left > 0; {
		if err := c.wait(); err != nil {
			return err
		}
		n, err := c.send(io.LimitReader(f, min(left, pieceSize)))
		if err == nil && n == 0 {
			err = io.ErrUnexpectedEOF
		}
		if left -= n; err != nil {
			return err
		}
	}
	n, err := c.answer()
	if err == nil && n+int64(len(c.rest)) > 0 {
		err = errLonger
	}
	return err
}

func (c *Client) send(piece io.Reader) (int64, error) {
	if tcp, plain := c.Conn.(*net.TCPConn); plain {
		return tcp.ReadFrom(piece)
	}
	return io.CopyBuffer(c.Conn, piece, c.buffer)
}
