//go:build !tinygo

package tlsnet_test

import (
	"crypto/tls"
	"errors"
	"io"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
)

// check looks at a connection that can be looked at.
func check(c netdriver.Conn) error { return c.(netdriver.Checker).Check() }

func testCheck(t *testing.T) {
	is := is.New(t)
	s := open(t, tlsnet.Config{}, nil)
	is.NoErr(check(s.client)) // open and silent
	is.NoErr(check(s.client)) // and again
	s.server.Write([]byte("stray"))
	is.Equal(check(s.client), netdriver.ErrUnread) // a stray byte is a death
	is.Equal(check(s.client), netdriver.ErrUnread) // and stays one
	is.Equal(readString(is, s.client, 5), "stray") // of which nothing is lost
	is.NoErr(check(s.client))                      // read, it is silent again
	s.server.Write([]byte("more"))
	is.Equal(readString(is, s.client, 2), "mo")    // the rest is decrypted
	is.Equal(check(s.client), netdriver.ErrUnread) // a look below TLS would not see it
	is.Equal(readString(is, s.client, 2), "re")    // nor lose it
}

func testCheckSessionTicket(t *testing.T) {
	client := tlsnet.Config{Sessions: 1}
	t.Run("after the handshake", func(t *testing.T) {
		is := is.New(t)
		s := open(t, client, func(c *tls.Config) { c.ClientAuth = tls.RequestClientCert })
		is.Equal(s.near.Check(), netdriver.ErrUnread) // a server that asked for a certificate sends its ticket late
		is.NoErr(check(s.client))                     // which is no death
		is.NoErr(s.near.Check())                      // the look has read it
		s.server.Write([]byte("hello"))
		is.Equal(readString(is, s.client, 5), "hello") // and the connection goes on
	})
	t.Run("half of it", func(t *testing.T) {
		is := is.New(t)
		s := open(t, client, func(c *tls.Config) { c.ClientAuth = tls.RequestClientCert })
		s.near.SetFaults(memnet.Faults{StallReadAfter: 50})
		is.NoErr(check(s.client)) // half a ticket is no death either
		s.near.SetFaults(memnet.Faults{})
		is.NoErr(check(s.client)) // nor is the other half
		s.server.Write([]byte("hello"))
		is.Equal(readString(is, s.client, 5), "hello") // and the connection goes on
	})
	t.Run("in the handshake", func(t *testing.T) {
		is := is.New(t)
		s := open(t, client, nil)
		is.NoErr(check(s.client)) // crypto/tls holds it, and it is no death there
		s.server.Write([]byte("hello"))
		is.Equal(readString(is, s.client, 5), "hello") // and the connection goes on
	})
}

func TestCheckPartOfRecord(t *testing.T) {
	is := is.New(t)
	s := open(t, tlsnet.Config{}, nil)
	for _, n := range []int64{1, 5, 20} {
		s.near.SetFaults(memnet.Faults{StallReadAfter: n})
		s.server.Write([]byte("hello"))
		is.NoErr(check(s.client)) // a part of a record is no byte yet, and no death
		is.NoErr(check(s.client)) // nor is it waited for
		s.near.SetFaults(memnet.Faults{})
		is.Equal(check(s.client), netdriver.ErrUnread) // whole, it is one
		is.Equal(readString(is, s.client, 5), "hello") // and all of it is there
	}
}

func testCheckBufferedRecord(t *testing.T) {
	is := is.New(t)
	s := open(t, tlsnet.Config{}, nil)
	s.server.Write([]byte("one"))
	s.server.Write([]byte("two"))
	is.Equal(readString(is, s.client, 3), "one")   // crypto/tls took both records from below
	is.NoErr(s.near.Check())                       // where nothing is left
	is.Equal(check(s.client), netdriver.ErrUnread) // the second is seen through TLS
	is.Equal(readString(is, s.client, 3), "two")   // and not lost
}

func testCheckEnd(t *testing.T) {
	for name, tt := range map[string]struct {
		end  func(s *session)
		want error
	}{
		"close_notify":       {func(s *session) { s.server.CloseWrite() }, io.EOF},
		"close":              {func(s *session) { s.server.Close() }, io.EOF},
		"FIN alone":          {func(s *session) { s.far.CloseWrite() }, io.ErrUnexpectedEOF},
		"reset":              {func(s *session) { s.far.Reset() }, memnet.ErrReset},
		"ours":               {func(s *session) { s.near.Close() }, memnet.ErrClosed},
		"FIN in a record":    {func(s *session) { s.far.Write([]byte{23, 3, 3}); s.far.CloseWrite() }, io.ErrUnexpectedEOF},
		"no driver any more": {func(s *session) { s.near.SetFaults(memnet.Faults{EmptyReads: -1}); s.far.Close() }, io.ErrUnexpectedEOF},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := open(t, tlsnet.Config{}, nil)
			is.NoErr(check(s.client)) // alive until then
			tt.end(s)
			is.True(errors.Is(check(s.client), tt.want)) // an end is seen without a Read
			is.True(errors.Is(check(s.client), tt.want)) // and again
			_, err := s.client.Read(make([]byte, 9))
			is.True(errors.Is(err, tt.want)) // as Read says
		})
	}
	t.Run("alert", func(t *testing.T) {
		is := is.New(t)
		s := open(t, tlsnet.Config{}, nil)
		s.near.Write([]byte{23, 3, 3, 0, 30}) // a record nobody encrypted
		s.near.Write(make([]byte, 30))
		_, err := s.server.Read(make([]byte, 9))
		is.True(err != nil) // which the peer refuses
		err = check(s.client)
		is.True(err != nil && err != netdriver.ErrUnread) // its alert is a death
	})
	t.Run("garbage", func(t *testing.T) {
		is := is.New(t)
		s := open(t, tlsnet.Config{}, nil)
		s.far.Write([]byte("HTTP/1.1 408 Request Timeout\r\n\r\n"))
		err := check(s.client)
		is.True(err != nil && err != netdriver.ErrUnread) // what is not TLS is a death
	})
}

