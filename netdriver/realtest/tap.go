package realtest

import (
	"bytes"
	"context"
	"net"
	"sync"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/stdnet"
)

// A tap records what goes over connections, and how many there are.
type tap struct {
	mu    sync.Mutex
	conns []*record
	since int // how many of them reset has left out of the count
}

// A record is what went over one connection in one direction.
type record struct {
	mu   sync.Mutex
	seen []byte
}

func (t *tap) open() *record {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := &record{}
	t.conns = append(t.conns, r)
	return r
}

// reset forgets how many connections there were.
func (t *tap) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.since = len(t.conns)
}

// count returns the number of connections since reset.
func (t *tap) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.conns) - t.since
}

// times returns how often the bytes of s went over the connections.
func (t *tap) times(s string) (n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.conns {
		n += r.times(s)
	}
	return n
}

// saw reports whether any connection carried the bytes of s.
func (t *tap) saw(s string) bool { return t.times(s) > 0 }

func (r *record) add(p []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = append(r.seen, p...)
}

func (r *record) times(s string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return bytes.Count(r.seen, []byte(s))
}

// tapped is a listener whose connections record what they receive.
type tapped struct {
	net.Listener
	*tap
}

func (l tapped) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return reader{conn, l.open()}, nil
}

type reader struct {
	net.Conn
	*record
}

func (r reader) Read(p []byte) (int, error) {
	n, err := r.Conn.Read(p)
	r.add(p[:n])
	return n, err
}

// A link is the driver below a proxy. It counts its connections, and if they are to be
// recorded, it records what they send.
type link struct {
	stdnet.Driver
	tap
	recorded bool
}

func (l *link) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	conn, err := l.Driver.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	record := l.open()
	if !l.recorded {
		return conn, nil
	}
	return sender{conn, record}, nil
}

// A sender hides what else its connection can do, so that all that is sent is seen.
type sender struct {
	netdriver.Conn
	*record
}

func (s sender) Write(p []byte) (int, error) {
	n, err := s.Conn.Write(p)
	s.add(p[:n])
	return n, err
}
