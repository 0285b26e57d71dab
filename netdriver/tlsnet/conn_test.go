//go:build !tinygo

package tlsnet_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

func TestConnReadTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		s := open(t, tlsnet.Config{}, nil)
		s.near.SetFaults(memnet.Faults{StallReadAfter: 9}) // in the middle of a record
		s.server.Write([]byte("hello"))
		for range 3 {
			s.client.SetReadDeadline(time.Now().Add(time.Second))
			n, err := s.client.Read(make([]byte, 9))
			is.Equal(n, 0)                                  // half a record is no bytes
			is.True(errors.Is(err, os.ErrDeadlineExceeded)) // a silent peer is a timeout
		}
		s.near.SetFaults(memnet.Faults{})
		s.client.SetReadDeadline(time.Time{})
		is.Equal(readString(is, s.client, 5), "hello") // a read timeout leaves a TLS connection usable
		is.NoErr(writeAll(s.client, []byte("there")))  // an open connection takes bytes
		is.Equal(readString(is, s.server, 5), "there") // in both directions
	})
}

func TestConnReadDeadlineInThePast(t *testing.T) {
	is := is.New(t)
	s := open(t, tlsnet.Config{}, nil)
	go s.server.Write([]byte("hello"))
	is.Equal(readString(is, s.client, 1), "h") // the rest is decrypted already
	s.client.SetDeadline(time.Unix(1, 0))
	_, err := s.client.Read(make([]byte, 9))
	is.Equal(err, os.ErrDeadlineExceeded) // the past means at once, whatever TLS holds
	n, err := s.client.Write([]byte("x"))
	is.Equal(n, 0)                        // nothing was encrypted
	is.Equal(err, os.ErrDeadlineExceeded) // nor sent
	s.client.SetDeadline(time.Time{})
	is.Equal(readString(is, s.client, 4), "ello") // nothing read is lost
	is.NoErr(writeAll(s.client, []byte("y")))     // an open connection takes bytes
	is.Equal(readString(is, s.server, 1), "y")    // and the writing side lives
}

// oddTimeout is a timeout of a driver that knows nothing of package os.
type oddTimeout struct{}

func (oddTimeout) Error() string { return "device timed out" }
func (oddTimeout) Timeout() bool { return true }

// oddDriver wraps its timeouts and returns nothing at all before each.
type oddDriver struct{ emptyConn }

func (c *oddDriver) Read(p []byte) (int, error) {
	n, err := c.emptyConn.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = wrapped{oddTimeout{}}
	}
	return n, err
}

type wrapped struct{ error }

func (w wrapped) Unwrap() error { return w.error }
func (w wrapped) Error() string { return "recv: " + w.error.Error() }

func TestConnReadTimeoutOfOddDriver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		client, server := overDriver(t, func(c netdriver.Conn) netdriver.Conn {
			return &oddDriver{emptyConn{Conn: c}}
		})
		client.SetReadDeadline(time.Now().Add(time.Second))
		_, err := client.Read(make([]byte, 9))
		is.Equal(err, os.ErrDeadlineExceeded) // any error whose Timeout says true is a deadline
		client.SetReadDeadline(time.Time{})
		go server.Write([]byte("hello"))
		is.Equal(readString(is, client, 5), "hello") // after which crypto/tls goes on
	})
}

// overDriver shakes hands in memory over a driver that below makes.
func overDriver(t *testing.T, below func(netdriver.Conn) netdriver.Conn) (netdriver.Conn, *tls.Conn) {
	near, far := memnet.Pipe()
	t.Cleanup(func() {
		near.Close()
		far.Close()
	})
	return shake(t, below(near), withAddr{far})
}

// shake shakes hands over near and far.
func shake(t testing.TB, near netdriver.Conn, far net.Conn) (netdriver.Conn, *tls.Conn) {
	t.Helper()
	is := is.New(t)
	is.Helper()
	ca, err := tlstest.NewAuthority()
	is.NoErr(err) // an authority is made of nothing
	config, err := ca.Server("example.org")
	is.NoErr(err) // it signs for names
	server := tls.Server(far, config)
	shaken := make(chan error)
	go func() { shaken <- server.Handshake() }()
	client, err := tlsnet.New(&tlsnet.Config{RootCAs: ca.Pool()}).Client(context.Background(), near, "example.org")
	is.NoErr(err)      // a server with a good certificate is accepted
	is.NoErr(<-shaken) // and so is the client
	return client, server
}

