package proxy_test

import (
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
)

// holding returns a connection on which "hello" came with the answer of the proxy.
func holding(t *testing.T, bare bool) netdriver.Conn {
	t.Helper()
	p := play(t, dialogue{{connect(), established + "hello"}})
	var via netdriver.Driver = p
	if bare {
		via = memnet.Bare(p)
	}
	c, err := dial(t, httpTo(t, via, nil))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// testHeld: the bytes that came with the answer are like any others that can be read.
func testHeld(t *testing.T) {
	t.Run("check", func(t *testing.T) {
		is := is.New(t)
		c := holding(t, false)
		check := c.(netdriver.Checker).Check
		is.Equal(check(), netdriver.ErrUnread) // nobody has asked for them
		is.Equal(reads(t, c, 2), "he")
		is.Equal(check(), netdriver.ErrUnread)
		is.Equal(reads(t, c, 3), "llo")
		is.NoErr(check()) // they are read
		is.Equal(echoes(t, c, "over"), "over")
		is.NoErr(c.Close())
		is.True(check() != nil)
	})
	t.Run("deadline", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			c := holding(t, false)
			defer c.Close()
			for _, set := range []func(time.Time) error{c.SetDeadline, c.SetReadDeadline} {
				is.NoErr(set(time.Now().Add(time.Second)))
				is.Equal(reads(t, c, 1)[0] != 0, true) // before it
				time.Sleep(time.Second)
				_, err := c.Read(make([]byte, 1))
				is.True(errors.Is(err, os.ErrDeadlineExceeded)) // after it
				is.NoErr(set(time.Time{}))
			}
			is.NoErr(c.SetWriteDeadline(time.Now()))
			is.Equal(reads(t, c, 3), "llo") // no byte is lost
		})
	})
	t.Run("close", func(t *testing.T) {
		is := is.New(t)
		c := holding(t, false)
		is.NoErr(c.Close())
		_, err := c.Read(make([]byte, 1))
		is.True(errors.Is(err, net.ErrClosed))
		is.True(c.(netdriver.Checker).Check() != netdriver.ErrUnread) // it is dead
		is.NoErr(c.Close())
	})
	t.Run("half-close", func(t *testing.T) {
		is := is.New(t)
		c := holding(t, false)
		is.NoErr(c.(netdriver.HalfCloser).CloseWrite())
		all, err := io.ReadAll(c)
		is.NoErr(err)
		is.Equal(string(all), "hello")
	})
	t.Run("no more than the driver can", func(t *testing.T) {
		is := is.New(t)
		c := holding(t, true)
		_, checks := c.(netdriver.Checker)
		is.True(!checks)
		is.True(errors.Is(c.(netdriver.HalfCloser).CloseWrite(), errors.ErrUnsupported))
		is.True(!c.(netdriver.EndProver).ProvesEnd())
		is.Equal(c.(netdriver.Queuer).Queued(), 0)
		is.Equal(c.(interface{ RemoteAddr() net.Addr }).RemoteAddr().String(), "")
		is.Equal(c.(interface{ LocalAddr() net.Addr }).LocalAddr().Network(), "tcp")
	})
	t.Run("allocates nothing", func(t *testing.T) {
		is := is.New(t)
		c := holding(t, false)
		reads(t, c, 5)
		p := make([]byte, 1)
		is.Equal(testing.AllocsPerRun(100, func() {
			_, _ = c.Write(p)
			_, _ = c.Read(p)
			_ = c.SetDeadline(time.Time{})
			_ = c.(netdriver.Checker).Check()
		}), 0.0)
	})
}
