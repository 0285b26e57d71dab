//go:build !tinygo

package tlsnet_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
	"github.com/zreq-go/zreq/zreq"
)

// site is servers of https on a network in memory.
type site struct {
	net *memnet.Net
	ca  *tlstest.Authority

	config *tls.Config // of good

	mu     sync.Mutex
	shaken []tls.ConnectionState // of the handshakes that servers were content with
	got    int                   // bytes of requests
}

func newSite(t testing.TB) *site {
	t.Helper()
	ca, err := tlstest.NewAuthority()
	is.New(t).NoErr(err) // an authority is made of nothing
	return &site{net: memnet.New(), ca: ca}
}

// listen serves https at address.
func (s *site) listen(t testing.TB, address string, config *tls.Config) {
	t.Helper()
	config = config.Clone()
	config.VerifyConnection = func(state tls.ConnectionState) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.shaken = append(s.shaken, state)
		return nil
	}
	s.serve(t, address, func(c *memnet.Conn) {
		server := tls.Server(withAddr{c}, config)
		defer server.Close()
		if server.Handshake() == nil {
			s.answer(server)
		}
		io.Copy(io.Discard, c) // a close would break what the client still sends
	})
}

// serve gives every connection to address to one.
func (s *site) serve(t testing.TB, address string, one func(*memnet.Conn)) {
	t.Helper()
	stop, err := s.open(address, one)
	is.New(t).NoErr(err) // nobody listens there
	t.Cleanup(stop)
}

func (s *site) open(address string, one func(*memnet.Conn)) (stop func(), err error) {
	l, err := s.net.Listen(address)
	if err != nil {
		return nil, err
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() {
				defer c.Close()
				one(c)
			})
		}
	})
	return func() {
		l.Close()
		serving.Wait()
	}, nil
}

// answer says hello to each request.
func (s *site) answer(c io.ReadWriter) {
	var head string
	p := make([]byte, 4096)
	for {
		n, err := c.Read(p)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.got += n
		s.mu.Unlock()
		if head += string(p[:n]); strings.HasSuffix(head, "\r\n\r\n") {
			head = ""
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
		}
	}
}

// good serves https as example.org should.
func (s *site) good(t testing.TB) *site {
	t.Helper()
	config, err := s.ca.Server("example.org", "127.0.0.1", "::1")
	is.New(t).NoErr(err) // it signs for names and addresses
	s.config = config
	s.listen(t, "", config)
	return s
}

// gateway is the server of the example: what dials it, the certificate of its
// authority, its pin, and its end.
func gateway() (driver netdriver.Driver, authority []byte, pin string, stop func()) {
	s := &site{net: memnet.New(), ca: must(tlstest.NewAuthority())}
	config := must(s.ca.Server("gateway.local"))
	stop = must(s.open("", func(c *memnet.Conn) { s.answer(tls.Server(withAddr{c}, config)) }))
	return s.net, s.ca.PEM(), tlsnet.PinOf(must(x509.ParseCertificate(config.Certificates[0].Certificate[0]))).String(), stop
}

// get makes one call with secure, which is closed when it returns.
func (s *site) get(t testing.TB, secure netdriver.TLS, url string) error {
	t.Helper()
	is := is.New(t)
	is.Helper()
	resp, err := zreq.Get(context.Background(), url, &zreq.Args{Driver: s.net, TLS: secure})
	is.Equal(s.net.Open(), 0) // no connection is left
	if err != nil {
		return err
	}
	text, err := resp.Text()
	is.NoErr(err)
	is.Equal(text, "hello") // the answer is the server's
	return nil
}

// handshakes tells of each handshake that a server was content with whether it
// was resumed.
func (s *site) handshakes() (resumed []bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, state := range s.shaken {
		resumed = append(resumed, state.DidResume)
	}
	return resumed
}

// received returns how many bytes of requests came.
func (s *site) received() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.got
}

// failure is err as the facts that it holds.
func failure(is *is.I, err error) *zreq.Error {
	is.Helper()
	var e *zreq.Error
	is.True(errors.As(err, &e)) // every failure of a call is an *Error
	return e
}

// pinOf returns the pin of what a server shows.
func pinOf(t testing.TB, cert tls.Certificate) tlsnet.Pin {
	t.Helper()
	leaf, err := x509.ParseCertificate(cert.Certificate[0])
	is.New(t).NoErr(err) // it was made a moment ago
	return tlsnet.PinOf(leaf)
}

const day = 24 * time.Hour
