package gnutls_test

import (
	"io"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/gnutls"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

// each runs a test for each version.
func each(t *testing.T, test func(t *testing.T, version uint16)) {
	t.Helper()
	for name, version := range versions {
		t.Run(name, func(t *testing.T) { test(t, version) })
	}
}

// inBubble is each, with a clock of its own.
func inBubble(t *testing.T, test func(t *testing.T, version uint16)) {
	t.Helper()
	each(t, func(t *testing.T, version uint16) {
		synctest.Test(t, func(t *testing.T) { test(t, version) })
	})
}

// A Write that a deadline cuts in a record is taken up by the next.
func TestWriteGoesOn(t *testing.T) {
	inBubble(t, func(t *testing.T, version uint16) {
		is := is.New(t)
		s := open(t, version)
		s.near.SetFaults(memnet.Faults{StallWriteAfter: 9})
		s.client.SetWriteDeadline(time.Now().Add(time.Second))
		n, err := s.client.Write([]byte("hello"))
		is.Equal(n, 5) // it may have left
		is.Equal(err, os.ErrDeadlineExceeded)
		n, err = s.client.Write([]byte("again"))
		is.Equal(n, 0) // that comes behind it
		is.Equal(err, os.ErrDeadlineExceeded)
		s.near.SetFaults(memnet.Faults{})
		s.client.SetWriteDeadline(time.Time{})
		n, err = s.client.Write(nil) // an empty one does
		is.NoErr(err)
		is.Equal(n, 0)
		is.Equal(readString(is, s.server, 5), "hello")
		_, err = s.client.Write([]byte("there"))
		is.NoErr(err)
		is.Equal(readString(is, s.server, 5), "there")
		is.NoErr(s.client.Close())
		_, err = s.server.Read(make([]byte, 1))
		is.Equal(err, io.EOF) // there is room for close_notify again
	})
}

func TestCloseAfterACutWrite(t *testing.T) {
	inBubble(t, func(t *testing.T, version uint16) {
		is := is.New(t)
		s := open(t, version)
		s.near.SetFaults(memnet.Faults{StallWriteAfter: 9})
		s.client.SetWriteDeadline(time.Now().Add(time.Second))
		_, err := s.client.Write([]byte("hello"))
		is.Equal(err, os.ErrDeadlineExceeded)
		s.near.SetFaults(memnet.Faults{}) // there is room again
		began := time.Now()
		is.NoErr(s.client.Close())
		is.Equal(time.Since(began), time.Duration(0))
		rest, err := io.ReadAll(s.far)
		is.NoErr(err)
		is.Equal(len(rest), 9) // nothing follows a part of a record
	})
}

func TestCloseWriteGoesOn(t *testing.T) {
	for name, again := range map[string]func(netdriver.Conn) error{
		"when called again": func(c netdriver.Conn) error { return c.(netdriver.HalfCloser).CloseWrite() },
		"in Close":          func(c netdriver.Conn) error { return c.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, version uint16) {
				is := is.New(t)
				s := open(t, version)
				s.near.SetFaults(memnet.Faults{StallWriteAfter: 9}) // in the middle of the alert
				s.client.SetWriteDeadline(time.Now().Add(time.Second))
				is.Equal(s.client.(netdriver.HalfCloser).CloseWrite(), os.ErrDeadlineExceeded)
				s.near.SetFaults(memnet.Faults{})
				s.client.SetWriteDeadline(time.Time{})
				is.NoErr(again(s.client)) // which the connection survives
				_, err := s.server.Read(make([]byte, 9))
				is.Equal(err, io.EOF) // the peer has all of close_notify
			})
		})
	}
}

func TestCloseDoesNotWait(t *testing.T) {
	inBubble(t, func(t *testing.T, version uint16) {
		is := is.New(t)
		s := open(t, version)
		s.near.SetFaults(memnet.Faults{StallWriteAfter: -1})
		s.client.SetWriteDeadline(time.Now().Add(time.Hour))
		began := time.Now()
		is.NoErr(s.client.Close())                         // closed without its farewell
		is.True(time.Since(began) <= 100*time.Millisecond) // bounded
		is.NoErr(s.far.WaitClose())                        // the connection below is closed
		is.True(gnutls.Freed(s.client))                    // and what C held is freed
		is.NoErr(s.client.Close())                         // twice is harmless
		is.True(s.client.SetDeadline(time.Time{}) != nil)  // no deadline can be set
		_, err := s.client.Write([]byte("x"))
		is.True(err != nil) // a closed connection takes nothing
	})
}

// A Read, a Write, deadlines and a Close at any time, from goroutines of their own.
func TestConcurrentUse(t *testing.T) {
	each(t, func(t *testing.T, version uint16) {
		for range 30 {
			s := open(t, version)
			go io.Copy(s.server, s.server)
			var users sync.WaitGroup
			use := func(one func() error) {
				users.Go(func() {
					for one() == nil {
					}
				})
			}
			block, read := make([]byte, 20_000), make(chan struct{})
			use(func() error { _, err := s.client.Write(block); return err })
			var once sync.Once
			use(func() error {
				_, err := s.client.Read(make([]byte, 700))
				once.Do(func() { close(read) })
				return err
			})
			use(func() error { return s.client.SetDeadline(time.Now().Add(time.Hour)) })
			<-read
			for range 2 {
				users.Go(func() { _ = s.client.Close() })
			}
			users.Go(func() { _ = s.client.(netdriver.HalfCloser).CloseWrite() })
			users.Wait()
			_ = s.far.Close()
		}
	})
}