// queued is a connection that holds so many bytes.
type queued struct {
	netdriver.Conn
	n int
}

func (q queued) Queued() int { return q.n }

func TestConnQueued(t *testing.T) {
	for name, tt := range map[string]struct {
		below func(netdriver.Conn) netdriver.Conn
		want  int
	}{
		"the connection below knows":   {func(c netdriver.Conn) netdriver.Conn { return queued{c, 7} }, 7},
		"it does not, and nobody does": {func(c netdriver.Conn) netdriver.Conn { return struct{ netdriver.Conn }{c} }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			near, far := memnet.Pipe()
			defer near.Close()
			defer far.Close()
			client, _ := shake(t, tt.below(near), withAddr{far})
			is.Equal(client.(netdriver.Queuer).Queued(), tt.want) // says what the one below says
		})
	}
}

func TestConnReadTimeoutOverSystemTCP(t *testing.T) {
	is := is.New(t)
	near, far := loopback(t)
	client, server := shake(t, near, far)
	client.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	_, err := client.Read(make([]byte, 9))
	is.Equal(err, os.ErrDeadlineExceeded) // a *net.OpError becomes what crypto/tls survives
	client.SetReadDeadline(time.Time{})
	server.Write([]byte("hello"))
	is.Equal(readString(is, client, 5), "hello") // a read timeout leaves a TLS connection usable
}

// loopback returns both ends of a TCP connection of the system.
func loopback(t *testing.T) (near, far net.Conn) {
	t.Helper()
	is := is.New(t)
	is.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	is.NoErr(err) // loopback is there
	defer listener.Close()
	near, err = net.Dial("tcp", listener.Addr().String())
	is.NoErr(err) // the listener's backlog takes it
	far, err = listener.Accept()
	is.NoErr(err) // it is the one that dialled
	t.Cleanup(func() {
		near.Close()
		far.Close()
	})
	return near, far
}

func TestConnEnd(t *testing.T) {
	for name, tt := range map[string]struct {
		end  func(s *session)
		want error
	}{
		"close_notify":             {func(s *session) { s.server.CloseWrite() }, io.EOF},
		"between two records":      {func(s *session) { s.far.CloseWrite() }, io.ErrUnexpectedEOF},
		"in the head of a record":  {func(s *session) { s.far.Write([]byte{23, 3}); s.far.CloseWrite() }, io.ErrUnexpectedEOF},
		"in the body of a record":  {func(s *session) { s.far.Write([]byte{23, 3, 3, 0, 9, 1}); s.far.CloseWrite() }, io.ErrUnexpectedEOF},
		"together with the bytes":  {func(s *session) { s.near.SetFaults(memnet.Faults{EOFWithData: true}); s.far.CloseWrite() }, io.ErrUnexpectedEOF},
		"reset":                    {func(s *session) { s.near.SetFaults(memnet.Faults{ResetReadAfter: 27}) }, memnet.ErrReset},
		"close_notify with a byte": {func(s *session) { s.near.SetFaults(memnet.Faults{EOFWithData: true}); s.server.Close() }, io.EOF},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := open(t, tlsnet.Config{}, nil)
			s.server.Write([]byte("hello")) // 27 bytes of TLS 1.3
			tt.end(s)
			got, err := io.ReadAll(noEOF{s.client})
			is.Equal(string(got), "hello")  // every byte before the end arrives
			is.Equal(err, wrapEOF(tt.want)) // io.EOF is the peer's word and nothing else is
			_, err = s.client.Read(make([]byte, 9))
			is.Equal(err, tt.want)                              // an end stays
			is.True(s.client.(netdriver.EndProver).ProvesEnd()) // the connection says so
		})
	}
}

// noEOF keeps io.ReadAll from swallowing io.EOF.
type noEOF struct{ io.Reader }

var errEOF = errors.New("io.EOF")

func (r noEOF) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	return n, wrapEOF(err)
}

func wrapEOF(err error) error {
	if err == io.EOF {
		return errEOF
	}
	return err
}

