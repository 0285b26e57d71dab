package gnutls_test

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/gnutls"
)

// connect opens a connection to a server, of which the records are counted. What is typed
// there comes to it.
func (p *process) connect(t *testing.T) (netdriver.Conn, *counter) {
	t.Helper()
	is := is.New(t)
	is.Helper()
	var d counter
	below, err := d.Dial(context.Background(), "tcp", p.address)
	is.NoErr(err) // it listens
	c, err := gnutls.New(&gnutls.Config{RootCAs: p.roots}).Client(context.Background(), below, "127.0.0.1")
	is.NoErr(err) // it has the certificate
	t.Cleanup(func() { _ = c.Close() })
	is.NoErr(c.SetDeadline(time.Now().Add(patience)))
	return c, &d
}

func (p *process) types(t *testing.T, line string) {
	t.Helper()
	_, err := io.WriteString(p.keys, line+"\n")
	is.New(t).NoErr(err) // it runs
}

// New keys of TLS 1.3, which both ends change.
func TestKeyUpdate(t *testing.T) {
	is := is.New(t)
	s := openssl(t, "-tls1_3")
	c, d := s.connect(t)
	s.types(t, "first")
	is.Equal(readString(is, c, 6), "first\n") // the tickets came before it
	for range 3 {
		is.NoErr(check(c)) // takes what came before
		seen := d.records.Load()
		s.types(t, "K") // an update that is to be answered
		for by := time.Now().Add(patience); d.records.Load() == seen; time.Sleep(time.Millisecond) {
			is.NoErr(check(c))             // it is not a byte to read, and not a death
			is.True(time.Now().Before(by)) // it comes
		}
		s.types(t, "hello")
		is.Equal(readString(is, c, 6), "hello\n") // what comes with the new keys is read
		_, err := c.Write([]byte("there\n"))
		is.NoErr(err) // and the answer leaves before this
	}
	is.NoErr(check(c)) // the peer has nothing against it
}

// A server of TLS 1.2 that wants to negotiate again is refused. Who it then is would not be
// verified.
func TestRenegotiation(t *testing.T) {
	is := is.New(t)
	s := openssl(t, "-tls1_2")
	c, _ := s.connect(t)
	s.types(t, "r")
	_, err := c.Read(make([]byte, 9))
	is.True(isA[gnutls.Error](err)) // it ends the connection
	_, again := c.Read(make([]byte, 9))
	is.Equal(again, err) // for good
}
