package gnutls_test

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

func TestReadTimeoutInARecord(t *testing.T) {
	inBubble(t, func(t *testing.T, version uint16) {
		is := is.New(t)
		s := open(t, version)
		is.NoErr(check(s.client)) // takes a ticket, if there is one
		s.near.SetFaults(memnet.Faults{StallReadAfter: 9})
		_, err := s.server.Write([]byte("hello"))
		is.NoErr(err)
		for range 3 {
			s.client.SetReadDeadline(time.Now().Add(time.Second))
			n, err := s.client.Read(make([]byte, 9))
			is.Equal(n, 0)                        // half a record is no bytes
			is.Equal(err, os.ErrDeadlineExceeded) // a silent peer is a timeout
		}
		s.near.SetFaults(memnet.Faults{})
		s.client.SetReadDeadline(time.Time{})
		is.Equal(readString(is, s.client, 5), "hello") // a read timeout leaves the connection usable
	})
}

func TestDeadlineInThePast(t *testing.T) {
	each(t, func(t *testing.T, version uint16) {
		is := is.New(t)
		s := open(t, version)
		_, err := s.server.Write([]byte("hello"))
		is.NoErr(err)
		is.Equal(readString(is, s.client, 1), "h") // the rest is decrypted already
		s.client.SetDeadline(time.Unix(1, 0))
		_, err = s.client.Read(make([]byte, 9))
		is.Equal(err, os.ErrDeadlineExceeded) // the past means at once, whatever TLS holds
		n, err := s.client.Write([]byte("x"))
		is.Equal(n, 0)                        // nothing was encrypted
		is.Equal(err, os.ErrDeadlineExceeded) // nor sent
		s.client.SetDeadline(time.Time{})
		is.Equal(readString(is, s.client, 4), "ello") // nothing is lost
	})
}

func TestEndIsProven(t *testing.T) {
	for name, tt := range map[string]struct {
		end  func(s *session)
		want error
	}{
		"close_notify":    {func(s *session) { s.server.CloseWrite() }, io.EOF},
		"close":           {func(s *session) { s.server.Close() }, io.EOF},
		"FIN alone":       {func(s *session) { s.far.CloseWrite() }, io.ErrUnexpectedEOF},
		"FIN in a record": {func(s *session) { s.far.Write([]byte{23, 3, 3}); s.far.CloseWrite() }, io.ErrUnexpectedEOF},
		"reset":           {func(s *session) { s.far.Reset() }, memnet.ErrReset},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, version uint16) {
				is := is.New(t)
				s := open(t, version)
				is.NoErr(check(s.client)) // alive until then
				tt.end(s)
				is.True(errors.Is(check(s.client), tt.want)) // an end is seen without a Read
				is.True(errors.Is(check(s.client), tt.want)) // and again
				_, err := s.client.Read(make([]byte, 9))
				is.True(errors.Is(err, tt.want)) // as Read says
			})
		})
	}
}

func TestCheckThroughTLS(t *testing.T) {
	each(t, func(t *testing.T, version uint16) {
		is := is.New(t)
		s := open(t, version)
		for _, n := range []int64{1, 5, 20} {
			s.near.SetFaults(memnet.Faults{StallReadAfter: n})
			_, err := s.server.Write([]byte("hello"))
			is.NoErr(err)
			is.NoErr(check(s.client)) // a part of a record is no byte yet, and no death
			is.NoErr(check(s.client)) // nor is it waited for
			s.near.SetFaults(memnet.Faults{})
			is.Equal(check(s.client), netdriver.ErrUnread) // whole, it is one
			is.Equal(readString(is, s.client, 5), "hello") // and all of it is there
		}
		_, err := s.server.Write([]byte("one"))
		is.NoErr(err)
		_, err = s.server.Write([]byte("two"))
		is.NoErr(err)
		is.Equal(readString(is, s.client, 3), "one")   // both records were taken from below
		is.NoErr(s.near.Check())                       // where nothing is left
		is.Equal(check(s.client), netdriver.ErrUnread) // the second is seen through TLS
		is.Equal(readString(is, s.client, 3), "two")   // and not lost
	})
}

// The deadline by which a look reads is not that of the next Read.
func TestCheckKeepsTheDeadline(t *testing.T) {
	inBubble(t, func(t *testing.T, version uint16) {
		is := is.New(t)
		s := open(t, version)
		s.client.SetReadDeadline(time.Now().Add(time.Minute))
		s.near.SetFaults(memnet.Faults{StallReadAfter: 9})
		_, err := s.server.Write([]byte("hello"))
		is.NoErr(err)
		is.NoErr(check(s.client)) // reads what has come
		began := time.Now()
		_, err = s.client.Read(make([]byte, 9))
		is.Equal(err, os.ErrDeadlineExceeded)
		is.Equal(time.Since(began), time.Minute) // as the caller said
	})
}

// What is not TLS is a death, for both directions, and its reason is kept.
func TestDamagedRecord(t *testing.T) {
	for name, damage := range map[string]string{
		"not encrypted": "\x17\x03\x03\x00\x1e" + strings.Repeat("x", 30),
		"too long":      "\x17\x03\x03\xff\xff" + strings.Repeat("x", 30),
		"plain HTTP":    "HTTP/1.1 408 Request Timeout\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, version uint16) {
				is := is.New(t)
				s := open(t, version)
				_, err := s.far.Write([]byte(damage))
				is.NoErr(err)
				first := check(s.client)
				is.True(first != nil && first != netdriver.ErrUnread && first != io.EOF)
				is.Equal(check(s.client), first) // for good
				_, err = s.client.Read(make([]byte, 9))
				is.Equal(err, first) // as Read says
				is.NoErr(s.client.Close())
				_, err = s.server.Read(make([]byte, 9))
				is.True(err != nil && strings.Contains(err.Error(), "remote error")) // the peer is told
			})
		})
	}
}

// An alert of the peer after the handshake has its type.
func TestAlertOfThePeer(t *testing.T) {
	each(t, func(t *testing.T, version uint16) {
		is := is.New(t)
		s := open(t, version)
		is.NoErr(check(s.client)) // takes a ticket, if there is one
		_, err := s.near.Write([]byte("\x17\x03\x03\x00\x1e" + strings.Repeat("x", 30)))
		is.NoErr(err) // a record that nobody encrypted
		_, err = s.server.Read(make([]byte, 9))
		is.True(err != nil) // the peer refuses it
		_, err = s.client.Read(make([]byte, 9))
		is.True(err != nil && strings.Contains(err.Error(), "remote error: tls: bad record MAC")) // and says so
	})
}

// A peer that takes bytes in small pieces, and a driver that returns none for a while.
func TestOddDriver(t *testing.T) {
	each(t, func(t *testing.T, version uint16) {
		is := is.New(t)
		s := open(t, version)
		s.near.SetFaults(memnet.Faults{ReadBytes: 1, WriteBytes: 1, EmptyReads: 2})
		_, err := s.server.Write([]byte("hello"))
		is.NoErr(err)
		is.Equal(readString(is, s.client, 5), "hello")
		_, err = s.client.Write([]byte("there"))
		is.NoErr(err)
		is.Equal(readString(is, s.server, 5), "there")
		s.near.SetFaults(memnet.Faults{EmptyReads: -1})
		_, err = s.client.Read(make([]byte, 9))
		is.Equal(err, io.ErrNoProgress) // a driver that never returns any is given up
	})
}