func TestConnOverFaults(t *testing.T) {
	text := bytes.Repeat([]byte("0123456789abcdef"), 4096)
	for name, f := range map[string]memnet.Faults{
		"none":                {},
		"one byte each":       {ReadBytes: 1, WriteBytes: 1},
		"short and empty":     {ReadBytes: 1436, WriteBytes: 7, EmptyReads: 3},
		"empty before a byte": {EmptyReads: 50, ReadBytes: 3000},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := open(t, tlsnet.Config{}, nil)
			s.near.SetFaults(f)
			go func() {
				s.server.Write(text)
				io.Copy(s.server, s.server)
			}()
			is.Equal(readString(is, s.client, len(text)), string(text)) // all bytes in order, as the peer sent them
			go writeAll(s.client, text)
			is.Equal(readString(is, s.client, len(text)), string(text)) // and there and back again
		})
	}
	t.Run("nothing for ever", func(t *testing.T) {
		is := is.New(t)
		s := open(t, tlsnet.Config{}, nil)
		s.near.SetFaults(memnet.Faults{EmptyReads: -1})
		_, err := s.client.Read(make([]byte, 9))
		is.Equal(err, io.ErrNoProgress) // (0, nil) is bounded
	})
}

// onceConn is a driver that tells an error once, together with the last bytes.
type onceConn struct {
	netdriver.Conn
	err error
}

func (c *onceConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err == nil {
		err, c.err = c.err, nil
	}
	return n, err
}

func TestConnErrorWithBytes(t *testing.T) {
	is := is.New(t)
	var below *onceConn
	client, server := overDriver(t, func(c netdriver.Conn) netdriver.Conn {
		below = &onceConn{Conn: c}
		return below
	})
	below.err = memnet.ErrReset
	server.Write([]byte("hello"))
	is.Equal(readString(is, client, 5), "hello") // the bytes come first
	client.SetReadDeadline(time.Now().Add(time.Minute))
	_, err := client.Read(make([]byte, 9))
	is.True(errors.Is(err, memnet.ErrReset)) // and the error is not lost
}

func TestConnWriteTakesOneRecord(t *testing.T) {
	is := is.New(t)
	s := open(t, tlsnet.Config{}, nil)
	for _, tt := range []struct{ given, want int }{{1, 1}, {4096, 4096}, {16_384, 16_384}, {16_385, 16_384}, {40_000, 16_384}} {
		n, err := s.client.Write(make([]byte, tt.given))
		is.NoErr(err)        // there is room
		is.Equal(n, tt.want) // so the caller can give the next record a fresh deadline
		head := readString(is, s.far, 5)
		is.Equal(int(head[3])<<8|int(head[4]), tt.want+17) // one Write is one record
		readString(is, s.far, tt.want+17)
	}
}

func TestConnWriteTimeout(t *testing.T) {
	for name, room := range map[string]int64{
		"before the record": -1,
		"in the record":     1000,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				s := open(t, tlsnet.Config{}, nil)
				first, second := bytes.Repeat([]byte("a"), 16_384), bytes.Repeat([]byte("b"), 16_384)
				s.near.SetFaults(memnet.Faults{StallWriteAfter: room})
				s.client.SetWriteDeadline(time.Now().Add(time.Second))
				n, err := s.client.Write(first)
				is.Equal(n, len(first))                         // encrypted is written: it may have left
				is.True(errors.Is(err, os.ErrDeadlineExceeded)) // late all the same
				s.client.SetWriteDeadline(time.Now().Add(time.Second))
				n, err = s.client.Write(second)
				is.Equal(n, 0)                                  // nothing is encrypted on top of it
				is.True(errors.Is(err, os.ErrDeadlineExceeded)) // while the peer takes nothing
				s.near.SetFaults(memnet.Faults{})
				s.client.SetWriteDeadline(time.Time{})
				go writeAll(s.client, second)
				is.Equal(readString(is, s.server, 32_768), string(first)+string(second)) // no byte twice, none lost
			})
		})
	}
}

func TestConnWriteFailure(t *testing.T) {
	for name, tt := range map[string]struct {
		after int64
		n     int
	}{
		"before the record": {-1, 0},
		"in the record":     {1000, 4096},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := open(t, tlsnet.Config{}, nil)
			s.near.SetFaults(memnet.Faults{ResetWriteAfter: tt.after})
			n, err := s.client.Write(make([]byte, 4096))
			is.Equal(n, tt.n)                        // a record that left in part may have left
			is.True(errors.Is(err, memnet.ErrReset)) // the driver's reason
			n, err = s.client.Write(make([]byte, 4096))
			is.Equal(n, 0)                           // after that nothing leaves
			is.True(errors.Is(err, memnet.ErrReset)) // for the same reason
		})
	}
}
