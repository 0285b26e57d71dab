//go:build unix && !aix

package socket_test

import (
	"errors"
	"io"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/internal/socket"
)

// broken returns a connection that the peer has reset, and that was told so by
// teller.
func broken(t *testing.T, teller func(c netdriver.Conn) error) netdriver.Conn {
	t.Helper()
	c, peer := connect(t, drivertest.TCP(t))
	peer.(interface{ Reset() }).Reset()
	for limit := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		err := teller(c)
		if err != nil {
			if !errors.Is(err, syscall.ECONNRESET) {
				t.Fatal(err)
			}
			return c
		}
		if time.Now().After(limit) {
			t.Fatal("nobody tells of the reset")
		}
	}
}

func TestResetIsToldMoreThanOnce(t *testing.T) {
	p := make([]byte, 8)
	for name, teller := range map[string]func(c netdriver.Conn) error{
		"check": func(c netdriver.Conn) error { return c.(netdriver.Checker).Check() },
		"write": func(c netdriver.Conn) error { _, err := c.Write([]byte("x")); return err },
		"read":  func(c netdriver.Conn) error { _, err := c.Read(p); return err },
		"copy":  func(c netdriver.Conn) error { _, err := io.Copy(io.Discard, c); return err },
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			c := broken(t, teller)
			for range 2 {
				_, err := c.Read(p)
				is.True(errors.Is(err, syscall.ECONNRESET)) // no Read calls it an end
				err = c.(netdriver.Checker).Check()
				is.True(errors.Is(err, syscall.ECONNRESET)) // no look does
			}
			_, err := io.Copy(io.Discard, c)
			is.True(errors.Is(err, syscall.ECONNRESET)) // nor does a copy
		})
	}
}

func TestUnreadBytesComeBeforeTheReset(t *testing.T) {
	is := is.New(t)
	c, peer := connect(t, drivertest.TCP(t))
	_, err := io.WriteString(peer, "last words")
	is.NoErr(err)
	k := c.(netdriver.Checker)
	for k.Check() == nil { // until they have arrived
	}
	peer.(interface{ Reset() }).Reset()
	for err == nil {
		_, err = c.Write([]byte("x"))
	}
	is.True(errors.Is(err, syscall.ECONNRESET))
	is.True(errors.Is(k.Check(), syscall.ECONNRESET)) // dead, although there are bytes
	got, err := io.ReadAll(c)
	is.Equal(string(got), "last words")
	is.True(errors.Is(err, syscall.ECONNRESET)) // and then why there are no more
}

func TestOurOwnEndIsNoReset(t *testing.T) {
	is := is.New(t)
	c, peer := connect(t, drivertest.TCP(t))
	is.NoErr(c.(netdriver.HalfCloser).CloseWrite())
	_, err := c.Write([]byte("x"))
	is.True(errors.Is(err, syscall.EPIPE)) // we said that nothing more comes
	_, err = io.WriteString(peer, strings.Repeat("x", 100))
	is.NoErr(err)
	is.NoErr(peer.Close())
	got, err := io.ReadAll(c)
	is.NoErr(err) // the peer's end is clean all the same
	is.Equal(len(got), 100)
}

func TestDeadlineIsNoReset(t *testing.T) {
	is := is.New(t)
	c, peer := connect(t, drivertest.TCP(t))
	is.NoErr(c.SetDeadline(time.Unix(1, 0)))
	_, err := c.Write([]byte("x"))
	is.True(err != nil)
	_, err = c.Read(make([]byte, 1))
	is.True(err != nil)
	is.NoErr(c.SetDeadline(time.Time{}))
	is.NoErr(peer.Close())
	_, err = c.Read(make([]byte, 1))
	is.Equal(err, io.EOF) // a timeout is not remembered
}

func TestBreakingIsSafe(t *testing.T) {
	for range 20 {
		c, peer := connect(t, drivertest.TCP(t))
		var all sync.WaitGroup
		all.Go(func() { _, _ = io.Copy(io.Discard, struct{ io.Reader }{c}) })
		all.Go(func() {
			for err := error(nil); err == nil; {
				_, err = c.Write(make([]byte, 4096))
			}
		})
		all.Go(peer.(interface{ Reset() }).Reset)
		all.Go(func() { _ = c.Close() })
		all.Wait()
	}
}

func TestReadAllocatesNothing(t *testing.T) {
	is := is.New(t)
	c, peer := connect(t, drivertest.TCP(t))
	ours, theirs := make([]byte, 1), make([]byte, 1)
	is.Equal(testing.AllocsPerRun(100, func() {
		_, _ = c.Write(ours)
		_, _ = peer.Read(theirs)
		_, _ = peer.Write(theirs)
		_, _ = c.Read(ours)
	}), 0.0) // to and fro
}

func TestSystemTimeoutIsKept(t *testing.T) {
	is := is.New(t)
	c, peer := connect(t, drivertest.TCP(t))
	socket.Keep(c.(*socket.Conn), syscall.ETIMEDOUT) // a peer that is gone, which takes too long to make
	is.NoErr(peer.Close())
	_, err := c.Read(make([]byte, 1))
	is.Equal(err, syscall.ETIMEDOUT) // it is no deadline, and no end
	is.Equal(c.(netdriver.Checker).Check(), syscall.ETIMEDOUT)
}
