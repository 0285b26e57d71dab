package raw

import (
	"errors"
	"io"
	"net"
	"os"
	"strconv"

	"github.com/zreq-go/zreq/benchmarks/client"
)

// New returns the client of a task. dial is given so that a program without TLS does not
// link it.
func New(t client.Task, dial func() (net.Conn, error)) client.Client {
	l := &loop{Task: t, dial: dial, request: Request(&t), open: make([]net.Conn, 0, max(1, t.Conns))}
	l.pool = make(chan net.Conn, cap(l.open))
	return client.Client{Worker: l.worker, Hold: l.hold, Close: l.close}
}

type loop struct {
	client.Task
	dial    func() (net.Conn, error)
	request []byte
	open    []net.Conn    // all that are
	pool    chan net.Conn // those that nobody uses
}

// Request is the head of what is sent, with what stands before a file.
func Request(t *client.Task) []byte {
	head := t.Method() + " " + t.Path + " HTTP/1.1\r\nHost: " + t.Address + "\r\nUser-Agent: raw\r\n"
	if t.Fresh {
		head += "Connection: close\r\n"
	}
	if !t.Put {
		return []byte(head + "\r\n")
	}
	before, _, length, contentType := t.Around()
	return []byte(head + "Content-Type: " + contentType + "\r\nContent-Length: " + strconv.FormatInt(length, 10) + "\r\n\r\n" + before)
}

func (l *loop) close() error {
	for _, conn := range l.open {
		_ = conn.Close()
	}
	return nil
}

// hold makes a connection that nothing but its place in a slice is held of.
func (l *loop) hold(string) (func() error, error) {
	conn, err := l.dial()
	if err != nil {
		return nil, err
	}
	l.open = append(l.open, conn)
	return func() error { return nil }, l.once()(conn)
}

func (l *loop) worker() (func() error, error) {
	once := l.once()
	if l.Fresh {
		return func() error {
			conn, err := l.dial()
			if err != nil {
				return err
			}
			defer conn.Close()
			return once(conn)
		}, nil
	}
	if err := l.fill(); err != nil {
		return nil, err
	}
	if l.Conns <= 1 {
		return func() error { return once(l.open[0]) }, nil
	}
	return func() error {
		conn := <-l.pool
		err := once(conn)
		l.pool <- conn
		return err
	}, nil
}

// fill opens all connections.
func (l *loop) fill() error {
	for len(l.open) < cap(l.open) {
		conn, err := l.dial()
		if err != nil {
			return err
		}
		l.open = append(l.open, conn)
		l.pool <- conn
	}
	return nil
}

// recordBuffer is what a file passes through where there is TLS.
const recordBuffer = 64 << 10

// once returns what makes one request, on one goroutine.
func (l *loop) once() func(net.Conn) error {
	s := l.Sink()
	if l.Put {
		return l.put(s)
	}
	c, body := l.save(s)
	if l.Chunk > 0 {
		c = NewConn(l.Buffer, l.Chunk, s.Chunk)
		body = c.Body
	}
	return func(conn net.Conn) error {
		c.Conn = conn
		status, length, err := c.Ask(l.request)
		if err == nil {
			err = body(length)
		}
		return errors.Join(err, s.Done(status))
	}
}

// save returns what writes a body of n bytes to the file.
func (l *loop) save(s *client.Sink) (c *Conn, body func(n int64) error) {
	var file *os.File
	c = NewConn(l.Buffer, 2*Default, func(p []byte) error {
		_, err := file.Write(p)
		return err
	})
	return c, func(n int64) error {
		return s.Fill(func(f *os.File) error {
			if file = f; l.Roots != nil {
				return c.Body(n)
			}
			return c.Splice(f, n)
		})
	}
}

// put returns what sends the file.
func (l *loop) put(s *client.Sink) func(net.Conn) error {
	c := NewConn(l.Buffer, 0, nil)
	buffer := make([]byte, recordBuffer)
	_, after, _, _ := l.Around()
	behind := []byte(after)
	return func(conn net.Conn) error {
		f, err := os.Open(l.File)
		if err != nil {
			return err
		}
		defer f.Close()
		c.Conn = conn
		if _, err := c.Write(l.request); err != nil {
			return err
		}
		if err := c.Send(f, l.Length, buffer); err != nil {
			return err
		}
		if _, err := c.Write(behind); err != nil {
			return err
		}
		status, length, err := c.Head()
		if err == nil && (length != 0 || c.in.Buffered() > 0) {
			err = io.ErrNoProgress
		}
		return errors.Join(err, s.Done(status))
	}
}