// deadLine is a driver that knows its connection to be dead by a timeout, as
// the system's keep-alive does.
type deadLine struct{ *memnet.Conn }

func (deadLine) Check() error { return oddTimeout{} }

func TestCheckDeathByTimeout(t *testing.T) {
	is := is.New(t)
	client, _ := overDriver(t, func(c netdriver.Conn) netdriver.Conn { return deadLine{c.(*memnet.Conn)} })
	is.True(errors.Is(check(client), oddTimeout{})) // an error of Check is a death, whatever it says of itself
	is.True(errors.Is(check(client), oddTimeout{})) // and stays one
}

// hastyConn is a driver whose Check sees bytes that are not there.
type hastyConn struct{ *memnet.Conn }

func (hastyConn) Check() error { return netdriver.ErrUnread }

func TestCheckIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		client, _ := overDriver(t, func(c netdriver.Conn) netdriver.Conn { return hastyConn{c.(*memnet.Conn)} })
		began := time.Now()
		is.NoErr(check(client))                            // nothing came
		is.True(time.Since(began) <= 100*time.Millisecond) // and it was not waited for
	})
}

func TestCheckLeavesDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		s := open(t, tlsnet.Config{}, nil)
		s.client.SetReadDeadline(time.Now().Add(time.Second))
		time.Sleep(2 * time.Second) // the last call's deadline is long gone
		s.server.CloseWrite()
		is.Equal(check(s.client), io.EOF) // a look has no deadline

		s = open(t, tlsnet.Config{}, nil)
		s.client.SetReadDeadline(time.Now().Add(time.Hour))
		s.server.Write([]byte("x"))
		is.Equal(check(s.client), netdriver.ErrUnread) // the look went below
		is.Equal(readString(is, s.client, 1), "x")     // and kept the byte
		began := time.Now()
		_, err := s.client.Read(make([]byte, 9))
		is.True(errors.Is(err, os.ErrDeadlineExceeded)) // the caller's deadline holds as before
		is.Equal(time.Since(began), time.Hour)          // to the second
	})
}

func TestCheckOnlyWhereThereIsOneBelow(t *testing.T) {
	is := is.New(t)
	near, far := memnet.Pipe()
	defer near.Close()
	defer far.Close()
	client, _ := shake(t, struct{ netdriver.Conn }{near}, withAddr{far})
	_, ok := client.(netdriver.Checker)
	is.True(!ok) // a connection that cannot look does not claim to
}

func TestCheckAllocatesNothing(t *testing.T) {
	is := is.New(t)
	s := open(t, tlsnet.Config{}, nil)
	is.NoErr(check(s.client))                                            // the first look finds crypto/tls empty
	is.Equal(testing.AllocsPerRun(100, func() { check(s.client) }), 0.0) // later ones do not ask it
}

func BenchmarkCheck(b *testing.B) {
	s := open(b, tlsnet.Config{}, nil)
	check(s.client)
	b.ReportAllocs()
	for b.Loop() {
		if err := check(s.client); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCheckAfterRead is the look before a kept connection's next request.
// The exchange itself is in BenchmarkEcho, to subtract.
func BenchmarkCheckAfterRead(b *testing.B) { benchmarkEcho(b, true) }

func BenchmarkEcho(b *testing.B) { benchmarkEcho(b, false) }

func benchmarkEcho(b *testing.B, look bool) {
	s := open(b, tlsnet.Config{}, nil)
	p := make([]byte, 64)
	b.ReportAllocs()
	for b.Loop() {
		s.server.Write(p)
		if n, err := s.client.Read(p); n != len(p) || err != nil {
			b.Fatal(n, err)
		}
		if look && check(s.client) != nil {
			b.Fatal("not silent")
		}
	}
}

// BenchmarkCheckOverSystemTCP is the look while the system is asked, too.
func BenchmarkCheckOverSystemTCP(b *testing.B) {
	d, l := new(stdnet.Driver), drivertest.TCP(b)
	defer l.Close()
	accepted := make(chan drivertest.Peer)
	go func() {
		p, _ := l.Accept()
		accepted <- p
	}()
	near, err := d.Dial(b.Context(), "tcp", l.Address())
	if err != nil {
		b.Fatal(err)
	}
	far := <-accepted
	defer far.Close()
	client, _ := shake(b, near, far.(drivertest.TCPPeer))
	defer client.Close()
	b.ReportAllocs()
	for b.Loop() {
		if err := check(client); err != nil {
			b.Fatal(err)
		}
	}
}
