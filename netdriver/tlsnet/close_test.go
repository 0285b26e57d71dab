//go:build !tinygo

package tlsnet_test

import (
	"errors"
	"io"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
)

func TestConnClose(t *testing.T) {
	t.Run("says close_notify", func(t *testing.T) {
		is := is.New(t)
		s := open(t, tlsnet.Config{}, nil)
		is.NoErr(s.client.Close()) // an open connection closes
		said, err := io.ReadAll(s.far)
		is.NoErr(err)               // not a reset
		is.Equal(len(said), 5+2+17) // one alert, encrypted
		is.NoErr(s.far.WaitClose()) // the connection below is closed
		is.NoErr(s.client.Close())  // twice is harmless
		_, err = s.client.Read(make([]byte, 9))
		is.True(err != nil && err != io.EOF) // our own Close is no end of the peer's
		_, err = s.client.Write([]byte("x"))
		is.True(err != nil) // a closed connection takes nothing
	})
	t.Run("does not wait for a peer that takes nothing", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			s := open(t, tlsnet.Config{}, nil)
			s.near.SetFaults(memnet.Faults{StallWriteAfter: -1})
			s.client.SetWriteDeadline(time.Now().Add(time.Hour))
			began := time.Now()
			is.NoErr(s.client.Close())                         // closed without its farewell
			is.True(time.Since(began) <= 100*time.Millisecond) // bounded
			is.NoErr(s.far.WaitClose())                        // the connection below is closed
		})
	})
	t.Run("does not wait where a deadline cut a Write", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			s := open(t, tlsnet.Config{}, nil)
			s.near.SetFaults(memnet.Faults{StallWriteAfter: 9}) // in the middle of the record
			s.client.SetWriteDeadline(time.Now().Add(time.Second))
			n, err := s.client.Write([]byte("hello"))
			is.Equal(n, 5) // it may have left
			is.Equal(err, os.ErrDeadlineExceeded)
			began := time.Now()
			is.NoErr(s.client.Close())
			is.Equal(time.Since(began), time.Duration(0)) // there is no room
			is.NoErr(s.far.WaitClose())
		})
	})
	t.Run("goes on with a Write that a deadline cut", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			s := open(t, tlsnet.Config{}, nil)
			s.near.SetFaults(memnet.Faults{StallWriteAfter: 9})
			s.client.SetWriteDeadline(time.Now().Add(time.Second))
			_, err := s.client.Write([]byte("hello"))
			is.Equal(err, os.ErrDeadlineExceeded)
			s.near.SetFaults(memnet.Faults{})
			s.client.SetWriteDeadline(time.Now().Add(time.Second))
			n, err := s.client.Write(nil) // an empty one does
			is.NoErr(err)
			is.Equal(n, 0)
			is.Equal(readString(is, s.server, 5), "hello")
			is.NoErr(s.client.Close())
			_, err = s.server.Read(make([]byte, 1))
			is.Equal(err, io.EOF) // and there is room for close_notify again
		})
	})
	t.Run("goes on with a Write that a deadline cut in the TLS below", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			near, far := memnet.Pipe()
			defer near.Close()
			defer far.Close()
			below, farBelow := shake(t, near, withAddr{far})
			client, server := shake(t, below, farBelow)
			near.SetFaults(memnet.Faults{StallWriteAfter: 9})
			client.SetWriteDeadline(time.Now().Add(time.Second))
			_, err := client.Write([]byte("hello"))
			is.Equal(err, os.ErrDeadlineExceeded) // the TLS below took the record, and holds a part of its own
			_, err = client.Write(nil)
			is.Equal(err, os.ErrDeadlineExceeded)
			near.SetFaults(memnet.Faults{})
			client.SetWriteDeadline(time.Now().Add(time.Second))
			_, err = client.Write(nil)
			is.NoErr(err)
			is.Equal(readString(is, server, 5), "hello")
			is.NoErr(client.Close())
		})
	})
	for name, wait := range map[string]func(netdriver.Conn) error{
		"wakes a Read":  func(c netdriver.Conn) error { _, err := c.Read(make([]byte, 9)); return err },
		"wakes a Write": func(c netdriver.Conn) error { _, err := c.Write(make([]byte, 9)); return err },
	} {
		for kind, below := range map[string]func(netdriver.Conn) netdriver.Conn{
			"":                                 func(c netdriver.Conn) netdriver.Conn { return c },
			" of a driver whose Close is deaf": func(c netdriver.Conn) netdriver.Conn { return deafConn{c} },
		} {
			t.Run(name+kind, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					near, far := memnet.Pipe()
					defer near.Close()
					defer far.Close()
					client, _ := shake(t, below(near), withAddr{far})
					near.SetFaults(memnet.Faults{StallWriteAfter: -1})
					woken := make(chan error)
					go func() { woken <- wait(client) }()
					synctest.Wait() // it is blocked
					began := time.Now()
					client.Close()
					err := <-woken
					is.True(err != nil && err != io.EOF && !errors.Is(err, os.ErrDeadlineExceeded)) // closed is neither an end nor late
					is.True(time.Since(began) <= 100*time.Millisecond)                              // soon
				})
			})
		}
	}
}

