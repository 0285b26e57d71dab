package proxy_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/proxy"
)

// at is where the proxies of these tests are.
const at = "proxy.test:3128"

// A step is what a scripted proxy waits for, to the byte, and what it then sends.
type step struct{ want, reply string }

// A dialogue is the script of one connection. At its end the proxy sends back what it
// receives, as an origin behind a tunnel. If the last reply is hangUp, it closes instead.
type dialogue []step

const hangUp = "hang up"

// A scripted is a network in memory with a proxy that follows a script.
type scripted struct {
	*memnet.Net
	listener *memnet.Listener

	mu    sync.Mutex
	heard []*bytes.Buffer // what came on each connection
	group sync.WaitGroup
}

// play starts a proxy with a dialogue for each connection.
func play(t testing.TB, dialogues ...dialogue) *scripted {
	t.Helper()
	s := &scripted{Net: memnet.New()}
	var err error
	if s.listener, err = s.Listen(at); err != nil {
		t.Fatal(err)
	}
	s.group.Go(func() {
		for _, d := range dialogues {
			c, err := s.listener.Accept()
			if err != nil {
				return
			}
			heard := new(bytes.Buffer)
			s.mu.Lock()
			s.heard = append(s.heard, heard)
			s.mu.Unlock()
			s.group.Go(func() { s.serve(t, c, d, heard) })
		}
	})
	t.Cleanup(s.end)
	return s
}

// end closes everything and waits for it.
func (s *scripted) end() {
	_ = s.listener.Close()
	s.group.Wait()
}

func (s *scripted) serve(t testing.TB, c *memnet.Conn, d dialogue, heard *bytes.Buffer) {
	defer c.Close()
	for _, st := range d {
		got := make([]byte, len(st.want))
		n, err := io.ReadFull(c, got)
		s.note(heard, got[:n])
		if err != nil {
			return
		}
		if string(got) != st.want {
			t.Errorf("the proxy received %q, want %q", got, st.want)
			return
		}
		if st.reply == hangUp {
			return
		}
		if _, err := io.WriteString(c, st.reply); err != nil {
			return
		}
	}
	for p := make([]byte, 1000); ; {
		n, err := c.Read(p)
		s.note(heard, p[:n])
		if err != nil {
			return
		}
		if _, err := c.Write(p[:n]); err != nil {
			return
		}
	}
}

func (s *scripted) note(heard *bytes.Buffer, p []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	heard.Write(p)
}

// all returns what the proxy has received on all connections.
func (s *scripted) all() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var text strings.Builder
	for _, h := range s.heard {
		text.Write(h.Bytes())
	}
	return text.String()
}

// connect is a CONNECT to origin.test:443, with more fields.
func connect(fields ...string) string {
	return "CONNECT origin.test:443 HTTP/1.1\r\nHost: origin.test:443\r\nUser-Agent: zreq\r\n" + strings.Join(fields, "") + "\r\n"
}

// The credentials of these tests.
const (
	user     = "gateway"
	password = "pass:word"
	encoded  = "Z2F0ZXdheTpwYXNzOndvcmQ="

	authorization = "Proxy-Authorization: Basic " + encoded + "\r\n"
)

// Answers of an HTTP proxy.
const (
	established = "HTTP/1.1 200 Connection established\r\n\r\n"
	challenge   = "HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 5\r\n\r\nlogin"
	closing     = "HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=\"x\"\r\nConnection: close\r\n\r\nlogin"
)

// withLogin are Options with the credentials.
func withLogin() *proxy.Options { return &proxy.Options{User: user, Password: password} }

// httpTo and socksTo return the driver of a test.
func httpTo(t testing.TB, via netdriver.Driver, o *proxy.Options) *proxy.Driver {
	t.Helper()
	return made(t)(proxy.HTTP(via, at, o))
}

func socksTo(t testing.TB, via netdriver.Driver, o *proxy.Options) *proxy.Driver {
	t.Helper()
	return made(t)(proxy.SOCKS5(via, at, o))
}

func made(t testing.TB) func(*proxy.Driver, error) *proxy.Driver {
	return func(d *proxy.Driver, err error) *proxy.Driver {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
}

// dial dials origin.test:443.
func dial(t testing.TB, d netdriver.Driver) (netdriver.Conn, error) {
	c, err := d.Dial(context.Background(), "tcp", "origin.test:443")
	if c != nil {
		t.Cleanup(func() { _ = c.Close() })
	}
	return c, err
}

// echoes sends text through c, and returns what comes back.
func echoes(t testing.TB, c netdriver.Conn, text string) string {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	return reads(t, c, len(text))
}

// reads returns the next n bytes.
func reads(t testing.TB, c netdriver.Conn, n int) string {
	t.Helper()
	p := make([]byte, n)
	if _, err := io.ReadFull(c, p); err != nil {
		t.Fatal(err)
	}
	return string(p)
}
