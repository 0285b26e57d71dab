package raw

import (
	"net"
	"os"
	"strconv"

	"github.com/dsnet/try"

	"github.com/zreq-go/zreq/benchmarks/client"
)

// New returns the client of a task. how is given so that a program without TLS does not link it:
// Plain, or another that returns what dials.
func New(how func(client.Task) (dial func() net.Conn)) func(client.Task) client.Client {
	return func(t client.Task) client.Client {
		l := &loop{Task: t, dial: how(t), request: Request(&t), open: make([]net.Conn, 0, max(1, t.Conns))}
		l.pool = make(chan net.Conn, cap(l.open))
		return client.Client{Worker: l.worker, Hold: l.hold, Close: l.close}
	}
}

// Plain returns what dials without TLS.
func Plain(t client.Task) func() net.Conn {
	return func() net.Conn { return try.E1(net.DialTimeout("tcp", t.Address, client.Idle)) }
}

type loop struct {
	client.Task
	dial    func() net.Conn
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

func (l *loop) close() {
	for _, conn := range l.open {
		_ = conn.Close()
	}
}

// connect makes a connection that is closed in the end.
func (l *loop) connect() net.Conn {
	conn := l.dial()
	l.open = append(l.open, conn)
	return conn
}

// hold makes a connection that nothing but its place in a slice is held of.
func (l *loop) hold(string) func() {
	l.once()(l.connect())
	return func() {}
}

func (l *loop) worker() func() {
	once := l.once()
	if l.Fresh {
		return func() {
			conn := l.dial()
			defer conn.Close()
			once(conn)
		}
	}
	for len(l.open) < cap(l.open) {
		l.pool <- l.connect()
	}
	if l.Conns <= 1 {
		return func() { once(l.open[0]) }
	}
	return func() {
		conn := <-l.pool
		defer func() { l.pool <- conn }()
		once(conn)
	}
}

// recordBuffer is what a file passes through where there is TLS.
const recordBuffer = 64 << 10

// once returns what makes one request, on one goroutine.
func (l *loop) once() func(net.Conn) {
	s := l.Sink()
	switch {
	case l.Put:
		return l.put(s)
	case l.Chunk == 0:
		return l.save(s)
	}
	c := NewConn(l.Buffer, l.Chunk, s.Chunk)
	return func(conn net.Conn) {
		c.Conn = conn
		status, length := c.Ask(l.request)
		c.Body(length)
		s.Done(status)
	}
}

// save returns what writes a body to the file.
func (l *loop) save(s *client.Sink) func(net.Conn) {
	var file *os.File
	c := NewConn(l.Buffer, 2*Default, func(p []byte) error {
		_, err := file.Write(p)
		return err
	})
	return func(conn net.Conn) {
		c.Conn = conn
		status, length := c.Ask(l.request)
		s.Fill(func(f *os.File) {
			if file = f; l.Roots != nil {
				c.Body(length)
			} else {
				c.Splice(f, length)
			}
		})
		s.Done(status)
	}
}

// put returns what sends the file.
func (l *loop) put(s *client.Sink) func(net.Conn) {
	c := NewConn(l.Buffer, 0, nil)
	buffer := make([]byte, recordBuffer)
	_, after, _, _ := l.Around()
	behind := []byte(after)
	return func(conn net.Conn) {
		f := try.E1(os.Open(l.File))
		defer f.Close()
		c.Conn = conn
		try.E1(c.Write(l.request))
		c.Send(f, l.Length, buffer)
		try.E1(c.Write(behind))
		status, length := c.Head()
		framed(length == 0 && c.in.Buffered() == 0)
		s.Done(status)
	}
}