func TestConnCloseWrite(t *testing.T) {
	is := is.New(t)
	s := open(t, tlsnet.Config{}, nil)
	is.NoErr(writeAll(s.client, []byte("question")))       // an open connection takes bytes
	is.NoErr(s.client.(netdriver.HalfCloser).CloseWrite()) // our side ends
	got, err := io.ReadAll(s.server)
	is.NoErr(err)                     // in close_notify
	is.Equal(string(got), "question") // behind the bytes
	s.server.Write([]byte("answer"))
	is.Equal(readString(is, s.client, 6), "answer") // reads go on
}

func TestConnCloseWriteGoesOn(t *testing.T) {
	for name, again := range map[string]func(netdriver.Conn) error{
		"when called again": func(c netdriver.Conn) error { return c.(netdriver.HalfCloser).CloseWrite() },
		"in Close":          func(c netdriver.Conn) error { return c.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				s := open(t, tlsnet.Config{}, nil)
				s.near.SetFaults(memnet.Faults{StallWriteAfter: 9}) // in the middle of the alert
				s.client.SetWriteDeadline(time.Now().Add(time.Second))
				err := s.client.(netdriver.HalfCloser).CloseWrite()
				is.Equal(err, os.ErrDeadlineExceeded) // a peer that takes nothing is a timeout
				s.near.SetFaults(memnet.Faults{})
				s.client.SetWriteDeadline(time.Time{})
				is.NoErr(again(s.client)) // which the connection survives
				s.far.SetReadDeadline(time.Now().Add(time.Second))
				_, err = s.server.Read(make([]byte, 9))
				is.Equal(err, io.EOF) // the peer has all of close_notify
			})
		})
	}
}

func TestConnDeadlinesEndWithClose(t *testing.T) {
	for name, set := range map[string]func(netdriver.Conn) error{
		"both":  func(c netdriver.Conn) error { return c.SetDeadline(time.Time{}) },
		"write": func(c netdriver.Conn) error { return c.SetWriteDeadline(time.Time{}) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				s := open(t, tlsnet.Config{}, nil)
				s.near.SetFaults(memnet.Faults{StallWriteAfter: -1})
				began := time.Now()
				closed := make(chan error)
				go func() { closed <- s.client.Close() }()
				synctest.Wait() // it waits for room
				set(s.client)
				is.NoErr(<-closed)                                 // a deadline that is set beside it
				is.True(time.Since(began) <= 100*time.Millisecond) // does not hold it up
			})
		})
	}
	t.Run("read", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			client, _ := overDriver(t, func(c netdriver.Conn) netdriver.Conn { return deafConn{c} })
			client.Close()
			client.SetReadDeadline(time.Time{})
			_, err := client.Read(make([]byte, 9))
			is.True(err != nil && err != io.EOF) // a closed connection does not wait
		})
	})
}
